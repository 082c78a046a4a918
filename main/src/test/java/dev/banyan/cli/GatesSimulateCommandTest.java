package dev.banyan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GatesSimulateCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String words) {
    Environment environment = new Environment("0", Map.of(), "host", false);
    return new CommandLineProgram(
            environment, new NoPrograms(), new PrintWriter(out), new PrintWriter(err))
        .run(words.split(" "));
  }

  @Test
  void tellsAsJsonHowSoonAndAtWhatPrice() {
    int code =
        run(
            "gates simulate --rate 200 --base 1% --ratio 10 --weight 20% --runs 8 --seconds 20"
                + " -o json");

    assertThat(code).isZero();
    JsonNode report = new JsonMapper().readTree(out.toString());
    assertThat(report.path("medianSeconds").asDouble()).isBetween(0.1, 20.0);
    assertThat(report.path("p95Seconds").asDouble()).isBetween(0.1, 20.0);
    assertThat(report.path("excessErrors").asDouble()).isPositive();
    assertThat(report.path("falseRollbackRate").asDouble()).isZero();
  }

  @Test
  void tellsItAsATableToo() {
    assertThat(
            run(
                "gates simulate --rate 50 --base 0.01 --ratio 1.5 --weight 5% --runs 2 --seconds"
                    + " 2"))
        .isZero();
    assertThat(out.toString())
        .contains("fails 1.5 times as often", "fails as often as the legacy", "TAKEN BACK")
        .contains("2 canaries of each kind at 5%, 50 requests/s, watched for 2 s each");
  }

  @Test
  void saysWhatIsNoNumberOfItsKind() {
    assertThat(run("gates simulate --rate 0 --base 1% --ratio 2 --weight 5%"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("a rate lies above 0");
    assertThat(run("gates simulate --rate 1 --base much --ratio 2 --weight 5%"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("'much' is no share such as 0.1% or 0.001");
  }
}
