package dev.banyan.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// What comparing has shown, and what is made of it.
@Command(
    name = "parity",
    description = {
      "Shows where the two sides of a family answer differently: the worst endpoints first, each"
          + " difference with an example. With --accept, --critical, --unaccept or --reset it rules"
          + " what is made of that, and the evidence begins anew.",
      "Exits with 1 when there are differences that are not accepted."
    },
    footer = {
      "  banyan parity users",
      "  banyan parity users --endpoint 'GET /users/{id}'",
      "  banyan parity users --accept 'body:$.at' --kind spelling --until 2027-03-31 \\",
      "      --reason 'no fractions of seconds, agreed with billing'",
      "  banyan parity users --critical header:cache-control --reason 'privacy'",
      "  banyan parity users --unaccept 'body:$.at' --kind spelling --reason mended",
      "  banyan parity users --reset --reason 'candidate 1.4 is out'"
    })
final class ParityCommand implements Callable<Integer> {
  private final BanyanCommand banyan;

  @Parameters(paramLabel = "FAMILY", description = "The family's name.")
  private String family = "";

  @ArgGroup(exclusive = true)
  private @Nullable Ruling ruling;

  @Option(
      names = "--endpoint",
      paramLabel = "ENDPOINT",
      description = "Shows this endpoint only, or rules for it only: 'GET /users/{id}'.")
  private @Nullable String endpoint;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "Rules for this kind of difference only, such as spelling.")
  private @Nullable String kind;

  @Option(
      names = "--until",
      paramLabel = "DATE",
      description = "The last day on which it is accepted, such as 2027-03-31; with --accept.")
  private @Nullable String until;

  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "Why, for the ledger; with every ruling.")
  private @Nullable String reason;

  @Option(
      names = "--actor",
      paramLabel = "NAME",
      description = "Who rules, for the ledger. Default: USER@host.")
  private @Nullable String actor;

  /// What is made of the differences; one thing at a time.
  private static final class Ruling {
    @Option(
        names = "--accept",
        paramLabel = "WHERE",
        description = "Accepts differences at a place, named exactly as it is shown.")
    private @Nullable String accept;

    @Option(
        names = "--critical",
        paramLabel = "WHERE",
        description = "Makes differences at a place breaking; one of them holds the family.")
    private @Nullable String critical;

    @Option(
        names = "--unaccept",
        paramLabel = "WHERE",
        description = "Takes back what was accepted or marked critical by command.")
    private @Nullable String unaccept;

    @Option(
        names = "--reset",
        description = "Begins comparing anew, because one side is no longer what it was.")
    private boolean reset;
  }

  ParityCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    if (ruling == null) {
      return show();
    }
    if (ruling.accept != null) {
      return rule("accept", "--accept", ruling.accept);
    }
    if (ruling.critical != null) {
      return rule("critical", "--critical", ruling.critical);
    }
    if (ruling.unaccept != null) {
      return rule("unaccept", "--unaccept", ruling.unaccept);
    }
    return ruling.reset
        ? post("reset", body("--reset"), "the evidence on %s begins anew\n")
        : show();
  }

  private int show() {
    String query =
        endpoint == null ? "" : "?endpoint=" + URLEncoder.encode(endpoint, StandardCharsets.UTF_8);
    return banyan.ask(
        client -> client.get(ControlClient.family(family) + "/parity" + query),
        ParityText::of,
        report -> differing(report) > 0 ? ExitCode.REFUSED : ExitCode.DONE);
  }

  /// Exchanges that differ, of what is shown.
  private long differing(JsonNode report) {
    return endpoint == null
        ? report.path("mismatched").asLong()
        : report
            .path("endpoints")
            .valueStream()
            .mapToLong(e -> e.path("mismatched").asLong())
            .sum();
  }

  private int rule(String verb, String option, String where) {
    Map<String, String> body = body(option);
    body.put("where", where);
    if (endpoint != null) {
      body.put("endpoint", endpoint);
    }
    if (kind != null) {
      body.put("kind", kind);
    }
    if (verb.equals("accept")) {
      if (until == null) {
        throw new CommandFailedException(
            ExitCode.USAGE, "--accept needs --until DATE, for nothing is accepted for good");
      }
      body.put("until", until);
    }
    return post(verb, body, "%s: ruled; the evidence begins anew\n");
  }

  private int post(String verb, Map<String, String> body, String told) {
    return banyan.ask(
        client -> client.post(ControlClient.family(family) + "/parity/" + verb, body),
        answer -> told.formatted(answer.path("name").asString("")));
  }

  private Map<String, String> body(String option) {
    if (reason == null) {
      throw new CommandFailedException(
          ExitCode.USAGE, option + " needs --reason REASON, for the ledger");
    }
    Map<String, String> body = new LinkedHashMap<>();
    body.put("reason", reason);
    body.put("actor", actor == null ? banyan.environment().actor() : actor);
    return body;
  }
}
