package dev.banyan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class StatusCommandTest {
  private static String shown(double share, double rate) {
    return StatusCommand.text(
        JsonMapper.builder()
            .build()
            .readTree(
                """
                {"families": [{"name": "users", "phase": "shadow", "shadow": {"share": %s, "rate": %s}}]}
                """
                    .formatted(share, rate)));
  }

  @Test
  void saysThatLessIsSampledWhileEventLoopsAreLate() {
    assertThat(shown(0.5, 0.2))
        .endsWith("\nevent loops are late: sampling is down to 40 % of what is configured\n");
    assertThat(shown(0.5, 0.5)).doesNotContain("sampling");
    assertThat(shown(0, 0)).doesNotContain("sampling");
  }
}
