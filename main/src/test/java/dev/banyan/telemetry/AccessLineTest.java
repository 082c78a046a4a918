package dev.banyan.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AccessLineTest {
  private static final String HOSTILE = "\"}\n{\\ \u0000\u001f\u2028\u00e4\ud83d\ude00\u007f";

  private static AccessLine line(String path, AccessLine.@Nullable Failure failure) {
    return new AccessLine(
        Instant.parse("2026-03-01T08:00:00.5Z"),
        "id-1",
        null,
        "GET",
        path,
        "/users/{id}",
        "users",
        "candidate",
        7,
        "answered",
        0,
        3,
        5,
        1_500,
        999_999_999_999L,
        -1,
        true,
        503,
        failure);
  }

  private static String text(AccessLine line) {
    StringBuilder text = new StringBuilder();
    line.appendTo(text);
    return text.toString();
  }

  @Test
  void aLineIsOneObjectWithTheFieldsInTheirOrder() {
    assertThat(text(line("/users/1", null)))
        .isEqualTo(
            """
            {"time":"2026-03-01T08:00:00.500000Z","id":"id-1","trace":null,"method":"GET",\
            "path":"/users/1","route":"/users/{id}","family":"users","side":"candidate",\
            "epoch":7,"end":"answered","status":null,"bytesIn":3,"bytesOut":5,\
            "waitMillis":0.001,"headMillis":999999.999,"totalMillis":0.000,"fallback":true,\
            "replaced":503,"failure":null,"detail":null}
            """);
  }

  @Test
  void whateverAFieldHoldsTheLineStaysOneLineOfAsciiAndTheFieldWhatItWas() {
    String text = text(line(HOSTILE, new AccessLine.Failure("backend-reset", HOSTILE)));

    assertThat(text).matches("[ -~]*\n").matches(one -> one.indexOf('\n') == one.length() - 1);
    JsonNode json = JsonMapper.builder().build().readTree(text);
    assertThat(json.path("path").stringValue()).isEqualTo(HOSTILE);
    assertThat(json.path("detail").stringValue()).isEqualTo(HOSTILE);
  }
}
