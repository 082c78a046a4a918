package dev.banyan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Why a family stands where it does.
@Command(
    name = "explain",
    description =
        "Tells what stands before a family's next step, and what would take it back by itself.",
    footer = "  banyan explain users")
final class ExplainCommand implements Callable<Integer> {
  private final BanyanCommand banyan;

  @Parameters(paramLabel = "FAMILY", description = "The family's name.")
  private String family = "";

  ExplainCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    return banyan.ask(
        client -> client.get(ControlClient.family(family) + "/explain"), ExplainCommand::text);
  }

  private static String text(JsonNode explanation) {
    StringBuilder text = new StringBuilder();
    text.append(explanation.path("family").asString(""))
        .append(" is in ")
        .append(Figures.step(explanation))
        .append(" (epoch ")
        .append(explanation.path("epoch").asLong())
        .append(")\n");
    if (explanation.path("held").isString()) {
      text.append("held: ").append(explanation.path("held").stringValue()).append('\n');
    }
    text.append("next step: ").append(Figures.step(explanation.path("next"))).append('\n');
    for (JsonNode gate : explanation.path("gates")) {
      text.append("  ").append(Figures.gate(gate)).append('\n');
    }
    if (!explanation.path("rollbackWhen").isEmpty()) {
      text.append("rolled back by itself when:\n");
      for (JsonNode sentence : explanation.path("rollbackWhen")) {
        text.append("  ").append(sentence.asString("")).append('\n');
      }
    }
    if (!explanation.path("goals").isEmpty()) {
      text.append("goals:\n");
      for (JsonNode goal : explanation.path("goals")) {
        text.append("  ")
            .append(goal.path("state").asString(""))
            .append(": ")
            .append(goal.path("says").asString(""))
            .append('\n');
      }
    }
    return text.toString();
  }
}
