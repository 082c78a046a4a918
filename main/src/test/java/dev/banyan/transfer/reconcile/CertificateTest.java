package dev.banyan.transfer.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.migration.Certificate;
import dev.banyan.migration.Certificate.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CertificateTest {
  private static final Instant FROM = Instant.parse("2026-05-01T10:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Map<String, Method> METHODS =
      Map.of("app.users", Method.ROWS, "app.orders", Method.CHECKSUMS);
  private static final Set<String> TABLES = METHODS.keySet();

  private static Certificate certificate(boolean complete, long differences, boolean passed) {
    return new Certificate(
        "users",
        "0/99",
        "abc",
        1_000,
        "ff00",
        FROM,
        FROM.plusSeconds(60),
        7,
        complete,
        differences,
        METHODS,
        List.of(new Certificate.Check("total \"net\"", passed, "1", passed ? "1" : "2")));
  }

  private static final Certificate GREEN = certificate(true, 0, true);

  @Test
  void aGreenOneHoldsUntilItIsTooOld() {
    assertThat(GREEN.green()).isTrue();
    assertThat(GREEN.holds(FROM.plus(HOUR), HOUR, 7, "abc", Set.of("app.users"))).isTrue();
    assertThat(GREEN.against(FROM.plus(HOUR).plusMillis(1), HOUR, 7, "abc", TABLES))
        .singleElement()
        .asString()
        .contains("older than PT1H");
  }

  @Test
  void anotherEpochMappingOrTableIsNotCertified() {
    assertThat(GREEN.against(FROM, HOUR, 8, "abc", TABLES))
        .containsExactly("it is of epoch 7, and the owner's is 8");
    assertThat(GREEN.against(FROM, HOUR, 7, "abd", TABLES))
        .containsExactly("the mapping is another one since");
    assertThat(GREEN.against(FROM, HOUR, 7, "abc", Set.of("app.users", "app.items")))
        .containsExactly("it says nothing of app.items");
    assertThat(GREEN.holds(FROM.minusSeconds(1), HOUR, 7, "abc", TABLES)).isFalse();
  }

  @Test
  void whatIsPartialOrDiffersOrFailsIsNotGreen() {
    assertThat(certificate(false, 0, true).against(FROM, HOUR, 7, "abc", TABLES))
        .containsExactly("not all rows were compared");
    assertThat(certificate(true, 2, true).against(FROM, HOUR, 7, "abc", TABLES))
        .containsExactly("2 rows differ");
    assertThat(certificate(true, 0, false).against(FROM, HOUR, 7, "abc", TABLES))
        .containsExactly("the check total \"net\" failed");
    assertThat(certificate(true, 0, false).green()).isFalse();
  }

  @Test
  void itIsReadAsItWasWritten() {
    for (Certificate each : List.of(GREEN, certificate(false, 3, false))) {
      String json = CertificateJson.write(each);
      assertThat(CertificateJson.read(json)).isEqualTo(each);
      assertThat(json).contains("\"green\":" + each.green());
    }
  }

  @Test
  void greenIsNotBelieved() {
    String forged =
        CertificateJson.write(certificate(true, 3, true))
            .replace("\"green\":false", "\"green\":true");
    assertThat(CertificateJson.read(forged).green()).isFalse();
  }

  @Test
  void whatIsNoCertificateIsRefused() {
    for (String text :
        List.of("", "{}", "[]", "x", CertificateJson.write(GREEN).replace("2026", "soon"))) {
      assertThatThrownBy(() -> CertificateJson.read(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
