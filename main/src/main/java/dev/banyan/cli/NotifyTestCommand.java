package dev.banyan.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/// Sends a test to every target.
@Command(
    name = "test",
    description = {
      "Sends a test to every target of `notifications`, once, and tells what each answered.",
      "Exits with 1 when one did not take it."
    },
    footer = "  banyan notify test")
final class NotifyTestCommand implements Callable<Integer> {
  private final BanyanCommand banyan;

  NotifyTestCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    return banyan.ask(
        client -> client.post("/api/v1/notifications/test", Map.of()),
        NotifyTestCommand::text,
        tested -> tested.path("ok").asBoolean() ? ExitCode.DONE : ExitCode.REFUSED);
  }

  private static String text(JsonNode tested) {
    if (tested.path("targets").isEmpty()) {
      return "banyan.yaml names nobody under notifications\n";
    }
    Table table = new Table("TARGET", "FORMAT", "ANSWER");
    for (JsonNode target : tested.path("targets")) {
      table.row(
          target.path("target").asString(""),
          target.path("format").asString(""),
          target.path("says").asString(""));
    }
    return table.toString();
  }
}
