package dev.banyan.cli;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// What comparing has shown.
@Command(
    name = "parity",
    description = {
      "Shows where the two sides of a family answer differently: the worst endpoints first, each"
          + " difference with an example.",
      "Exits with 1 when there are differences."
    },
    footer = {
      "  banyan parity users",
      "  banyan parity users --reset --reason 'candidate 1.4 is out'"
    })
final class ParityCommand implements Callable<Integer> {
  private final BanyanCommand banyan;

  @Parameters(paramLabel = "FAMILY", description = "The family's name.")
  private String family = "";

  @Option(
      names = "--reset",
      description = "Begins comparing anew, because one side is no longer what it was.")
  private boolean reset;

  @Option(names = "--reason", paramLabel = "REASON", description = "Why, with --reset.")
  private @Nullable String reason;

  @Option(
      names = "--actor",
      paramLabel = "NAME",
      description = "Who asks, with --reset. Default: USER@host.")
  private @Nullable String actor;

  ParityCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    if (reset) {
      return reset();
    }
    return banyan.ask(
        client -> client.get(ControlClient.family(family) + "/parity"),
        ParityCommand::text,
        report -> report.path("mismatched").asLong() > 0 ? ExitCode.REFUSED : ExitCode.DONE);
  }

  private int reset() {
    if (reason == null) {
      throw new CommandFailedException(
          ExitCode.USAGE, "--reset needs --reason REASON, for the ledger");
    }
    Map<String, String> body = new LinkedHashMap<>();
    body.put("reason", reason);
    body.put("actor", actor == null ? banyan.environment().actor() : actor);
    return banyan.ask(
        client -> client.post(ControlClient.family(family) + "/parity/reset", body),
        answer -> "the evidence on " + answer.path("name").asString("") + " begins anew\n");
  }

  private static String text(JsonNode report) {
    StringBuilder text = new StringBuilder();
    text.append(report.path("family").asString(""));
    if (report.path("compared").asLong() == 0) {
      text.append(": nothing was compared yet\n");
    } else {
      text.append(": ")
          .append(Figures.match(report))
          .append(" of ")
          .append(Figures.count(report.path("compared")))
          .append(" answers match, ")
          .append(Figures.count(report.path("mismatched")))
          .append(" differ; since ")
          .append(Figures.moment(report.path("since")))
          .append('\n');
    }
    if (report.path("raced").asLong() > 0) {
      text.append("inconclusive, for the data changed meanwhile: ")
          .append(Figures.count(report.path("raced")))
          .append('\n');
    }
    if (!report.path("skipped").isEmpty()) {
      text.append("not compared: ").append(Figures.byReason(report.path("skipped"))).append('\n');
    }
    for (JsonNode endpoint : worstFirst(report.path("endpoints"), "mismatched")) {
      endpoint(text, endpoint);
    }
    return text.toString();
  }

  private static void endpoint(StringBuilder text, JsonNode endpoint) {
    text.append('\n')
        .append(endpoint.path("method").asString(""))
        .append(' ')
        .append(endpoint.path("template").asString(""))
        .append(": ")
        .append(Figures.count(endpoint.path("mismatched")))
        .append(" of ")
        .append(Figures.count(endpoint.path("compared")))
        .append(" differ\n");
    for (JsonNode difference : worstFirst(endpoint.path("differences"), "count")) {
      text.append("  ")
          .append(Figures.count(difference.path("count")))
          .append(" x ")
          .append(difference.path("severity").asString(""))
          .append(", ")
          .append(difference.path("kind").asString(""))
          .append(" at ")
          .append(difference.path("where").asString(""))
          .append('\n');
      for (JsonNode sample : difference.path("samples")) {
        text.append("      ")
            .append(sample.path("request").asString(""))
            .append("\n        legacy:    ")
            .append(sample.path("legacy").asString(""))
            .append("\n        candidate: ")
            .append(sample.path("candidate").asString(""))
            .append('\n');
        break; // one example; the JSON has them all
      }
    }
  }

  private static List<JsonNode> worstFirst(JsonNode list, String count) {
    return list.valueStream()
        .sorted(Comparator.comparingLong((JsonNode node) -> -node.path(count).asLong()))
        .toList();
  }
}
