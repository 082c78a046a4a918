package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import org.junit.jupiter.api.Test;

class RowsGateTest {
  private static GateReading read(long underWay, long unknown, long parked, long dirty) {
    return RowsGate.of(
        new RowAgreement.Sent(new RowAgreement.Counts(underWay, unknown, parked, dirty, false)));
  }

  @Test
  void holdsWhileAnythingIsLeftAndSaysHowMuch() {
    assertThat(read(0, 0, 0, 0).opinion()).isEqualTo(Opinion.PROMOTE);
    assertThat(read(1, 0, 0, 0).opinion()).isEqualTo(Opinion.HOLD);
    assertThat(read(0, 1, 0, 0).opinion()).isEqualTo(Opinion.HOLD);
    assertThat(read(0, 0, 1, 0).opinion()).isEqualTo(Opinion.HOLD);
    assertThat(read(0, 0, 0, 1).opinion()).isEqualTo(Opinion.HOLD);

    GateReading reading = read(3, 2, 1, 4);
    assertThat(reading.says())
        .contains("3 under way to the other side, 1 parked, 2 indeterminate, 4 keys dirty");
    assertThat(reading.numbers()).containsEntry("underWay", 3.0).containsEntry("dirty", 4.0);
  }

  @Test
  void holdsWhileNothingIsKnown() {
    assertThat(RowsGate.of(new RowAgreement.Sent(null)).opinion()).isEqualTo(Opinion.HOLD);
    assertThat(RowsGate.of(new RowAgreement.Untransferred()).opinion()).isEqualTo(Opinion.HOLD);
  }
}
