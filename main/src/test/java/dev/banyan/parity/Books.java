package dev.banyan.parity;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Books for tests that have nothing ruled, dropped or learned.
public final class Books {
  private Books() {}

  public static ParityBook book(ParityStore store, Instant started) {
    return book(store, new Redaction(new byte[32]), started);
  }

  public static ParityBook book(ParityStore store, Redaction redaction, Instant started) {
    RulingStore none =
        new RulingStore() {
          @Override
          public List<Ruling> change(String family, UnaryOperator<List<Ruling>> changed) {
            throw new AssertionError("nothing is ruled here");
          }

          @Override
          public Map<String, List<Ruling>> load() {
            return Map.of();
          }
        };
    BookPorts ports =
        new BookPorts(
            store,
            redaction,
            new Rulings(none, () -> LocalDate.EPOCH),
            _ -> 0,
            _ -> Map.of(),
            (_, _, _, _, _) -> null,
            _ -> Units.ALONE);
    return new ParityBook(ports, BookLimits.STANDARD, started);
  }
}
