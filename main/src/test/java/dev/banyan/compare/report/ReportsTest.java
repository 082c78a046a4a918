package dev.banyan.compare.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.compare.ComparisonReport;
import dev.banyan.migration.Severity;
import org.junit.jupiter.api.Test;

class ReportsTest {

  private static Reports reports(ComparisonReport report, Severity failOn) {
    return new Reports(report, failOn, "1");
  }

  @Test
  void onlyWhatIsAtLeastAsSevereAsToldFails() {
    assertThat(reports(Samples.cosmetic(), Severity.COSMETIC).failed()).isTrue();
    assertThat(reports(Samples.cosmetic(), Severity.RISKY).failed()).isFalse();
    assertThat(reports(Samples.ordinary(), Severity.BREAKING).failed()).isTrue();
    assertThat(reports(Samples.alike(), Severity.COSMETIC).failed()).isFalse();
  }

  @Test
  void aHabitFailsAsAnyDifferenceDoes() {
    ComparisonReport habits =
        Samples.report(Samples.alike().endpoints(), Samples.ordinary().habits());

    assertThat(reports(habits, Severity.RISKY).failed()).isTrue();
    assertThat(reports(habits, Severity.BREAKING).failed()).isFalse();
  }

  @Test
  void saysWhyNothingWasCompared() {
    assertThat(reports(Samples.nothing(), Severity.RISKY).nothingCompared())
        .contains("nothing was compared: skipped both-failed 1,200, unsafe 12");
    assertThat(reports(Samples.ordinary(), Severity.RISKY).nothingCompared()).isEmpty();
  }
}
