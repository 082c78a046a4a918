package dev.banyan.compare.report;

import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.ComparisonReport.Compared;
import dev.banyan.compare.ComparisonReport.Different;
import dev.banyan.compare.ComparisonReport.Example;
import dev.banyan.compare.ComparisonReport.Habit;
import dev.banyan.compare.ComparisonReport.Parity;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reports to be written.
final class Samples {
  /// Everything that markup, terminals, XML and SARIF take for more than a letter.
  static final String HOSTILE =
      "</div><script>alert('x')</script>&amp;\"]]>\u001b[31m\u0000\u202egnp\ud800\ufffe{{version}}{0}[here](http://evil.example)\r\n"
          + "`$HOME`";

  static final Example EXAMPLE =
      new Example("access.log:40", "GET /users/17?full=1", "{\"id\":17}", "{\"id\":\"17\"}");

  private Samples() {}

  /// One endpoint with a difference of each severity, one without any, a habit.
  static ComparisonReport ordinary() {
    return report(
        List.of(
            new Compared(
                "GET",
                "/users/{id}",
                200,
                400,
                9,
                List.of(
                    different("body", "$.id", Kind.TYPE, Severity.BREAKING, 9, "numbers as text"),
                    different("header", "etag", Kind.EXTRA, Severity.RISKY, 3, null),
                    different("body", "", Kind.SPELLING, Severity.COSMETIC, 1, null))),
            new Compared("DELETE", "/users/{id}", 0, 1, 1, List.of(effect())),
            new Compared("GET", "/users", 200, 603, 0, List.of())),
        List.of(
            new Habit(
                "cache-control", Kind.VALUE, Severity.RISKY, 12, "private", "public, max-age=60")));
  }

  static ComparisonReport alike() {
    return report(List.of(new Compared("GET", "/users", 200, 603, 0, List.of())), List.of());
  }

  static ComparisonReport cosmetic() {
    return report(
        List.of(
            new Compared(
                "GET",
                "/users",
                200,
                603,
                0,
                List.of(different("body", "", Kind.ORDER, Severity.COSMETIC, 603, null)))),
        List.of());
  }

  static ComparisonReport nothing() {
    return new ComparisonReport(
        "http://127.0.0.1:3000",
        "http://127.0.0.1:4000",
        "shop.har",
        Instant.parse("2026-03-01T08:00:00Z"),
        Duration.ofMillis(900),
        0,
        0,
        0,
        0,
        Map.of("unsafe", 12L, "both-failed", 1_200L),
        List.of(),
        List.of(),
        new Parity(0, 0, 0.95, 0));
  }

  /// A stranger's words wherever a stranger can put them.
  static ComparisonReport hostile() {
    return new ComparisonReport(
        "http://127.0.0.1:3000",
        "http://127.0.0.1:4000",
        HOSTILE,
        Instant.parse("2026-03-01T08:00:00Z"),
        Duration.ofSeconds(3),
        2,
        1,
        1,
        0,
        Map.of(HOSTILE, 1L),
        List.of(
            new Compared(
                HOSTILE,
                HOSTILE,
                200,
                1,
                1,
                List.of(
                    new Different(
                        HOSTILE,
                        HOSTILE,
                        Kind.VALUE,
                        Severity.BREAKING,
                        1,
                        0.4,
                        HOSTILE,
                        new Example(HOSTILE, HOSTILE, HOSTILE, HOSTILE + "!"))))),
        List.of(new Habit(HOSTILE, Kind.VALUE, Severity.RISKY, 12, HOSTILE, HOSTILE)),
        new Parity(0.5, 0.1, 0.95, 1));
  }

  static ComparisonReport report(List<Compared> endpoints, List<Habit> habits) {
    return new ComparisonReport(
        "http://127.0.0.1:3000",
        "http://127.0.0.1:4000",
        "shop.har",
        Instant.parse("2026-03-01T08:00:00.5Z"),
        Duration.ofMillis(12_340),
        1_004,
        994,
        10,
        3,
        Map.of("unsafe", 12L, "other-origin", 90L),
        endpoints,
        habits,
        new Parity(0.990039, 0.98123, 0.95, 0.9053));
  }

  static Different different(
      String where, String field, Kind kind, Severity severity, long count, @Nullable String hint) {
    return new Different(where, field, kind, severity, count, 0.021, hint, EXAMPLE);
  }

  private static Different effect() {
    return new Different(
        "effect body",
        "$",
        Kind.EXTRA,
        Severity.BREAKING,
        1,
        null,
        "the answer agrees, the row is still there",
        new Example("shop.har: entry 12", "DELETE /users/17", "(absent)", "{\"id\":17}"));
  }
}
