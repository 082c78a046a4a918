package dev.banyan.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// One step up the ladder.
@Command(
    name = "promote",
    description = {
      "Moves a family to its next step: legacy, shadow, canary (by weights), reads, writes (by"
          + " weights), retired.",
      "The gates decide; a refusal says which one holds it and what is missing."
    },
    footer = {
      "  banyan promote users --reason 'parity is proved'",
      "  banyan promote users --to canary --reason 'first step'",
      "  banyan promote users --weight 50%% --reason 'quiet so far'",
      "  banyan promote reports --force --reason 'three calls a month: nothing to prove by'"
    })
final class PromoteCommand implements Callable<Integer> {
  private final BanyanCommand banyan;
  @Mixin private final Asking asking = new Asking();

  @Option(
      names = "--to",
      paramLabel = "PHASE",
      description = "The phase that the next step must enter; refused when it is another one.")
  private @Nullable String to;

  @Option(
      names = "--weight",
      paramLabel = "WEIGHT",
      description =
          "A larger share than the present one within canary or writes, such as 25%%. More than the"
              + " schedule's next step, and more than 5%%, only where all is proved.")
  private @Nullable String weight;

  @Option(
      names = "--force",
      description =
          "Goes on where gates only lack proof. Never overrules harm that is proved, a difference"
              + " at a place marked critical, rows that are not there (data), the checklist before"
              + " retired, a hold, a freeze or a stopped line. The phase is marked unproven. Needs"
              + " the role approver.")
  private boolean force;

  PromoteCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    Map<String, Object> body = asking.body(banyan.environment());
    if (to != null) {
      body.put("to", to);
    }
    if (weight != null) {
      body.put("weight", weight);
    }
    if (force) {
      body.put("force", true);
    }
    return banyan.ask(client -> client.post(asking.path("promote"), body), PromoteCommand::text);
  }

  private static String text(JsonNode family) {
    return family.path("name").asString("") + " is in " + Figures.phase(family) + "\n";
  }
}
