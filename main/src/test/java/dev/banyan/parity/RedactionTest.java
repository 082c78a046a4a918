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
    assertThat(body("5")).isNotEqualTo("5");
  }

  @Test
  void lettersOfOtherScriptsBecomeLettersOfTheSame() {
    String kept = body("\"Łódź 東京都 Αθήνα 😀 ١٢٣٤ – ok\"");
    assertThat(kept)
        .matches("\"\\p{IsLatin}{4} \\p{IsHan}{3} \\p{IsGreek}{5} \\p{So} \\p{Nd}{4} – [a-z]{2}\"")
        .isEqualTo(body("\"Łódź 東京都 Αθήνα 😀 ١٢٣٤ – ok\""))
        .doesNotContain("Łódź", "東京都", "Αθήνα", "١٢٣٤");
    assertThat(Character.isUpperCase(kept.charAt(1))).isTrue();
    assertThat(body("\"\ud800 x\"")).startsWith("\"\ufffd ");
  }

  @Test
  void keepsWhatKindOfIdOrTokenAValueIs() {
    assertThat(body("\"0b8f9d2e-6c1a-4f5b-9a3d-1e2f3a4b5c6d\""))
        .matches("\"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\"")
        .doesNotContain("0b8f9d2e");
    assertThat(body("\"DEADBEEF42\"")).matches("\"[0-9A-F]{10}\"");
    assertThat(body("4711")).matches("[1-9]\\d{3}");
    assertThat(body("-12.50")).matches("-[1-9]\\d\\.\\d\\d");
    assertThat(body("\"0042\"")).matches("\"0\\d{3}\"");
    assertThat(body("\"2024-01-31T10:00:00.5Z\""))
        .matches("\"[1-9]\\d{3}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\dZ\"");
    assertThat(body("\"\\u00e9\\n\\u4e2d x\""))
        .matches("\"\\\\u[0-9a-f]{4}\\\\n\\\\u[0-9a-f]{4} [a-z]\"");
  }

  @Test
  void partsOfAJsonWebTokenKeepTheirEquality() {
    String one = body("\"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.x7Kp3vQmT0a9b8c7\"");
    String other = body("\"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJib2IifQ.x7Kp3vQmT0a9b8c7\"");
    assertThat(one).startsWith("\"eyJ").doesNotContain("hbGciOiJIUzI1NiJ9", "x7Kp");
    assertThat(one.split("\\.", -1)[0]).isEqualTo(other.split("\\.", -1)[0]);
    assertThat(one.split("\\.", -1)[1]).isNotEqualTo(other.split("\\.", -1)[1]);
    assertThat(one.split("\\.", -1)[2]).isEqualTo(other.split("\\.", -1)[2]);
  }

  @Test
  void aWordHasOneTokenWhereverItStands() {
    String address = redaction.token("ann.smith@example.org");
    assertThat(redaction.value("body", "[line 3] no user <ann.smith@example.org>, sorry."))
        .contains("<" + address + ">,");
    assertThat(body("{\"to\":\"ann.smith@example.org\"}")).contains("\"" + address + "\"");
    assertThat(redaction.value("body", "[line 1] SELECT * FROM users WHERE id = '90125'"))
        .endsWith("'" + body("90125") + "'");
    assertThat(redaction.value("header:location", "/users/90125")).endsWith("/" + body("90125"));
    assertThat(line("/users/90125", "/users/{id}")).endsWith("/" + body("90125"));
    assertThat(body("\"90125\"")).isEqualTo("\"" + body("90125") + "\"");
  }

  @Test
  void shortWordsOfASentenceAreNotKnownByHowOftenTheyCome() {
    assertThat(body("\"it is of Bob\"").substring(0, 6))
        .isNotEqualTo(body("\"it is of Ann\"").substring(0, 6));
    assertThat(body("\"it is of Bob\"")).isEqualTo(body("\"it is of Bob\""));
  }

  @Test
  void wordsOfHttpStayInHeadersOfHttpOnly() {
    assertThat(redaction.value("header:x-user", "private path"))
        .doesNotContain("private")
        .doesNotContain("path");
    assertThat(redaction.value("header:content-type", "application/problem+json"))
        .isEqualTo("application/problem+json");
    assertThat(redaction.value("header:vary", "Accept, u4711x9"))
        .startsWith("Accept, ")
        .doesNotContain("u4711x9");
    assertThat(
            redaction.requestLine(
                new Request("HUNTER", "/", Headers.NONE, Body.EMPTY), new Endpoint("GET", "/")))
        .doesNotContain("HUNTER");
  }

  @Test
  void aBackslashHidesNoLetterOutsideOfJson() {
    assertThat(redaction.value("body", "[line 1] C:\\bob\\next"))
        .doesNotContain("bob")
        .doesNotContain("\\next");
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
