package dev.banyan.app;

import dev.banyan.parity.ParityBook;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts writes that go to their authority and nowhere else, so that evidence says how much was
/// not compared.
///
/// Event loops count: they wait for nobody and, but for the first write of a period, allocate
/// nothing. The book hears of it once a second.
final class BlockedWrites {
  static final String REASON = "write-blocked";

  private record Tally(long period, LongAdder writes) {}

  private final ParityBook book;
  private final Map<String, Tally> tallies = new ConcurrentHashMap<>();

  BlockedWrites(ParityBook book) {
    this.book = book;
  }

  void count(String family) {
    long period = book.period(family);
    Tally tally = tallies.get(family);
    if (tally == null || tally.period() < period) {
      tally =
          tallies.compute(
              family,
              (_, known) ->
                  known != null && known.period() >= period
                      ? known
                      : new Tally(period, new LongAdder()));
    }
    tally.writes().increment();
  }

  /// Tells the book what was counted since it was told last.
  void tell() {
    tallies.forEach((family, tally) -> {
      long writes = tally.writes().sumThenReset();
      if (writes > 0) {
        book.skipped(family, tally.period(), REASON, writes);
      }
    });
  }
}
