package dev.banyan.compare.report;

import dev.banyan.compare.ComparisonReport;
import dev.banyan.migration.Severity;
import java.util.Optional;

/// One comparison's report in every form that `banyan compare` can leave.
///
/// Whatever stands in an answer, each text is well-formed and nothing in it acts: no markup, no
/// script, no escape of a terminal. Immutable; may be used by any thread.
public final class Reports {
  private final Findings findings;
  private final String version;

  /// @param failOn the least severe difference that counts
  /// @param version of this program
  public Reports(ComparisonReport report, Severity failOn, String version) {
    this.findings = new Findings(report, failOn);
    this.version = version;
  }

  /// Whether there is a difference that counts.
  public boolean failed() {
    return findings.failed();
  }

  /// Why there is nothing to say, in a sentence, where no answer at all was compared.
  public Optional<String> nothingCompared() {
    return findings.nothingCompared() ? Optional.of(findings.whyNothing()) : Optional.empty();
  }

  /// For programs: the shape that `docs/reference/compare-report.md` describes.
  public String json() {
    return JsonReport.of(findings);
  }

  /// A page that stands alone: it loads nothing and runs nothing.
  public String html() {
    return HtmlReport.of(findings, version);
  }

  /// For build servers: a test suite with a case for each endpoint and status.
  public String junit() {
    return JunitReport.of(findings);
  }

  /// SARIF 2.1.0, for code hosts.
  ///
  /// @param file the file of requests, as a URI reference that holds for whoever reads the report
  public String sarif(String file) {
    return SarifReport.of(findings, version, file);
  }

  /// For a terminal.
  ///
  /// @param width in characters, to which examples are cut
  /// @param colour whether escapes of terminals may be used
  public String summary(int width, boolean colour) {
    return new Summary(findings, width, colour).text();
  }
}
