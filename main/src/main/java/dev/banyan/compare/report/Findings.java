package dev.banyan.compare.report;

import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.ComparisonReport.Compared;
import dev.banyan.compare.ComparisonReport.Different;
import dev.banyan.compare.ComparisonReport.Habit;
import dev.banyan.migration.Severity;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// A report and what counts as a difference in it.
///
/// @param failOn the least severe difference that counts
record Findings(ComparisonReport report, Severity failOn) {

  boolean counts(Severity severity) {
    return severity.compareTo(failOn) <= 0;
  }

  boolean counts(Compared endpoint) {
    return endpoint.differences().stream().anyMatch(each -> counts(each.severity()));
  }

  /// Whether anything counts. What was never compared is no difference; see [#nothingCompared].
  boolean failed() {
    return report.endpoints().stream().anyMatch(this::counts)
        || report.habits().stream().anyMatch(habit -> counts(habit.severity()));
  }

  boolean nothingCompared() {
    return report.compared() == 0;
  }

  /// Why nothing was compared.
  String whyNothing() {
    StringBuilder why = new StringBuilder("nothing was compared: ");
    if (report.skipped().isEmpty() && report.raced() == 0) {
      return why.append(Visible.line(report.requests())).append(" holds no request").toString();
    }
    if (!report.skipped().isEmpty()) {
      why.append("skipped ").append(skippedInWords());
    }
    if (writesWereHeldBack()) {
      why.append(" (--writes sends them)");
    }
    if (report.raced() > 0) {
      why.append(report.skipped().isEmpty() ? "" : "; ")
          .append("inconclusive, for the data changed meanwhile: ")
          .append(Words.count(report.raced()));
    }
    return why.toString();
  }

  /// Whether requests were passed over that an option would have sent.
  boolean writesWereHeldBack() {
    return report.skipped().containsKey("write-not-allowed");
  }

  /// Reasons and how often, the most frequent first.
  String skippedInWords() {
    return skipped().entrySet().stream()
        .map(each -> Visible.line(each.getKey()) + " " + Words.count(each.getValue()))
        .collect(Collectors.joining(", "));
  }

  Map<String, Long> skipped() {
    Map<String, Long> sorted = new LinkedHashMap<>();
    report.skipped().entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(each -> sorted.put(each.getKey(), each.getValue()));
    return sorted;
  }

  long skippedInAll() {
    return report.skipped().values().stream().mapToLong(Long::longValue).sum();
  }

  List<Compared> differing() {
    return report.endpoints().stream().filter(each -> !each.differences().isEmpty()).toList();
  }

  List<Compared> alike() {
    return report.endpoints().stream().filter(each -> each.differences().isEmpty()).toList();
  }

  /// How many places differ so severely, habits included.
  long places(Severity severity) {
    long found =
        report.endpoints().stream()
            .flatMap(each -> each.differences().stream())
            .filter(each -> each.severity() == severity)
            .count();
    return found + report.habits().stream().filter(each -> each.severity() == severity).count();
  }

  /// `GET /users/{id}`.
  static String endpoint(Compared compared) {
    return Visible.line(compared.method() + " " + compared.template());
  }

  /// What the legacy answered with: `200`, or `no answer`.
  static String status(Compared compared) {
    return compared.status() == 0 ? "no answer" : Integer.toString(compared.status());
  }

  /// `body $.id`, or the part alone.
  static String place(Different different) {
    String place =
        different.field().isEmpty()
            ? different.where()
            : different.where() + " " + different.field();
    return Visible.line(place);
  }

  static String place(Habit habit) {
    return Visible.line("header " + habit.name());
  }
}
