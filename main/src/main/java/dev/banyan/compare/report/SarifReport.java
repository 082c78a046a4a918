package dev.banyan.compare.report;

import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.ComparisonReport.Compared;
import dev.banyan.compare.ComparisonReport.Different;
import dev.banyan.compare.ComparisonReport.Habit;
import dev.banyan.migration.Severity;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The report as SARIF 2.1.0, which code hosts show beside a change: a result for each difference.
///
/// A result's rule is its severity, kind and part; its place is the endpoint (a logical location)
/// and the request in the file (a physical one, without which some readers drop a result).
final class SarifReport {
  private static final String SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

  /// What the readers of places call a line: `access.log:40`.
  private static final Pattern LINE = Pattern.compile(":(\\d{1,9})$");

  private final Findings findings;
  private final String version;
  private final String file;
  private final Map<String, Integer> rules = new LinkedHashMap<>();
  private final ArrayNode declared;

  private SarifReport(Findings findings, String version, String file, ArrayNode declared) {
    this.findings = findings;
    this.version = version;
    this.file = file;
    this.declared = declared;
  }

  /// @param file the file of requests, as a URI reference that holds for whoever reads the report
  static String of(Findings findings, String version, String file) {
    ArrayNode rules = Json.object().putArray("rules");
    return Json.text(new SarifReport(findings, version, file, rules).log());
  }

  private ObjectNode log() {
    ComparisonReport report = findings.report();
    ObjectNode log = Json.object();
    log.put("$schema", SCHEMA);
    log.put("version", "2.1.0");
    ObjectNode run = log.putArray("runs").addObject();
    ObjectNode driver = run.putObject("tool").putObject("driver");
    driver.put("name", "Banyan");
    driver.put("version", version);
    driver.set("rules", declared);
    ObjectNode invocation = run.putArray("invocations").addObject();
    invocation.put("executionSuccessful", !findings.nothingCompared());
    invocation.put("startTimeUtc", report.began().toString());
    invocation.put("endTimeUtc", report.began().plus(report.took()).toString());
    if (findings.nothingCompared()) {
      ObjectNode note = invocation.putArray("toolExecutionNotifications").addObject();
      note.put("level", "error");
      note.putObject("message").put("text", message(findings.whyNothing()));
    }
    ObjectNode properties = run.putObject("properties");
    properties.put("legacy", report.legacy());
    properties.put("candidate", report.candidate());
    properties.put("compared", report.compared());
    properties.put("mismatched", report.mismatched());
    // Tells readers in which unit columns would be counted; no result has any.
    run.put("columnKind", "utf16CodeUnits");
    ArrayNode results = run.putArray("results");
    report.habits().forEach(habit -> habit(results.addObject(), habit));
    for (Compared endpoint : report.endpoints()) {
      endpoint.differences().forEach(each -> result(results.addObject(), endpoint, each));
    }
    return log;
  }

  private void result(ObjectNode result, Compared endpoint, Different different) {
    String name = Findings.endpoint(endpoint);
    String kind = different.kind().word();
    StringBuilder text = new StringBuilder();
    text.append(name)
        .append(" (")
        .append(Findings.status(endpoint))
        .append("): ")
        .append(kind)
        .append(" at ")
        .append(Findings.place(different))
        .append(", ")
        .append(Words.count(different.count()))
        .append(" of ")
        .append(Words.count(endpoint.compared()))
        .append(". Legacy: ")
        .append(Visible.line(different.example().legacy()))
        .append(" Candidate: ")
        .append(Visible.line(different.example().candidate()));
    if (different.hint() != null) {
      text.append(" Hint: ").append(Visible.line(different.hint()));
    }
    rule(result, different.severity(), kind, different.where());
    result.putObject("message").put("text", message(text.toString()));
    result.put("occurrenceCount", Math.clamp(different.count(), 1, Integer.MAX_VALUE));
    ObjectNode location = result.putArray("locations").addObject();
    physical(location, different.example().place());
    logical(location, name);
    String key = name + " " + endpoint.status() + " " + Findings.place(different) + " " + kind;
    result.putObject("partialFingerprints").put("difference/v1", key);
    ObjectNode properties = result.putObject("properties");
    properties.put("request", different.example().request());
    properties.put("field", different.field());
    properties.put("status", endpoint.status());
    if (different.noise() != null) {
      properties.put("noise", different.noise());
    }
  }

  private void habit(ObjectNode result, Habit habit) {
    String text =
        "On "
            + Words.count(habit.endpoints(), "endpoint")
            + ": "
            + habit.kind().word()
            + " at "
            + Findings.place(habit)
            + ". Legacy: "
            + Visible.line(habit.legacy())
            + " Candidate: "
            + Visible.line(habit.candidate());
    rule(result, habit.severity(), habit.kind().word(), "header");
    result.putObject("message").put("text", message(text));
    result.put("occurrenceCount", Math.max(1, habit.endpoints()));
    ObjectNode location = result.putArray("locations").addObject();
    physical(location, "");
    logical(location, "every endpoint");
    result
        .putObject("partialFingerprints")
        .put("difference/v1", "habit " + Findings.place(habit) + " " + habit.kind().word());
  }

  private void rule(ObjectNode result, Severity severity, String kind, String where) {
    String id = severity.word() + "/" + kind + "/" + Visible.line(where).replace(' ', '-');
    Integer index = rules.get(id);
    if (index == null) {
      index = rules.size();
      rules.put(id, index);
      ObjectNode rule = declared.addObject();
      rule.put("id", id);
      rule.putObject("shortDescription")
          .put("text", message("A " + severity.word() + " difference: " + kind + " at " + where));
      rule.putObject("defaultConfiguration").put("level", level(severity));
    }
    result.put("ruleId", id);
    result.put("ruleIndex", index);
    result.put("level", level(severity));
  }

  private void physical(ObjectNode location, String place) {
    ObjectNode physical = location.putObject("physicalLocation");
    physical.putObject("artifactLocation").put("uri", file);
    Matcher line = LINE.matcher(place);
    int number = line.find() ? Integer.parseInt(line.group(1)) : 1;
    physical.putObject("region").put("startLine", Math.max(1, number));
  }

  private static void logical(ObjectNode location, String name) {
    ObjectNode logical = location.putArray("logicalLocations").addObject();
    logical.put("name", name);
    logical.put("fullyQualifiedName", name);
    logical.put("kind", "resource");
  }

  private static String level(Severity severity) {
    return switch (severity) {
      case BREAKING -> "error";
      case RISKY -> "warning";
      case COSMETIC -> "note";
    };
  }

  /// Braces are placeholders in messages and brackets are links (SARIF 2.1.0, 3.11.5 and 3.11.6),
  /// so that an answer could write either.
  private static String message(String text) {
    return text.replace("\\", "\\\\")
        .replace("[", "\\[")
        .replace("]", "\\]")
        .replace("{", "{{")
        .replace("}", "}}");
  }
}
