package dev.banyan.app;

import dev.banyan.migration.Endpoint;
import dev.banyan.parity.ParityBook;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which addresses of a candidate have said, and for which endpoint, that they only check what is
/// marked as a dry run. A candidate that does not know the mark would carry the write out, so
/// nothing is sent to an address that has not said so within the last minute, since the last reload
/// and since the evidence began.
///
/// Where an answer to a write lacks the word all the same, dry runs of the family have ended: until
/// its evidence is reset, also across restarts. Safe to use from any thread.
final class DryRuns {
  private static final Logger LOG = LoggerFactory.getLogger(DryRuns.class);

  static final String HEADER = "Banyan-Dry-Run";
  static final String HONOURED = "honoured";

  /// Where the evidence says that a dry run was not honoured.
  static final String PLACE = "dry-run";

  static final Duration HOLDS = Duration.ofMinutes(1);

  /// After a refusal nobody is asked for that long.
  static final Duration REST = Duration.ofSeconds(1);

  private record Asked(String family, Endpoint endpoint) {}

  /// What was found out at one is of no use at another.
  ///
  /// @param period of the family's evidence
  /// @param reloads so far
  record Moment(long period, long reloads) {}

  private static final class Word {
    final Moment since;
    final Map<InetSocketAddress, Long> given = new ConcurrentHashMap<>();
    volatile boolean missed;
    volatile @Nullable Long refused;

    Word(Moment since) {
      this.since = since;
    }
  }

  private final ParityBook book;
  private final LongSupplier nanos;
  private final Map<Asked, Word> words = new ConcurrentHashMap<>();
  private final Map<String, Long> ended = new ConcurrentHashMap<>();
  private final AtomicLong reloads = new AtomicLong();

  DryRuns(ParityBook book, LongSupplier nanos) {
    this.book = book;
    this.nanos = nanos;
  }

  /// A configuration comes into force: everybody has to be asked again.
  void adopt(Collection<String> families) {
    reloads.incrementAndGet();
    words.clear();
    for (String family : families) {
      long period = book.period(family);
      boolean found =
          book.evidence(family).endpoints().stream()
              .flatMap(endpoint -> endpoint.differences().stream())
              .anyMatch(difference -> difference.where().equals(PLACE));
      if (found) {
        ended.merge(family, period, Math::max);
      }
    }
  }

  /// What to do with a write now.
  enum Step {
    SEND,
    ASK,
    LEAVE
  }

  Step step(String family, Endpoint endpoint) {
    if (hasEnded(family)) {
      return Step.LEAVE;
    }
    Word word = word(family, endpoint);
    Long refused = word.refused;
    if (refused != null && nanos.getAsLong() - refused < REST.toNanos()) {
      return Step.LEAVE;
    }
    boolean known = word.given.values().stream().anyMatch(this::holds);
    return known && !word.missed ? Step.SEND : Step.ASK;
  }

  private Word word(String family, Endpoint endpoint) {
    Moment now = now(family);
    return words.compute(
        new Asked(family, endpoint),
        (_, known) -> known != null && known.since.equals(now) ? known : new Word(now));
  }

  private boolean hasEnded(String family) {
    Long period = ended.get(family);
    return period != null && period == book.period(family);
  }

  private boolean holds(long given) {
    return nanos.getAsLong() - given < HOLDS.toNanos();
  }

  /// For [#answered].
  Moment now(String family) {
    return new Moment(book.period(family), reloads.get());
  }

  /// An address was asked.
  ///
  /// @param asked [#now] when it was
  /// @param at where the question went, or null where it went nowhere
  void answered(
      String family,
      Endpoint endpoint,
      Moment asked,
      @Nullable InetSocketAddress at,
      boolean honoured) {
    Word word = word(family, endpoint);
    if (!word.since.equals(asked)) {
      return;
    }
    word.missed = false;
    word.given.values().removeIf(given -> !holds(given)); // addresses come and go
    if (at != null && honoured) {
      word.given.put(at, nanos.getAsLong());
      word.refused = null;
      return;
    }
    if (at != null) {
      word.given.remove(at);
    }
    if (word.refused == null) {
      LOG.warn(
          "no write of {} is sent to the candidate as a dry run: it did not answer OPTIONS with {}:"
              + " {}",
          endpoint,
          HEADER,
          HONOURED);
    }
    word.refused = nanos.getAsLong();
  }

  /// Whether a write may go to an address: the last question before it does.
  boolean allows(String family, Endpoint endpoint, InetSocketAddress to) {
    Word word = word(family, endpoint);
    Long given = to.isUnresolved() ? null : word.given.get(to);
    boolean allowed = !hasEnded(family) && given != null && holds(given);
    word.missed |= !allowed; // it is one of several, and has to be asked itself
    return allowed;
  }

  /// A side gave no answer: whether it is still the one that gave its word is not known.
  void forget(String family, Endpoint endpoint) {
    words.remove(new Asked(family, endpoint));
  }

  /// A write was answered without the word, and so perhaps carried out.
  ///
  /// @param period of evidence in which it was sent
  void end(String family, Endpoint endpoint, long period) {
    if (period == book.period(family) && !hasEnded(family)) {
      ended.merge(family, period, Math::max);
      LOG.error(
          "the candidate answered a dry run of {} without {}: {}, so it may have carried the write"
              + " out; no more writes of {} are sent to it until its parity is reset",
          endpoint,
          HEADER,
          HONOURED,
          family);
    }
  }
}
