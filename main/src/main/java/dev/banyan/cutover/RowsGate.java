package dev.banyan.cutover;

import dev.banyan.cutover.RowAgreement.Counts;
import dev.banyan.cutover.RowAgreement.Moving;
import dev.banyan.cutover.RowAgreement.Reconciled;
import dev.banyan.cutover.RowAgreement.Sent;
import dev.banyan.cutover.RowAgreement.Untransferred;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The gate `data`: where each side has rows of its own, both must be shown to hold the same ones.
final class RowsGate {
  private static final String NAME = "data";

  private RowsGate() {}

  static GateReading read(Situation situation) {
    DataOwnership data = situation.policy().data();
    if (data != DataOwnership.SYNCED) {
      return new GateReading(
          NAME, Opinion.PROMOTE, Map.of(), "no rows to be copied (data: " + data.word() + ")");
    }
    return of(situation.rows());
  }

  static GateReading of(RowAgreement.Reading rows) {
    return switch (rows) {
      case Untransferred none ->
          new GateReading(
              NAME,
              Opinion.HOLD,
              Map.of("certificates", 0.0),
              "each side has rows of its own (data: synced), and no transfer of banyan.yaml names"
                  + " this family; it can not leave shadow");
      case Moving moving -> read(moving);
      case Sent sent -> read(sent);
    };
  }

  private static GateReading read(Sent sent) {
    Counts counts = sent.counts();
    Moving compared = sent.compared();
    Map<String, Double> numbers = new TreeMap<>();
    List<String> against = new ArrayList<>();
    if (counts == null) {
      against.add("how much of the outbox is open is not known: its store can not be read");
    } else {
      outbox(counts, compared, numbers, against);
    }
    if (compared == null) {
      against.add(
          "no transfer of banyan.yaml names this family, so that nothing compares its rows"
              + " (history: only)");
    } else {
      against.addAll(compared.stopped());
      if (!compared.backfilled()) {
        against.add("the rows of before have not been copied");
      }
      certificate(compared, numbers, against);
    }
    return against.isEmpty()
        ? new GateReading(
            NAME,
            Opinion.PROMOTE,
            numbers,
            "writes go to both sides (writes: dual), and all rows were compared and agree")
        : new GateReading(
            NAME,
            Opinion.HOLD,
            numbers,
            "writes go to both sides (writes: dual): " + String.join("; ", against));
  }

  private static void outbox(
      Counts counts, @Nullable Moving compared, Map<String, Double> numbers, List<String> against) {
    numbers.put("underWay", (double) counts.underWay());
    numbers.put("parked", (double) counts.parked());
    numbers.put("indeterminate", (double) counts.indeterminate());
    numbers.put("dirty", (double) counts.dirty());
    if (counts.parked() > 0) {
      against.add(counts.parked() + " parked, see 'banyan outbox list'");
    }
    if (counts.indeterminate() > 0) {
      against.add(counts.indeterminate() + " indeterminate, see 'banyan outbox list'");
    }
    Duration oldest = counts.oldest();
    if (counts.underWay() > 0
        && oldest != null
        && compared != null
        && oldest.compareTo(compared.lagBound()) > 0) {
      against.add(
          counts.underWay()
              + " under way to the other side, the oldest for "
              + Wording.time(oldest)
              + ", more than the "
              + Wording.time(compared.lagBound())
              + " allowed");
    }
    if (counts.whole()) {
      against.add(
          "all rows are to be compared, since some writes have gone to one side alone, or never"
              + " were");
    }
  }

  private static GateReading read(Moving moving) {
    Map<String, Double> numbers = new TreeMap<>();
    List<String> against = new ArrayList<>();
    for (String stopped : moving.stopped()) {
      against.add(stopped);
    }
    if (!moving.backfilled()) {
      against.add("the backfill is not done");
    }
    lag(moving, numbers, against);
    certificate(moving, numbers, against);
    numbers.put("bytesBehind", (double) moving.bytesBehind());
    numbers.put("backfilled", moving.backfilled() ? 1.0 : 0.0);
    return against.isEmpty()
        ? new GateReading(
            NAME, Opinion.PROMOTE, numbers, "both sides are shown to hold the same rows")
        : new GateReading(NAME, Opinion.HOLD, numbers, String.join("; ", against));
  }

  private static void lag(Moving moving, Map<String, Double> numbers, List<String> against) {
    Duration lag = moving.lag();
    numbers.put("lagBoundMillis", Wording.millis(moving.lagBound()));
    if (lag == null) {
      against.add("the change stream is not running");
      return;
    }
    numbers.put("lagMillis", Wording.millis(lag));
    if (lag.compareTo(moving.lagBound()) > 0) {
      against.add(
          "the rows are "
              + Wording.time(lag)
              + " behind, more than the "
              + Wording.time(moving.lagBound())
              + " allowed");
    }
  }

  private static void certificate(
      Moving moving, Map<String, Double> numbers, List<String> against) {
    Reconciled certificate = moving.certificate();
    numbers.put("certificates", certificate == null ? 0.0 : 1.0);
    if (certificate == null) {
      against.add("no reconciliation has compared the rows yet");
      return;
    }
    numbers.put("rowsCompared", (double) certificate.rows());
    numbers.put("differences", (double) certificate.differences());
    numbers.put("certificateMillis", Wording.millis(certificate.age()));
    if (!certificate.current()) {
      against.add("the last reconciliation was of another mapping or another owner");
    } else if (certificate.differences() > 0) {
      against.add(
          certificate.differences() == 1
              ? "the last reconciliation found 1 difference"
              : "the last reconciliation found " + certificate.differences() + " differences");
    } else if (certificate.age().compareTo(moving.certificateAge()) > 0) {
      against.add(
          "the last reconciliation is "
              + Wording.time(certificate.age())
              + " old, more than the "
              + Wording.time(moving.certificateAge())
              + " allowed");
    }
  }
}
