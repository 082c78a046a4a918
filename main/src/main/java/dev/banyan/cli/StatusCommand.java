package dev.banyan.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Shows all families, once or as they change.
@Command(
    name = "status",
    description = "Shows where every family stands, and its numbers.",
    footer = {"  banyan status", "  banyan status -w", "  banyan status -o json"})
final class StatusCommand implements Callable<Integer> {
  private static final String TO_THE_TOP = "\u001b[H";
  private static final String WIPE = "\u001b[2J";
  private static final String WIPE_LINE = "\u001b[K";
  private static final String WIPE_BELOW = "\u001b[J";

  private final BanyanCommand banyan;
  private String shown = "";

  @Option(
      names = {"-w", "--watch"},
      description = "Goes on showing it as it changes, until interrupted.")
  private boolean watch;

  StatusCommand(BanyanCommand banyan) {
    this.banyan = banyan;
  }

  @Override
  public Integer call() {
    if (!watch) {
      return banyan.ask(client -> client.get("/api/v1/status"), StatusCommand::text);
    }
    try (ControlClient client = banyan.client()) {
      int code = show(client);
      if (code == ExitCode.DONE) {
        client.follow(() -> show(client));
      }
      return code;
    }
  }

  private int show(ControlClient client) {
    return banyan.tell(
        client.get("/api/v1/status"), status -> redraw(text(status)), _ -> ExitCode.DONE);
  }

  /// In place on a terminal; elsewhere the table anew, when it is another one.
  private String redraw(String text) {
    if (text.equals(shown)) {
      return "";
    }
    boolean first = shown.isEmpty();
    shown = text;
    if (!banyan.environment().ansi()) {
      return first ? text : "\n" + text;
    }
    return (first ? WIPE : "") + TO_THE_TOP + text.replace("\n", WIPE_LINE + "\n") + WIPE_BELOW;
  }

  static String text(JsonNode status) {
    StringBuilder text = new StringBuilder();
    text.append("banyan ")
        .append(status.path("version").asString(""))
        .append(", gateway on ")
        .append(status.path("listen").asString(""))
        .append(", configured by ")
        .append(status.path("config").path("file").asString(""))
        .append('\n');
    String error = status.path("config").path("lastError").asString("");
    if (!error.isEmpty()) {
      text.append("the changed configuration was refused, the old one stays in force: ")
          .append(error)
          .append('\n');
    }
    if (status.path("line").isString()) {
      text.append(GovernText.line(status)).append('\n');
    }
    if (status.path("families").isEmpty()) {
      return text.append("no family is configured: everything goes to the legacy\n").toString();
    }
    Table table =
        new Table(
            "FAMILY",
            "OWNER",
            "PHASE",
            "WEIGHT",
            "PARITY",
            "COMPARED",
            "ERRORS",
            "P99",
            "NEXT",
            "HELD");
    for (JsonNode family : status.path("families")) {
      row(table, family);
    }
    return text.append('\n')
        .append(table)
        .append("\nerrors and p99: legacy, candidate\n")
        .append(GovernText.notes(status.path("families")))
        .append(GovernText.replicas(status.path("replicas")))
        .append(shedding(status.path("families")))
        .append(goals(status.path("families")))
        .toString();
  }

  private static String goals(JsonNode families) {
    StringBuilder text = new StringBuilder();
    for (JsonNode family : families) {
      for (JsonNode goal : family.path("goals")) {
        text.append("goal of ")
            .append(family.path("name").asString(""))
            .append(" (")
            .append(goal.path("state").asString(""))
            .append("): ")
            .append(goal.path("says").asString(""))
            .append('\n');
      }
    }
    return text.toString();
  }

  /// That less is sampled than is configured concerns every family alike.
  private static String shedding(JsonNode families) {
    for (JsonNode family : families) {
      double share = family.path("shadow").path("share").asDouble(0);
      double rate = family.path("shadow").path("rate").asDouble(0);
      if (rate < share) {
        return "event loops are late: sampling is down to "
            + Math.round(100 * rate / share)
            + " % of what is configured\n";
      }
    }
    return "";
  }

  private static void row(Table table, JsonNode family) {
    JsonNode parity = family.path("parity");
    JsonNode legacy = family.path("sides").path("legacy");
    JsonNode candidate = family.path("sides").path("candidate");
    table.row(
        family.path("name").asString(""),
        orDash(family.path("owner")),
        family.path("phase").asString("")
            + (family.path("unproven").asBoolean(false) ? ", unproven" : ""),
        orDash(family.path("weight")),
        Figures.match(parity),
        Figures.count(parity.path("compared")),
        Figures.errors(legacy) + ", " + Figures.errors(candidate),
        Figures.p99(legacy) + ", " + Figures.p99(candidate),
        Figures.step(family.path("next")),
        orDash(family.path("held")));
  }

  private static String orDash(JsonNode text) {
    return text.isString() ? text.stringValue() : "-";
  }
}
