package dev.banyan.compare.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.ComparisonReport.Compared;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Severity;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SummaryTest {

  private static String summary(ComparisonReport report, int width) {
    return new Reports(report, Severity.RISKY, "1").summary(width, false);
  }

  @Test
  void tellsTheNumbersThenTheWorstEndpointsWithAnExampleOfEachDifference() {
    assertThat(summary(Samples.ordinary(), 100))
        .isEqualTo(
            """
            legacy     http://127.0.0.1:3000
            candidate  http://127.0.0.1:4000
            requests   shop.har, in 12.3 s

            994 of 1,004 answers match, 10 differ
            parity 99%, at least 98.12% with 95% confidence; 90.53% of the file compared
            inconclusive, for the data changed meanwhile: 3
            not compared: other-origin 90, unsafe 12

            On nearly every endpoint, told once
              risky, value at header cache-control: 12 endpoints
                  legacy:    private
                  candidate: public, max-age=60

            GET /users/{id} (200): 9 of 400 differ
              9 x breaking, type at body $.id; the legacy differs from itself there 2.1%
                  GET /users/17?full=1  access.log:40
                    legacy:    {"id":17}
                    candidate: {"id":"17"}
                    hint: numbers as text
              3 x risky, extra at header etag; the legacy differs from itself there 2.1%
                  GET /users/17?full=1  access.log:40
                    legacy:    {"id":17}
                    candidate: {"id":"17"}
              and 1 cosmetic difference

            DELETE /users/{id} (no answer): 1 of 1 differ
              1 x breaking, extra at effect body $
                  DELETE /users/17  shop.har: entry 12
                    legacy:    (absent)
                    candidate: {"id":17}
                    hint: the answer agrees, the row is still there

            without a difference: 1 endpoint

            differences: 2 breaking, 2 risky, 1 cosmetic
            --html FILE shows all of them side by side, --show-values the values as they are
            """);
  }

  @Test
  void showsCosmeticDifferencesWhereTheyCount() {
    assertThat(new Reports(Samples.ordinary(), Severity.COSMETIC, "1").summary(100, false))
        .contains("1 x cosmetic, spelling at body;")
        .doesNotContain("and 1 cosmetic");
  }

  @Test
  void saysWhenNothingDiffersOrNothingCounts() {
    assertThat(summary(Samples.alike(), 100)).endsWith("\nno difference\n");
    assertThat(summary(Samples.cosmetic(), 100))
        .contains(
            "\ndifferences: 0 breaking, 0 risky, 1 cosmetic; none that counts (--fail-on risky)\n");
  }

  @Test
  void leavesTheNumbersOutWhereNothingWasCompared() {
    assertThat(summary(Samples.nothing(), 100)).doesNotContain("parity", "match", "difference");
  }

  @Test
  void cutsExamplesToTheWidth() {
    ComparisonReport wide =
        Samples.report(
            List.of(
                new Compared(
                    "GET",
                    "/",
                    200,
                    1,
                    1,
                    List.of(
                        new ComparisonReport.Different(
                            "body",
                            "",
                            Kind.VALUE,
                            Severity.BREAKING,
                            1,
                            null,
                            null,
                            new ComparisonReport.Example(
                                "a", "GET /", "x".repeat(500), "y".repeat(500)))))),
            List.of());

    assertThat(summary(wide, 60).lines().filter(line -> line.contains("xxx")))
        .containsExactly("        legacy:    " + "x".repeat(40) + "…");
  }

  @Test
  void staysShortHoweverMuchDiffers() {
    Compared endpoint =
        new Compared(
            "GET",
            "/",
            200,
            50,
            50,
            Collections.nCopies(
                50, Samples.different("body", "$.a", Kind.VALUE, Severity.BREAKING, 1, null)));
    String text =
        summary(
            Samples.report(IntStream.range(0, 300).mapToObj(_ -> endpoint).toList(), List.of()),
            100);

    assertThat(text).contains("and 42 more differences").contains("and 280 more endpoints");
    assertThat(text.lines().count()).isLessThan(1_000);
  }

  @Test
  void usesEscapesOnlyWhereTheyAreWanted() {
    Reports hostile = new Reports(Samples.hostile(), Severity.RISKY, "1");

    assertThat(hostile.summary(100, false)).doesNotContain("\u001b").contains("\\u001b[31m");
    assertThat(hostile.summary(100, true).replaceAll("\u001b\\[[0-9]m|\u001b\\[3[123]m", ""))
        .doesNotContain("\u001b");
  }
}
