package dev.banyan.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Difference.Kind;
import org.junit.jupiter.api.Test;

class HintsTest {
  private static String effect(Kind kind, String legacy, String candidate) {
    return Hints.of("effect body", "$.a", kind, legacy, candidate).orElse("");
  }

  @Test
  void anotherFormOfTheSameIsNotBlamedOnTheWrite() {
    assertThat(effect(Kind.TYPE, "7", "\"7\"")).isEqualTo("a number against its string");
    assertThat(effect(Kind.TYPE, "[7]", "{\"data\":[7]}")).contains("envelope");
    assertThat(effect(Kind.VALUE, "\"2026-01-02T03:04:05Z\"", "\"2026-01-02T03:04:05\""))
        .contains("time zone");
    assertThat(Hints.of("effect body", "$.a", Kind.EXTRA, null, "null").orElse(""))
        .startsWith("null is left out");
  }

  @Test
  void anotherValueAfterAWriteIs() {
    assertThat(effect(Kind.VALUE, "7", "8")).startsWith("the write stored another value");
    assertThat(Hints.of("effect body", "$.a", Kind.EXTRA, null, "8").orElse(""))
        .startsWith("the write left behind");
  }
}
