package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Endpoint;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RedactionTest {

  private final Redaction redaction = new Redaction(new byte[16]);

  private String body(String value) {
    return redaction.value("body:$.x", value);
  }

  private String line(String target, String template) {
    return redaction.requestLine(
        new Request("GET", target, Headers.NONE, Body.EMPTY), new Endpoint("GET", template));
  }

  @Test
  void keepsLengthAndKindsOfCharacters() {
    assertThat(body("\"Ann-Mary 42\""))
        .matches("\"[A-Z][a-z]{2}-[A-Z][a-z]{3} \\d\\d\"")
        .isNotEqualTo("\"Ann-Mary 42\"");
    assertThat(body("2024-01-31T10:00:00.5Z"))
        .matches("\\d{4}-\\d\\d-\\d\\d[A-Z]\\d\\d:\\d\\d:\\d\\d\\.\\d[A-Z]");
  }

  @Test
  void keepsTheNoteThatComparingPutsBeforeABody() {
    assertThat(redaction.value("body", "[line 12] Ann Smith")).matches("\\[line 12\\] [A-Z].*");
    assertThat(redaction.value("body", "[line 12] Ann Smith")).doesNotContain("Smith");
    assertThat(redaction.value("body", "[byte 7] a digit is missing: x1")).startsWith("[byte 7] ");
    assertThat(redaction.value("body", "[1234 bytes] secret")).startsWith("[1234 bytes] ");
    assertThat(redaction.value("body:$.x", "[\"line\",12]")).doesNotContain("12");
  }

  @Test
  void keepsWordsOfJsonAndWhatHoldsNoData() {
    assertThat(body("true")).isEqualTo("true");
    assertThat(body("null")).isEqualTo("null");
    assertThat(redaction.value("body:$.x", null)).isEqualTo("(absent)");
    assertThat(redaction.value("status", "404")).isEqualTo("404");
    assertThat(redaction.value("answer", "failed: timeout")).isEqualTo("failed: timeout");
    assertThat(redaction.value("header:vary", "Accept, X-Tenant")).isEqualTo("Accept, X-Tenant");
    assertThat(redaction.value("header:content-type", "application/json; charset=utf-8"))
        .isEqualTo("application/json; charset=utf-8");
    assertThat(redaction.value("header:x-user", "ann")).matches("[a-z]{3}").isNotEqualTo("ann");
  }

  @Test
  void equalValuesStayEqualAndOthersStayDifferent() {
    Set<String> tokens = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      String value = "\"%04d\"".formatted(i);
      assertThat(body(value)).isEqualTo(body(value));
      tokens.add(body(value));
    }
    assertThat(tokens).hasSize(10_000);
    assertThat(body("\"7\"")).isEqualTo("\"" + body("7") + "\"");
  }

  @Test
  void neverShowsTheOriginal() {
    Random random = new Random(5);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder secret = new StringBuilder();
      for (int at = 0; at < 8 + random.nextInt(40); at++) {
        secret.append((char) ('a' + random.nextInt(26)));
      }
      assertThat(body("\"" + secret + "\"")).doesNotContain(secret);
      assertThat(redaction.value("header:authorization", "Bearer " + secret))
          .doesNotContain(secret)
          .startsWith("Bearer ");
      assertThat(line("/users/" + secret + "/x?q=" + secret + "&" + secret, "/users/{id}/**"))
          .doesNotContain(secret)
          .startsWith("GET /users/")
          .contains("?q=");
    }
    assertThat(body("\"Łódź 東京 😀\"")).doesNotContainPattern("[^\\x00-\\x7f]");
    assertThat(body("5")).isNotEqualTo("5");
  }

  @Test
  void anotherKeyMakesOtherTokens() {
    byte[] key = new byte[16];
    key[3] = 1;
    assertThat(new Redaction(key).value("body:$.x", "\"some secret\""))
        .isNotEqualTo(body("\"some secret\""));
    assertThatThrownBy(() -> new Redaction(new byte[3]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keepsOfTheRequestLineWhatTheTemplateSays() {
    assertThat(line("/users/42/orders?page=12", "/users/{id}/orders"))
        .matches("GET /users/\\d\\d/orders\\?page=\\d\\d")
        .doesNotContain("42");
    assertThat(line("/products/a%2Fb", "/products/{sku}")).matches("GET /products/[a-z]%2F[a-z]");
    assertThat(line("/secret/deep/path", "/**")).doesNotContain("secret").doesNotContain("deep");
  }

  @Test
  void cutsLongValues() {
    assertThat(body("x".repeat(10_000))).hasSize(257).endsWith("…");
  }
}
