package dev.banyan.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// What comparing has shown, for people: the worst first, one example each.
final class ParityText {
  private final StringBuilder text = new StringBuilder();

  private ParityText() {}

  static String of(JsonNode report) {
    ParityText written = new ParityText();
    written.head(report);
    report.path("defects").forEach(written::defect);
    for (JsonNode endpoint : worstFirst(report.path("endpoints"), "mismatched")) {
      written.endpoint(endpoint);
    }
    if (!report.path("noise").isEmpty()) {
      written.text.append('\n');
      report.path("noise").forEach(written::learned);
    }
    if (!report.path("rulings").isEmpty()) {
      written.text.append("\nruled:\n");
      report.path("rulings").forEach(written::ruling);
    }
    return written.text.toString();
  }

  private void head(JsonNode report) {
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
      units(report);
      bound(report.path("parity"));
    }
    counted("differ only where that is accepted, and match: ", report.path("accepted"));
    counted("inconclusive, for the data changed meanwhile: ", report.path("raced"));
    reasons("not compared: ", report.path("skipped"));
    reasons("never had both answers: ", report.path("dropped"));
  }

  private void units(JsonNode report) {
    long units = 0;
    for (JsonNode each : report.path("units")) {
      units += each.path("compared").asLong();
    }
    if (units < report.path("compared").asLong()) {
      text.append("those are ")
          .append(String.format(Locale.ROOT, "%,d", units))
          .append(" different requests, which alone prove something\n");
    }
  }

  private void bound(JsonNode parity) {
    text.append("with ")
        .append(Figures.share(parity.path("confidence")))
        .append(" confidence at least ")
        .append(Figures.share(parity.path("lowerBound")))
        .append(" match; ")
        .append(Figures.share(parity.path("coverage")))
        .append(" of what was to be compared was\n");
  }

  private void counted(String what, JsonNode count) {
    if (count.asLong() > 0) {
      text.append(what).append(Figures.count(count)).append('\n');
    }
  }

  private void reasons(String what, JsonNode counts) {
    if (!counts.isEmpty()) {
      text.append(what).append(Figures.byReason(counts)).append('\n');
    }
  }

  private void endpoint(JsonNode endpoint) {
    int status = endpoint.path("status").asInt();
    text.append('\n')
        .append(endpoint.path("method").asString(""))
        .append(' ')
        .append(endpoint.path("template").asString(""))
        .append(status == 0 ? "" : ", " + status)
        .append(": ")
        .append(Figures.count(endpoint.path("mismatched")))
        .append(" of ")
        .append(Figures.count(endpoint.path("compared")))
        .append(" differ\n");
    for (JsonNode difference : worstFirst(endpoint.path("differences"), "count")) {
      difference(difference);
    }
  }

  private void difference(JsonNode difference) {
    text.append("  ")
        .append(Figures.count(difference.path("count")))
        .append(" x ")
        .append(difference.path("critical").asBoolean() ? "critical, " : "")
        .append(difference.path("severity").asString(""))
        .append(", ")
        .append(difference.path("kind").asString(""))
        .append(" at ")
        .append(difference.path("where").asString(""));
    if (difference.path("noise").isNumber()) {
      text.append("; the legacy differs from itself in ")
          .append(Figures.shareUp(difference.path("noise")));
    }
    if (difference.path("accepted").isString()) {
      text.append("; accepted: ").append(difference.path("accepted").stringValue());
    }
    text.append('\n');
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

  private void defect(JsonNode defect) {
    text.append("DEFECT, for noise does not explain it: ")
        .append(defect.path("kind").asString(""))
        .append(" at ")
        .append(defect.path("where").asString(""))
        .append(ofEndpoint(defect))
        .append(": ")
        .append(Figures.count(defect.path("against")))
        .append(" against the candidate, ")
        .append(Figures.count(defect.path("inFavour")))
        .append(" for it\n");
  }

  private void learned(JsonNode noise) {
    text.append("volatile: ")
        .append(noise.path("where").asString(""))
        .append(' ')
        .append(noise.path("type").asString(""))
        .append(" (")
        .append(Figures.count(noise.path("disagreements")))
        .append(" of ")
        .append(Figures.count(noise.path("samples")))
        .append(')')
        .append(ofEndpoint(noise))
        .append('\n');
  }

  private static String ofEndpoint(JsonNode told) {
    return " of "
        + told.path("method").asString("")
        + ' '
        + told.path("template").asString("")
        + ", "
        + told.path("status").asInt();
  }

  private void ruling(JsonNode ruling) {
    String kind = ruling.path("kind").asString("");
    String endpoint = ruling.path("endpoint").asString("");
    String until = ruling.path("until").asString("");
    boolean over = !ruling.path("holds").asBoolean();
    text.append("  ")
        .append(ruling.path("ruling").asString(""))
        .append(": ")
        .append(kind.isEmpty() ? "" : kind + " at ")
        .append(ruling.path("where").asString(""))
        .append(endpoint.isEmpty() ? "" : " of " + endpoint)
        .append(until.isEmpty() ? "" : (over ? ", was until " : ", until ") + until)
        .append(" (")
        .append(ruling.path("author").asString(""))
        .append(", by ")
        .append(ruling.path("origin").asString(""))
        .append("): ")
        .append(ruling.path("reason").asString(""))
        .append('\n');
  }

  private static List<JsonNode> worstFirst(JsonNode list, String count) {
    return list.valueStream()
        .sorted(Comparator.comparingLong((JsonNode node) -> -node.path(count).asLong()))
        .toList();
  }
}
