package dev.banyan.compare.report;

import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.ComparisonReport.Compared;
import dev.banyan.compare.ComparisonReport.Different;
import dev.banyan.compare.ComparisonReport.Example;
import dev.banyan.compare.ComparisonReport.Habit;
import dev.banyan.compare.ComparisonReport.Parity;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The report for programs; `docs/reference/compare-report.md` describes it.
final class JsonReport {
  private JsonReport() {}

  static String of(Findings findings) {
    ComparisonReport report = findings.report();
    ObjectNode root = Json.object();
    root.putObject("sides").put("legacy", report.legacy()).put("candidate", report.candidate());
    root.put("file", report.requests());
    root.put("began", report.began().toString());
    root.put("seconds", Words.seconds(report.took()));
    root.put("compared", report.compared());
    root.put("matched", report.matched());
    root.put("mismatched", report.mismatched());
    root.put("raced", report.raced());
    ObjectNode skipped = root.putObject("skipped");
    findings.skipped().forEach(skipped::put);
    parity(root.putObject("parity"), report.parity());
    ArrayNode habits = root.putArray("habits");
    report.habits().forEach(habit -> habit(habits.addObject(), habit));
    ArrayNode endpoints = root.putArray("endpoints");
    report.endpoints().forEach(endpoint -> endpoint(endpoints.addObject(), endpoint));
    return Json.text(root);
  }

  private static void parity(ObjectNode node, Parity parity) {
    node.put("rate", parity.rate());
    node.put("lowerBound", parity.lowerBound());
    node.put("confidence", parity.confidence());
    node.put("coverage", parity.coverage());
  }

  private static void habit(ObjectNode node, Habit habit) {
    node.put("name", habit.name());
    node.put("kind", habit.kind().word());
    node.put("severity", habit.severity().word());
    node.put("endpoints", habit.endpoints());
    node.put("legacy", habit.legacy());
    node.put("candidate", habit.candidate());
  }

  private static void endpoint(ObjectNode node, Compared endpoint) {
    node.put("method", endpoint.method());
    node.put("template", endpoint.template());
    node.put("status", endpoint.status());
    node.put("compared", endpoint.compared());
    node.put("mismatched", endpoint.mismatched());
    ArrayNode differences = node.putArray("differences");
    endpoint.differences().forEach(each -> difference(differences.addObject(), each));
  }

  private static void difference(ObjectNode node, Different different) {
    node.put("where", different.where());
    node.put("field", different.field());
    node.put("kind", different.kind().word());
    node.put("severity", different.severity().word());
    node.put("count", different.count());
    node.put("noise", different.noise());
    node.put("hint", different.hint());
    Example example = different.example();
    node.putObject("example")
        .put("legacy", example.legacy())
        .put("candidate", example.candidate())
        .put("request", example.request())
        .put("place", example.place());
  }
}
