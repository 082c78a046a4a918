package dev.banyan.compare.report;

import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.ComparisonReport.Compared;
import dev.banyan.compare.ComparisonReport.Different;
import dev.banyan.compare.ComparisonReport.Habit;
import dev.banyan.compare.ComparisonReport.Parity;
import dev.banyan.migration.Severity;
import java.util.List;

/// The report for a terminal: the numbers, then the worst endpoints with one example of each
/// difference. It is bounded; the files have everything.
final class Summary {
  static final int ENDPOINTS = 20;
  static final int DIFFERENCES = 8;

  private static final int LEAST_WIDTH = 40;
  private static final String BOLD = "1";
  private static final String RED = "31";
  private static final String YELLOW = "33";
  private static final String FAINT = "2";
  private static final String GREEN = "32";

  private final Findings findings;
  private final int width;
  private final boolean colour;
  private final StringBuilder out = new StringBuilder();

  Summary(Findings findings, int width, boolean colour) {
    this.findings = findings;
    this.width = Math.max(LEAST_WIDTH, width);
    this.colour = colour;
  }

  String text() {
    head();
    habits();
    List<Compared> differing = findings.differing();
    for (Compared endpoint : differing.subList(0, Math.min(ENDPOINTS, differing.size()))) {
      endpoint(endpoint);
    }
    if (differing.size() > ENDPOINTS) {
      out.append("\nand ")
          .append(Words.count(differing.size() - ENDPOINTS, "more endpoint"))
          .append("; --report and --html have them all\n");
    }
    tail();
    return out.toString();
  }

  private void head() {
    ComparisonReport report = findings.report();
    line("legacy     " + Visible.line(report.legacy()));
    line("candidate  " + Visible.line(report.candidate()));
    line("requests   " + Visible.line(report.requests()) + ", in " + Words.time(report.took()));
    out.append('\n');
    if (findings.nothingCompared()) {
      return;
    }
    line(
        Words.count(report.matched())
            + " of "
            + Words.count(report.compared(), "answer")
            + " match, "
            + Words.count(report.mismatched())
            + " differ");
    Parity parity = report.parity();
    line(
        "parity "
            + paint(BOLD, Words.roundedDown(parity.rate()))
            + ", at least "
            + Words.roundedDown(parity.lowerBound())
            + " with "
            + Words.roundedDown(parity.confidence())
            + " confidence; "
            + Words.roundedDown(parity.coverage())
            + " of the file compared");
    if (report.raced() > 0) {
      line("inconclusive, for the data changed meanwhile: " + Words.count(report.raced()));
    }
    if (!report.skipped().isEmpty()) {
      line("not compared: " + findings.skippedInWords());
      if (findings.writesWereHeldBack()) {
        line("  --writes sends those that write, to both sides, which must be copies then");
      }
    }
  }

  private void habits() {
    if (findings.report().habits().isEmpty()) {
      return;
    }
    out.append('\n').append(paint(BOLD, "On nearly every endpoint, told once")).append('\n');
    for (Habit habit : findings.report().habits()) {
      line(
          "  "
              + severity(habit.severity())
              + ", "
              + habit.kind().word()
              + " at "
              + Findings.place(habit)
              + ": "
              + Words.count(habit.endpoints(), "endpoint"));
      sides("      ", habit.legacy(), habit.candidate());
    }
  }

  private void endpoint(Compared endpoint) {
    out.append('\n')
        .append(paint(BOLD, Findings.endpoint(endpoint)))
        .append(" (")
        .append(Findings.status(endpoint))
        .append("): ")
        .append(Words.count(endpoint.mismatched()))
        .append(" of ")
        .append(Words.count(endpoint.compared()))
        .append(" differ\n");
    List<Different> shown =
        endpoint.differences().stream().filter(each -> !hidden(each.severity())).toList();
    shown.stream().limit(DIFFERENCES).forEach(this::difference);
    if (shown.size() > DIFFERENCES) {
      line("  and " + Words.count(shown.size() - DIFFERENCES, "more difference"));
    }
    int hidden = endpoint.differences().size() - shown.size();
    if (hidden > 0) {
      line("  and " + Words.count(hidden, "cosmetic difference"));
    }
  }

  /// What nobody sees and nothing fails on would bury the rest.
  private boolean hidden(Severity severity) {
    return severity == Severity.COSMETIC && !findings.counts(severity);
  }

  private void difference(Different different) {
    Double noise = different.noise();
    line(
        "  "
            + Words.count(different.count())
            + " x "
            + severity(different.severity())
            + ", "
            + different.kind().word()
            + " at "
            + Findings.place(different)
            + (noise == null || noise == 0
                ? ""
                : "; the legacy differs from itself there " + Words.roundedUp(noise)));
    line(
        "      "
            + Visible.line(different.example().request(), width - 6)
            + paint(FAINT, "  " + Visible.line(different.example().place())));
    sides("        ", different.example().legacy(), different.example().candidate());
    if (different.hint() != null) {
      line("        hint: " + Visible.line(different.hint()));
    }
  }

  private void sides(String indent, String legacy, String candidate) {
    int room = width - indent.length() - "candidate: ".length();
    line(indent + "legacy:    " + Visible.line(legacy, room));
    line(indent + "candidate: " + Visible.line(candidate, room));
  }

  private void tail() {
    if (findings.nothingCompared()) {
      return;
    }
    int alike = findings.alike().size();
    if (alike > 0) {
      out.append('\n');
      line("without a difference: " + Words.count(alike, "endpoint"));
    }
    out.append('\n');
    long breaking = findings.places(Severity.BREAKING);
    long risky = findings.places(Severity.RISKY);
    long cosmetic = findings.places(Severity.COSMETIC);
    if (breaking + risky + cosmetic == 0) {
      line(paint(GREEN, "no difference"));
      return;
    }
    line(
        "differences: "
            + Words.count(breaking)
            + " breaking, "
            + Words.count(risky)
            + " risky, "
            + Words.count(cosmetic)
            + " cosmetic"
            + (findings.failed()
                ? ""
                : "; none that counts (--fail-on " + findings.failOn().word() + ")"));
    line("--html FILE shows all of them side by side, --show-values the values as they are");
  }

  private String severity(Severity severity) {
    return switch (severity) {
      case BREAKING -> paint(RED, severity.word());
      case RISKY -> paint(YELLOW, severity.word());
      case COSMETIC -> paint(FAINT, severity.word());
    };
  }

  private String paint(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
