package dev.banyan.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Leave to enter a phase.
@Command(
    name = "approve",
    description = {
      "Gives a family leave to enter a phase that needs it (require_approval). The gates still"
          + " decide when.",
      "It holds while the family stands where it is; any move makes it void. Needs the role"
          + " approver."
    },
    footer = {
      "  banyan approve users --reason 'seen with the team'",
      "  banyan approve users --to writes --reason 'change board, 4 March'"
    })
final class ApproveCommand implements Callable<Integer> {
  private final BanyanCommand banyan;
  @Mixin private final Asking asking = new Asking();

  @Option(
      names = "--to",
      paramLabel = "PHASE",
      description = "The phase. Default: the one that the next step enters.")
  private @Nullable String to;

  ApproveCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    Map<String, Object> body = asking.body(banyan.environment());
    if (to != null) {
      body.put("to", to);
    }
    return banyan.ask(client -> client.post(asking.path("approve"), body), ApproveCommand::text);
  }

  private static String text(JsonNode family) {
    JsonNode approval = family.path("governance").path("approval");
    return family.path("name").asString("")
        + " may enter "
        + approval.path("phase").asString("")
        + ", says "
        + approval.path("actor").asString("")
        + "; its next step is "
        + Figures.step(family.path("next"))
        + "\n";
  }
}
