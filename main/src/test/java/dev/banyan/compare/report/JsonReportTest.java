package dev.banyan.compare.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Severity;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonReportTest {

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static JsonNode ordinary() {
    return json(new Reports(Samples.ordinary(), Severity.RISKY, "1").json());
  }

  @Test
  void countsWhatWasComparedAndWhatWasNot() {
    JsonNode report = ordinary();

    assertThat(report.path("compared").asLong()).isEqualTo(1_004);
    assertThat(report.path("matched").asLong()).isEqualTo(994);
    assertThat(report.path("mismatched").asLong()).isEqualTo(10);
    assertThat(report.path("raced").asLong()).isEqualTo(3);
    assertThat(report.path("skipped").propertyNames()).containsExactly("other-origin", "unsafe");
    assertThat(report.path("skipped").path("other-origin").asLong()).isEqualTo(90);
  }

  @Test
  void saysWhatWasComparedWithWhatAndWhen() {
    JsonNode report = ordinary();

    assertThat(report.path("sides").path("legacy").stringValue())
        .isEqualTo("http://127.0.0.1:3000");
    assertThat(report.path("sides").path("candidate").stringValue())
        .isEqualTo("http://127.0.0.1:4000");
    assertThat(report.path("file").stringValue()).isEqualTo("shop.har");
    assertThat(report.path("began").stringValue()).isEqualTo("2026-03-01T08:00:00.500Z");
    assertThat(report.path("seconds").decimalValue()).isEqualByComparingTo("12.34");
  }

  @Test
  void boundsTheParityWithoutRounding() {
    JsonNode parity = ordinary().path("parity");

    assertThat(parity.path("rate").doubleValue()).isEqualTo(0.990039);
    assertThat(parity.path("lowerBound").doubleValue()).isEqualTo(0.98123);
    assertThat(parity.path("confidence").doubleValue()).isEqualTo(0.95);
    assertThat(parity.path("coverage").doubleValue()).isEqualTo(0.9053);
  }

  @Test
  void listsEveryDifferenceOfEveryEndpointWithAnExample() {
    JsonNode endpoints = ordinary().path("endpoints");

    assertThat(endpoints).hasSize(3);
    assertThat(
            json(
                "{\"method\":\"GET\",\"template\":\"/users\",\"status\":200,\"compared\":603,"
                    + "\"mismatched\":0,\"differences\":[]}"))
        .isEqualTo(endpoints.path(2));
    assertThat(endpoints.path(0).path("differences")).hasSize(3);
    assertThat(endpoints.path(0).path("differences").path(0))
        .isEqualTo(
            json(
                """
                {"where": "body", "field": "$.id", "kind": "type", "severity": "breaking",
                 "count": 9, "noise": 0.021, "hint": "numbers as text",
                 "example": {"legacy": "{\\"id\\":17}", "candidate": "{\\"id\\":\\"17\\"}",
                             "request": "GET /users/17?full=1", "place": "access.log:40"}}
                """));
  }

  @Test
  void tellsWhatIsUnknownAsNull() {
    JsonNode effect = ordinary().path("endpoints").path(1).path("differences").path(0);

    assertThat(effect.path("noise").isNull()).isTrue();
    assertThat(effect.path("where").stringValue()).isEqualTo("effect body");
  }

  @Test
  void tellsAHabitOnce() {
    JsonNode habits = ordinary().path("habits");

    assertThat(habits).hasSize(1);
    assertThat(habits.path(0))
        .isEqualTo(
            json(
                """
                {"name": "cache-control", "kind": "value", "severity": "risky", "endpoints": 12,
                 "legacy": "private", "candidate": "public, max-age=60"}
                """));
  }

  @Test
  void keepsAHostileAnswerAsItIs() {
    JsonNode example =
        json(new Reports(Samples.hostile(), Severity.RISKY, "1").json())
            .path("endpoints")
            .path(0)
            .path("differences")
            .path(0)
            .path("example");

    assertThat(Stream.of("legacy", "request", "place").map(key -> example.path(key).stringValue()))
        .containsOnly(Samples.HOSTILE);
  }
}
