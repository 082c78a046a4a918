package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.CutoverResult.Code;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.migration.GateReading;
import java.util.Objects;

/// Looks into refusals.
final class Refusal {
  private Refusal() {}

  static void assertRefused(CutoverResult result, Code code, String... details) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(code);
              assertThat(refused.detail()).contains(details);
            });
  }

  static GateReading gate(CutoverResult result, String name) {
    return ((Refused) result)
        .gates().stream().filter(gate -> gate.gate().equals(name)).findFirst().orElseThrow();
  }

  static double number(GateReading reading, String name) {
    return Objects.requireNonNull(reading.numbers().get(name), name);
  }
}
