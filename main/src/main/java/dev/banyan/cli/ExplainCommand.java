package dev.banyan.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Why a family stands where it does.
@Command(
    name = "explain",
    description =
        "Tells what stands before a family's next step and what is missing, and what would take it"
            + " back by itself.",
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
        .append(Figures.phase(explanation))
        .append(" (epoch ")
        .append(explanation.path("epoch").asLong())
        .append(")\n");
    if (explanation.path("held").isString()) {
      text.append("held: ").append(explanation.path("held").stringValue()).append('\n');
    }
    if (explanation.path("line").isString()) {
      text.append(GovernText.line(explanation)).append('\n');
    }
    text.append("next step: ").append(Figures.step(explanation.path("next"))).append('\n');
    JsonNode governance = explanation.path("governance");
    for (String sentence : GovernText.sentences(governance)) {
      text.append("  ").append(sentence).append('\n');
    }
    for (JsonNode gate : missingFirst(explanation.path("gates"))) {
      text.append("  ").append(Figures.gate(gate)).append('\n');
    }
    if (!explanation.path("rollbackWhen").isEmpty()) {
      text.append("rolled back by itself when:\n");
      for (JsonNode sentence : explanation.path("rollbackWhen")) {
        text.append("  ").append(sentence.asString("")).append('\n');
      }
    }
    if (governance.path("rollbackCost").isObject()) {
      text.append("a rollback now costs ")
          .append(GovernText.cost(governance.path("rollbackCost")))
          .append('\n');
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

  /// What does not say promote, then what does.
  private static List<JsonNode> missingFirst(JsonNode gates) {
    List<JsonNode> sorted = new ArrayList<>();
    gates.forEach(sorted::add);
    sorted.sort(Comparator.comparing(gate -> gate.path("opinion").asString("").equals("promote")));
    return sorted;
  }
}
