package dev.banyan.demo.tour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.demo.traffic.Count;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
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
            Report.Data.UNKNOWN,
            1.0,
            List.of("it broke off"));
    assertThat(report.problems())
        .contains("it broke off", "no request was sent", "users ended in reads, not retired")
        .anyMatch(problem -> problem.contains("id as a string"))
        .anyMatch(problem -> problem.contains("0 automatic rollbacks"))
        .anyMatch(problem -> problem.contains("1 families of 3"))
        .anyMatch(problem -> problem.contains("nobody has counted the orders"))
        .anyMatch(problem -> problem.contains("ledger"));
  }

  @Test
  void aLostOrderAMissingFenceAndAFaultThatIsNotFoundAreProblems() {
    Report.Crossing unfenced = new Report.Crossing("orders", 2, false, 12);
    Report.Data data =
        new Report.Data(
            1,
            9,
            12,
            14,
            new Report.Copied(5, 5),
            1,
            0,
            0,
            List.of(unfenced, unfenced),
            List.of("reads", "writes"),
            List.of("order 7 is not there"));
    Report report =
        Report.of(
            new Count(),
            new FaultHunt(),
            List.of(),
            List.of(),
            new Report.Ledger(true, 1),
            data,
            1.0,
            List.of());
    assertThat(report.problems())
        .contains(
            "1 orders are lost, the first: order 7 is not there",
            "1 rows were spoilt, 0 found and 0 repaired",
            "2 times the writes changed sides, not 3 times",
            "the writes changed sides without a fence");
  }

  @Test
  void aPercentileIsAWaitThatSomebodyHad() {
    List<Double> waits = IntStream.rangeClosed(1, 200).mapToObj(each -> (double) each).toList();
    assertThat(Ferry.percentile(waits, 0.99)).isEqualTo(198);
    assertThat(Ferry.percentile(waits.subList(0, 3), 0.99)).isEqualTo(3);
    assertThat(Ferry.percentile(List.of(), 0.99)).isZero();
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
            new Report.Data(
                0,
                7,
                80.5,
                90,
                new Report.Copied(100, 50),
                1,
                1,
                1,
                List.of(new Report.Crossing("orders", 2, true, 12)),
                List.of("reads", "writes"),
                List.of()),
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
    assertThat(json.at("/data/lost").asInt(-1)).isZero();
    assertThat(json.at("/data/pauseMillisP99").asDouble()).isEqualTo(80.5);
    assertThat(json.at("/data/handovers/0/fenced").asBoolean()).isTrue();
    assertThat(json.at("/seconds").asDouble()).isEqualTo(12.5);
  }

  private static Family family(String name, String phase) {
    return Family.of(JSON.readTree("{\"name\": \"%s\", \"phase\": \"%s\"}".formatted(name, phase)));
  }
}
