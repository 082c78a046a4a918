package dev.banyan.app;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Endpoint;
import dev.banyan.parity.BookLimits;
import dev.banyan.parity.BookPorts;
import dev.banyan.parity.ParityBook;
import dev.banyan.parity.Redaction;
import dev.banyan.parity.Rulings;
import dev.banyan.shadow.Drop;
import dev.banyan.shadow.ShadowCounts;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What comparing has shown, what was ruled about it, and who judges the next exchange by both.
///
/// Safe to use from any thread, but for [#load].
final class Evidence {
  private static final Logger LOG = LoggerFactory.getLogger(Evidence.class);

  private final Rulings rulings;
  private final ParityBook book;
  private final Judging judging;
  private final Function<String, ShadowCounts> counts;

  /// Of the thread that starts, and of the chores.
  private volatile boolean loaded;

  /// @param counts what became of a family's samples; first asked by [#load]
  Evidence(
      Storage storage,
      Redaction redaction,
      Function<String, ShadowCounts> counts,
      InstantSource clock) {
    this.counts = counts;
    rulings =
        new Rulings(storage.rulings(), () -> LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
    BookPorts ports =
        new BookPorts(
            storage.parity(),
            redaction,
            rulings,
            bound -> ThreadLocalRandom.current().nextLong(bound),
            this::dropped,
            this::noise,
            exchange -> judging().caller(exchange));
    book = new ParityBook(ports, BookLimits.STANDARD, clock.instant());
    judging =
        new Judging(
            new Judging.Ports(
                book,
                rulings::comparison,
                () -> ThreadLocalRandom.current().nextDouble(),
                System::nanoTime,
                clock));
  }

  /// Takes over what the store has kept. Before the first exchange.
  ///
  /// @param patient whether a store that is gone is waited for, by [#loadLate]
  void load(boolean patient) {
    try {
      rulings.load();
      book.load();
      loaded = true;
    } catch (UncheckedIOException e) {
      if (!patient) {
        throw e;
      }
      LOG.warn("what was compared and ruled is not known until the store is there", e);
    }
  }

  /// Takes it over once the store is there, where it was not before. A chore.
  ///
  /// @return whether that is news
  boolean loadLate() {
    if (loaded) {
      return false;
    }
    load(true);
    return loaded;
  }

  Rulings rulings() {
    return rulings;
  }

  /// Takes over what was ruled at other replicas, where what was ruled before is known.
  ///
  /// @return the families for which something else is ruled now
  Set<String> rulingsOfOthers() {
    return loaded ? rulings.refresh() : Set.of();
  }

  ParityBook book() {
    return book;
  }

  Judging judging() {
    return judging;
  }

  /// Without those that the book is told of itself, as skipped.
  private Map<String, Long> dropped(String family) {
    Map<String, Long> dropped = new HashMap<>(counts.apply(family).dropped());
    dropped.remove(Drop.SECOND_SIDE_FAILING.word());
    WriteErrand.TOLD.forEach(reason -> dropped.remove(reason.word()));
    return dropped;
  }

  private @Nullable Double noise(
      String family, Endpoint endpoint, int status, String where, Kind kind) {
    return judging.noise(family, endpoint, status, where, kind);
  }
}
