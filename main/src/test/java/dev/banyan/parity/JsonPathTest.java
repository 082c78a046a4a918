package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonPathTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "4711",
        "2026-01-02",
        "+49 (170) 1234567",
        "10.0.0.1",
        "ann@example.org",
        "Ann Smith",
        "Łukasz",
        "u4711",
        "x7k2p",
        "aGVsbG9Xb3JsZAbCdEf",
        "two words",
        "0b8f9d2e-6c1a-4f5b-9a3d-1e2f3a4b5c6d",
        "eyJhbGciOiJIUzI1NiJ9.e30.x7Kp"
      })
  void aKeyThatIsAValueIsNotNamed(String key) {
    assertThat(JsonPath.root().key(key)).hasToString("$[*]");
  }

  @Test
  void aKeyThatIsANameIs() {
    assertThat(JsonPath.root().key("items").element().key("line2").key("first-name"))
        .hasToString("$.items[*].line2.first-name");
    assertThat(JsonPath.root().key("server.port").key("@type").key("sha256").key("xml:lang"))
        .hasToString("$['server.port']['@type'].sha256['xml:lang']");
  }
}
