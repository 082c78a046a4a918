package dev.banyan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// The two commands about all promotion at once.
final class LineCommands {
  private LineCommands() {}

  /// Stops all promotion.
  @Command(
      name = "stop-the-line",
      description =
          "Stops all promotion, of every family, by people and by the program. Nothing else stops,"
              + " a rollback least of all.",
      footer = "  banyan stop-the-line --reason 'incident 7'")
  static final class Stop implements Callable<Integer> {
    private final BanyanCommand banyan;
    @Mixin private final Reasoned reasoned = new Reasoned();

    Stop(BanyanCommand banyan) {
      this.banyan = banyan;
    }

    @Override
    public Integer call() {
      return banyan.ask(
          client -> client.post("/api/v1/line/stop", reasoned.body(banyan.environment())),
          line -> "the line is stopped: " + line.path("line").asString("") + "\n");
    }
  }

  /// Lets promotion go on.
  @Command(
      name = "release-the-line",
      description = "Lets promotion go on after stop-the-line. Needs the role approver.",
      footer = "  banyan release-the-line --reason 'incident 7 is over'")
  static final class Release implements Callable<Integer> {
    private final BanyanCommand banyan;
    @Mixin private final Reasoned reasoned = new Reasoned();

    Release(BanyanCommand banyan) {
      this.banyan = banyan;
    }

    @Override
    public Integer call() {
      return banyan.ask(
          client -> client.post("/api/v1/line/release", reasoned.body(banyan.environment())),
          _ -> "the line is released\n");
    }
  }
}
