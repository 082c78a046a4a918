package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `./banyan demo` from outside: what it reports, and that it cleans up behind itself.
final class TourIT {
  private static final Duration BOUND = Duration.ofMinutes(5);

  @TempDir Path directory;

  /// A tour under way, in a process group of its own, as a terminal would start it.
  private record Tour(Process process, Offspring offspring, Path output) {

    String said() throws IOException {
      String all = Files.readString(output);
      return all.substring(Math.max(0, all.length() - 8_000));
    }

    /// What a terminal does on Ctrl-C: every process of the foreground group is interrupted.
    void interrupt() throws IOException, InterruptedException {
      int exit =
          new ProcessBuilder("kill", "-INT", "--", "-" + process.pid())
              .inheritIO()
              .start()
              .waitFor();
      assertThat(exit).isZero();
    }

    void leavesNothingBehind() throws Exception {
      Await.passes(() -> assertThat(offspring.alive()).as(said()).isEmpty());
    }
  }

  private Tour start(String... more) throws IOException {
    // Short: paths of sockets below it have about a hundred characters.
    String mark = "bt" + UUID.randomUUID().toString().substring(0, 13);
    Path temporary = Files.createDirectory(directory.resolve(mark));
    Path output = directory.resolve("output");
    List<String> command = new ArrayList<>();
    // A shell starts background jobs with SIGINT ignored, and that would be inherited.
    command.addAll(List.of("setsid", "env", "--default-signal=INT"));
    command.add(Program.repository().resolve("banyan").toString());
    command.addAll(List.of("demo", "--headless", "--fast"));
    command.addAll(List.of(more));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    // Both the variable and every path below the directory bear the mark.
    builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary);
    return new Tour(builder.start(), new Offspring(mark), output);
  }

  @Test
  void takesEveryFamilyToRetiredAndReportsIt() throws Exception {
    assumeTrue(Offspring.canBeSeen(), "needs /proc");
    Path file = directory.resolve("report.json");
    Tour tour = start("--report", file.toString());
    try {
      boolean ended = tour.process().waitFor(BOUND.toSeconds(), TimeUnit.SECONDS);
      assertThat(ended).as("the tour ends; it said %s", tour.said()).isTrue();
      assertThat(tour.process().exitValue()).as(tour.said()).isZero();
      checkReport(Control.json(Files.readString(file)));
      tour.leavesNothingBehind();
    } finally {
      tour.offspring().end();
    }
  }

  private static void checkReport(JsonNode report) {
    String all = report.toPrettyString();
    assertThat(report.path("requests").path("total").asLong()).as(all).isPositive();
    assertThat(report.path("requests").path("failed").asLong(-1)).as(all).isZero();
    JsonNode faults = report.path("faults");
    assertThat(faults.path("planted").asInt()).as(all).isGreaterThanOrEqualTo(10);
    assertThat(faults.path("found").asInt()).as(all).isEqualTo(faults.path("planted").asInt());
    assertThat(faults.path("falseAlarms").asInt(-1)).as(all).isZero();
    assertThat(report.path("rollbacks").size()).as(all).isGreaterThanOrEqualTo(2);
    for (JsonNode rollback : report.path("rollbacks")) {
      assertThat(rollback.path("reason").asString("")).as(all).isNotBlank();
      assertThat(rollback.path("millis").isNumber()).as(all).isTrue();
    }
    assertThat(report.path("families")).as(all).isNotEmpty();
    for (JsonNode family : report.path("families")) {
      assertThat(family.path("phase").asString("")).as(all).isEqualTo("retired");
    }
    assertThat(report.path("seconds").isNumber()).as(all).isTrue();
    checkData(report.path("data"), all);
  }

  /// What became of the rows whose owner changed: there, back, and there again.
  private static void checkData(JsonNode data, String all) {
    assertThat(data.path("lost").asLong(-1)).as(all).isZero();
    assertThat(data.path("acknowledged").asLong()).as(all).isPositive();
    assertThat(data.path("pauseMillisP99").asDouble(-1)).as(all).isPositive();
    assertThat(data.path("backfill").path("rows").asLong()).as(all).isGreaterThan(20_000);
    assertThat(data.path("planted").asLong()).as(all).isOne();
    assertThat(data.path("found").asLong()).as(all).isOne();
    assertThat(data.path("repaired").asLong()).as(all).isOne();
    assertThat(data.path("handovers").valueStream().map(each -> each.path("owner").asString("")))
        .as(all)
        .containsExactly("orders", "shop", "orders");
    assertThat(data.path("handovers")).as(all).allMatch(each -> each.path("fenced").asBoolean());
    assertThat(data.path("phases").valueStream().map(each -> each.asString("")))
        .as(all)
        .containsSubsequence("reads", "writes", "reads", "writes", "retired")
        .endsWith("writes", "retired");
  }

  @Test
  void leavesNoProcessBehindWhenInterrupted() throws Exception {
    assumeTrue(Offspring.canBeSeen(), "needs /proc");
    Tour tour = start();
    try {
      // The launcher or the tour, the database, both services and the gateway.
      Await.until(
          "the tour is in full swing",
          BOUND,
          () -> {
            assertThat(tour.process().isAlive()).as(tour.said()).isTrue();
            List<String> alive = tour.offspring().alive();
            return alive.stream().anyMatch(each -> each.contains("postgres"))
                && alive.stream().anyMatch(each -> each.contains("banyan.jar"));
          });
      tour.interrupt();
      boolean ended = tour.process().waitFor(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
      assertThat(ended).as("the tour ends; it said %s", tour.said()).isTrue();
      assertThat(tour.process().exitValue()).isNotZero();
      tour.leavesNothingBehind();
    } finally {
      tour.offspring().end();
    }
  }
}
