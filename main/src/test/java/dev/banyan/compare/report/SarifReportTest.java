package dev.banyan.compare.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.ComparisonReport.Compared;
import dev.banyan.compare.ComparisonReport.Different;
import dev.banyan.compare.ComparisonReport.Example;
import dev.banyan.migration.Severity;
import java.net.URI;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SarifReportTest {
  private static final Example OTHER = new Example("access.log:999", "GET /users/1", "1", "true");
  private static final Pattern BARE =
      Pattern.compile("(?<!\\{)\\{(\\{\\{)*(?!\\{)|(?<!\\})\\}(\\}\\})*(?!\\})|(?<!\\\\)[\\[\\]]");

  private static JsonNode log(ComparisonReport report) {
    return JsonMapper.shared()
        .readTree(new Reports(report, Severity.RISKY, "1.2.3").sarif("ci/shop%20one.har"));
  }

  private static JsonNode run(ComparisonReport report) {
    return log(report).path("runs").path(0);
  }

  static List<ComparisonReport> reports() {
    return List.of(
        Samples.ordinary(),
        Samples.alike(),
        Samples.cosmetic(),
        Samples.nothing(),
        Samples.hostile());
  }

  /// What the schema of SARIF 2.1.0 requires of the objects used here.
  @ParameterizedTest
  @MethodSource("reports")
  void keepsWhatTheSchemaRequires(ComparisonReport report) {
    JsonNode log = log(report);
    assertThat(log.path("version").stringValue()).isEqualTo("2.1.0");
    assertThat(log.path("runs")).hasSize(1);
    JsonNode run = log.path("runs").path(0);
    JsonNode driver = run.path("tool").path("driver");
    assertThat(driver.path("name").stringValue()).isEqualTo("Banyan");
    assertThat(driver.path("rules").isArray()).isTrue();
    assertThat(run.path("results").isArray()).isTrue();
    Set<String> ids = new HashSet<>();
    for (JsonNode rule : driver.path("rules")) {
      assertThat(ids.add(rule.path("id").stringValue())).as("rules are unique").isTrue();
      message(rule.path("shortDescription"));
    }
    for (JsonNode invocation : run.path("invocations")) {
      assertThat(invocation.path("executionSuccessful").isBoolean()).isTrue();
      Instant.parse(invocation.path("startTimeUtc").stringValue());
      Instant.parse(invocation.path("endTimeUtc").stringValue());
      invocation
          .path("toolExecutionNotifications")
          .forEach(notification -> message(notification.path("message")));
    }
    run.path("results").forEach(result -> result(result, driver.path("rules")));
  }

  private static void result(JsonNode result, JsonNode rules) {
    message(result.path("message"));
    JsonNode rule = rules.path(result.path("ruleIndex").asInt(-1));
    assertThat(rule.path("id")).isEqualTo(result.path("ruleId"));
    assertThat(result.path("level").stringValue()).isIn("error", "warning", "note");
    assertThat(result.path("occurrenceCount").asLong()).isPositive();
    assertThat(result.path("locations")).hasSize(1);
    JsonNode location = result.path("locations").path(0);
    JsonNode physical = location.path("physicalLocation");
    URI.create(physical.path("artifactLocation").path("uri").stringValue());
    assertThat(physical.path("region").path("startLine").asInt()).isPositive();
    assertThat(location.path("logicalLocations").path(0).path("fullyQualifiedName").isString())
        .isTrue();
    result.path("partialFingerprints").forEach(each -> assertThat(each.isString()).isTrue());
  }

  /// A brace alone is a placeholder and a bracket alone is a link (3.11.5, 3.11.6).
  private static void message(JsonNode message) {
    String text = message.path("text").stringValue();
    assertThat(text).isNotEmpty();
    assertThat(text.replace("\\\\", "")).doesNotContainPattern(BARE);
  }

  @Test
  void hasAResultForEachDifferenceWithItsLevelAndRule() {
    JsonNode results = run(Samples.ordinary()).path("results");

    assertThat(results.valueStream().map(each -> each.path("level").stringValue()))
        .containsExactly("warning", "error", "warning", "note", "error");
    assertThat(results.valueStream().map(each -> each.path("ruleId").stringValue()))
        .containsExactly(
            "risky/value/header",
            "breaking/type/body",
            "risky/extra/header",
            "cosmetic/spelling/body",
            "breaking/extra/effect-body");
  }

  @Test
  void placesADifferenceAtItsEndpointAndItsRequest() {
    JsonNode result = run(Samples.ordinary()).path("results").path(1);
    JsonNode location = result.path("locations").path(0);

    assertThat(location.path("logicalLocations").path(0).path("fullyQualifiedName").stringValue())
        .isEqualTo("GET /users/{id}");
    JsonNode physical = location.path("physicalLocation");
    assertThat(physical.path("artifactLocation").path("uri").stringValue())
        .isEqualTo("ci/shop%20one.har");
    assertThat(physical.path("region").path("startLine").asInt()).isEqualTo(40);
    assertThat(result.path("occurrenceCount").asInt()).isEqualTo(9);
    assertThat(result.path("message").path("text").stringValue())
        .isEqualTo(
            "GET /users/{{id}} (200): type at body $.id, 9 of 400. Legacy: {{\"id\":17}}"
                + " Candidate: {{\"id\":\"17\"}} Hint: numbers as text");
  }

  @Test
  void aDifferenceKeepsItsFingerprintHoweverOftenItIsSeen() {
    Compared endpoint = Samples.ordinary().endpoints().getFirst();
    Different seen = endpoint.differences().getFirst();
    Different again =
        new Different(
            seen.where(), seen.field(), seen.kind(), seen.severity(), 77, null, null, OTHER);
    Compared later = new Compared("GET", "/users/{id}", 200, 900, 77, List.of(again));

    assertThat(fingerprint(later)).isEqualTo(fingerprint(endpoint));
    assertThat(fingerprint(endpoint)).isEqualTo("GET /users/{id} 200 body $.id type");
  }

  private static String fingerprint(Compared endpoint) {
    return run(Samples.report(List.of(endpoint), List.of()))
        .path("results")
        .path(0)
        .path("partialFingerprints")
        .path("difference/v1")
        .stringValue();
  }

  @Test
  void aRunThatComparedNothingWasNoSuccess() {
    JsonNode invocation = run(Samples.nothing()).path("invocations").path(0);

    assertThat(invocation.path("executionSuccessful").asBoolean(true)).isFalse();
    assertThat(
            invocation
                .path("toolExecutionNotifications")
                .path(0)
                .path("message")
                .path("text")
                .stringValue())
        .contains("nothing was compared");
  }
}
