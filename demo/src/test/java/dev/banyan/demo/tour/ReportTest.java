package dev.banyan.demo.tour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.demo.traffic.Count;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path directory;

  @Test
  void everythingThatIsOffIsAProblem() {
    Report report =
        Report.of(
            new Count(),
            new FaultHunt(),
            List.of(),
            List.of(family("users", "reads")),
            new Report.Ledger(false, 0),
            1.0,
            List.of("it broke off"));
    assertThat(report.problems())
        .contains("it broke off", "no request was sent", "users ended in reads, not retired")
        .anyMatch(problem -> problem.contains("id as a string"))
        .anyMatch(problem -> problem.contains("0 automatic rollbacks"))
        .anyMatch(problem -> problem.contains("1 families of 3"))
        .anyMatch(problem -> problem.contains("ledger"));
  }

  @Test
  void theFileHasTheKeysThatOthersRead() throws Exception {
    Report report =
        Report.of(
            new Count(),
            new FaultHunt(),
            List.of(new Banyan.Rollback(3, "users", "too many errors", 0.2)),
            List.of(family("users", "retired")),
            new Report.Ledger(true, 4),
            12.5,
            List.of());
    Path file = directory.resolve("deep/report.json");
    report.write(file);
    JsonNode json = JSON.readTree(Files.readString(file));
    assertThat(json.at("/requests/total").isNumber()).isTrue();
    assertThat(json.at("/requests/failed").asInt()).isZero();
    assertThat(json.at("/faults/planted").asInt()).isGreaterThanOrEqualTo(10);
    assertThat(json.at("/faults/found").asInt()).isZero();
    assertThat(json.at("/faults/falseAlarms").asInt()).isZero();
    assertThat(json.at("/rollbacks/0/reason").asString()).isEqualTo("too many errors");
    assertThat(json.at("/rollbacks/0/millis").asDouble()).isEqualTo(0.2);
    assertThat(json.at("/families/0/phase").asString()).isEqualTo("retired");
    assertThat(json.at("/seconds").asDouble()).isEqualTo(12.5);
  }

  private static Family family(String name, String phase) {
    return Family.of(JSON.readTree("{\"name\": \"%s\", \"phase\": \"%s\"}".formatted(name, phase)));
  }
}
