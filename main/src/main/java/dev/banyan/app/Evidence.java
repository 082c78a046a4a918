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
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What comparing has shown, what was ruled about it, and who judges the next exchange by both.
///
/// Safe to use from any thread, but for [#load].
final class Evidence {
  private final Rulings rulings;
  private final ParityBook book;
  private final Judging judging;
  private final Function<String, ShadowCounts> counts;

  /// @param counts what became of a family's samples; first asked by [#load]
  Evidence(
      Storage storage,
      Redaction redaction,
      Function<String, ShadowCounts> counts,
      InstantSource clock) {
    this.counts = counts;
    rulings =
        new Rulings(storage.rulings(), () -> LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC));
    rulings.load();
    BookPorts ports =
        new BookPorts(
            storage.parity(),
            redaction,
            rulings,
            bound -> ThreadLocalRandom.current().nextLong(bound),
            this::dropped,
            this::noise);
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
  void load() {
    book.load();
  }

  Rulings rulings() {
    return rulings;
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
