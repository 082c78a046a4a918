package dev.banyan.cutover;

import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Keeps a family whose sides have rows of their own where it is until these are known to agree.
final class RowsGate {
  private RowsGate() {}

  static GateReading read(RowProof.Answer rows) {
    return switch (rows) {
      case RowProof.Unproven() ->
          new GateReading(
              "data",
              Opinion.HOLD,
              Map.of("certificates", 0.0),
              "each side has rows of its own (data: synced), and there is no reconciliation"
                  + " certificate yet that they agree; the family can not leave shadow");
      case RowProof.Sent(RowProof.Counts counts) ->
          counts == null
              ? new GateReading(
                  "data",
                  Opinion.HOLD,
                  Map.of(),
                  "how much of the outbox is open is not known: its store can not be read")
              : sent(counts);
    };
  }

  private static GateReading sent(RowProof.Counts counts) {
    List<String> left = new ArrayList<>();
    add(left, counts.underWay(), "under way to the other side");
    add(left, counts.parked(), "parked");
    add(left, counts.indeterminate(), "indeterminate");
    if (counts.whole()) {
      left.add("the whole family dirty");
    } else if (counts.dirty() > 0) {
      left.add(counts.dirty() + (counts.dirty() == 1 ? " key" : " keys") + " dirty");
    }
    return new GateReading(
        "data",
        left.isEmpty() ? Opinion.PROMOTE : Opinion.HOLD,
        Map.of(
            "underWay", (double) counts.underWay(),
            "parked", (double) counts.parked(),
            "indeterminate", (double) counts.indeterminate(),
            "dirty", (double) counts.dirty()),
        left.isEmpty()
            ? "every write was sent to both sides (writes: dual), and the rows of all that was"
                + " touched have been compared"
            : "writes go to both sides (writes: dual), and of theirs there are still "
                + String.join(", ", left)
                + "; see 'banyan outbox list'");
  }

  private static void add(List<String> left, long count, String what) {
    if (count > 0) {
      left.add(count + " " + what);
    }
  }
}
