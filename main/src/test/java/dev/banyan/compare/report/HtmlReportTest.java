package dev.banyan.compare.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.report.HtmlReport.Value;
import dev.banyan.migration.Severity;
import org.junit.jupiter.api.Test;

class HtmlReportTest {

  private static String html(ComparisonReport report) {
    return new Reports(report, Severity.RISKY, "1.2.3").html();
  }

  @Test
  void standsAlone() {
    assertThat(html(Samples.ordinary()))
        .startsWith("<!doctype html>")
        .contains("default-src 'none'")
        .doesNotContain("<script", "<link", "<img", "<iframe", "@import", "url(", "href=", "src=");
  }

  @Test
  void showsTheWorstEndpointFirstWithBothAnswersSideBySide() {
    String page = html(Samples.ordinary());

    assertThat(page)
        .contains("GET /users/{id}")
        .contains("9 of 400 differ")
        .contains(
            "{&quot;id&quot;:<mark>17</mark>}", "{&quot;id&quot;:<mark>&quot;17&quot;</mark>}")
        .contains("parity; at least 98.12% with 95% confidence")
        .contains("99%")
        .contains("1 endpoint without a difference")
        .contains("other-origin <b>90</b>, unsafe <b>12</b>")
        .contains("numbers as text");
    assertThat(page.indexOf("GET /users/{id}")).isLessThan(page.indexOf("DELETE /users/{id}"));
  }

  @Test
  void tellsWhatItComesTo() {
    assertThat(html(Samples.ordinary()))
        .contains("<p class=\"verdict bad\">Differences: 2 breaking, 2 risky, 1 cosmetic</p>");
    assertThat(html(Samples.alike())).contains("<p class=\"verdict good\">No difference</p>");
    assertThat(html(Samples.cosmetic()))
        .contains("<p class=\"verdict good\">No difference from risky on; 0 breaking");
    assertThat(html(Samples.nothing()))
        .contains("<p class=\"verdict bad\">nothing was compared: skipped");
  }

  @Test
  void nothingInAnAnswerActs() {
    String page = html(Samples.hostile());

    assertThat(page)
        .doesNotContain("<script", "\u001b", "\u202e", "\u0000", "alert('x')")
        .contains("&lt;script&gt;", "{{version}}", "\\u202e");
  }

  @Test
  void marksWhereTwoValuesDiffer() {
    assertThat(Value.of("12.30", "12.3")).isEqualTo(new Value("12.3", "0", ""));
    assertThat(Value.of("12.3", "12.30")).isEqualTo(new Value("12.3", "", ""));
    assertThat(Value.of("{\"id\":17}", "{\"id\":\"17\"}"))
        .isEqualTo(new Value("{\"id\":", "17", "}"));
    assertThat(Value.of("aa", "aaa")).isEqualTo(new Value("aa", "", ""));
    assertThat(Value.of("🌳", "🌲")).isEqualTo(new Value("", "🌳", ""));
    assertThat(Value.of("a", "a")).isEqualTo(new Value("a", "", ""));
  }
}
