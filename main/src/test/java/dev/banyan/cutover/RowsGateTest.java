package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowsGateTest {
  private static final Duration AGE = Duration.ofMinutes(10);
  private static final RowAgreement.Reconciled GREEN =
      new RowAgreement.Reconciled(7, 0, true, Duration.ofMinutes(1));

  private static RowAgreement.Moving compared(RowAgreement.@Nullable Reconciled certificate) {
    return new RowAgreement.Moving(
        true, null, Duration.ofSeconds(5), 0, List.of(), certificate, AGE);
  }

  private static RowAgreement.Counts counts(long underWay, long unknown, long parked, long age) {
    return new RowAgreement.Counts(underWay, unknown, parked, 4, false, Duration.ofSeconds(age));
  }

  private static GateReading read(RowAgreement.Counts counts) {
    return RowsGate.of(new RowAgreement.Sent(counts, compared(GREEN)));
  }

  @Test
  void whatIsOnItsWayAndYoungIsNothingAgainstAFamilyWhoseRowsAgreed() {
    assertThat(read(counts(0, 0, 0, 0)).opinion()).isEqualTo(Opinion.PROMOTE);
    assertThat(read(counts(3, 0, 0, 4)).opinion()).isEqualTo(Opinion.PROMOTE);
  }

  @Test
  void holdsWhileAnythingIsLeftThatDoesNotGoOnAndSaysHowMuch() {
    assertThat(read(counts(1, 0, 0, 6)).opinion()).isEqualTo(Opinion.HOLD);
    assertThat(read(counts(0, 1, 0, 1)).opinion()).isEqualTo(Opinion.HOLD);
    assertThat(read(counts(0, 0, 1, 1)).opinion()).isEqualTo(Opinion.HOLD);

    GateReading reading = read(counts(3, 2, 1, 60));
    assertThat(reading.says())
        .contains("1 parked")
        .contains("2 indeterminate")
        .contains(
            "3 under way to the other side, the oldest for 60.0 s, more than the 5.0 s allowed");
    assertThat(reading.numbers()).containsEntry("underWay", 3.0).containsEntry("dirty", 4.0);
  }

  @Test
  void holdsUntilAllRowsWereComparedAndAgreeAndAgainWhereSomethingWentToOneSideAlone() {
    RowAgreement.Counts still = counts(0, 0, 0, 0);
    assertThat(RowsGate.of(new RowAgreement.Sent(still, null)).says()).contains("no transfer");
    assertThat(RowsGate.of(new RowAgreement.Sent(still, compared(null))).says())
        .contains("no reconciliation");
    RowAgreement.Reconciled red = new RowAgreement.Reconciled(7, 2, true, Duration.ZERO);
    assertThat(RowsGate.of(new RowAgreement.Sent(still, compared(red))).says())
        .contains("found 2 differences");
    RowAgreement.Reconciled old = new RowAgreement.Reconciled(7, 0, true, AGE.plusSeconds(1));
    assertThat(RowsGate.of(new RowAgreement.Sent(still, compared(old))).opinion())
        .isEqualTo(Opinion.HOLD);
    assertThat(read(new RowAgreement.Counts(0, 0, 0, 0, true, null)).opinion())
        .isEqualTo(Opinion.HOLD);
  }

  @Test
  void holdsWhileNothingIsKnown() {
    assertThat(RowsGate.of(new RowAgreement.Sent(null, compared(GREEN))).opinion())
        .isEqualTo(Opinion.HOLD);
    assertThat(RowsGate.of(new RowAgreement.Untransferred()).opinion()).isEqualTo(Opinion.HOLD);
  }
}
