package dev.banyan.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Back to the legacy, at once.
@Command(
    name = "rollback",
    description = {
      "Takes a family back to an earlier phase. Neither a hold nor a gate refuses it.",
      "No request decided after the command has returned goes to the candidate, unless the phase"
          + " chosen says so."
    },
    footer = {
      "  banyan rollback users --reason 'error reports'",
      "  banyan rollback users --to shadow --reason 'compare on'"
    })
final class RollbackCommand implements Callable<Integer> {
  private final BanyanCommand banyan;
  @Mixin private final Asking asking = new Asking();

  @Option(
      names = "--to",
      paramLabel = "PHASE",
      description =
          "An earlier phase. Default: legacy out of shadow and canary, shadow out of later ones.")
  private @Nullable String to;

  RollbackCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    Map<String, String> body = asking.body(banyan.environment());
    if (to != null) {
      body.put("to", to);
    }
    return banyan.ask(client -> client.post(asking.path("rollback"), body), RollbackCommand::text);
  }

  private static String text(JsonNode answer) {
    return answer.path("family").path("name").asString("")
        + " is back in "
        + Figures.step(answer.path("family"))
        + "; the swap took "
        + Figures.millis(answer.path("millis").asDouble())
        + (answer.path("recorded").asBoolean(true)
            ? ""
            : "; the store has not recorded it yet and is tried until it has")
        + "\n";
  }
}
