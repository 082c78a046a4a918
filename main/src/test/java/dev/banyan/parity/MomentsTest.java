package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MomentsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:05Z");
  private static final Request WRITE =
      new Request(
          "POST",
          "/bookings",
          Headers.NONE,
          Body.of("{\"from\":\"2026-03-01T12:00:00Z\"}".getBytes(StandardCharsets.UTF_8)));

  private static List<String> compare(String legacy, String candidate) {
    return Answers.found(
        Comparison.of()
            .compare(
                Answers.json(201, legacy), Answers.json(201, candidate), new Moments(WRITE, NOW)));
  }

  @Test
  void takesMomentsThatTwoServicesNotedOneAfterTheOtherForTheSame() {
    assertThat(
            compare(
                "{\"at\":\"2026-03-01T12:00:01.250Z\"}", "{\"at\":\"2026-03-01T12:00:01.975Z\"}"))
        .isEmpty();
    assertThat(compare("{\"at\":\"2025-03-01T23:59:59Z\"}", "{\"at\":\"2025-03-02T00:00:01Z\"}"))
        .as("also of a row made long ago, by a copy that came late")
        .isEmpty();
    assertThat(compare("{\"at\":1772366401}", "{\"at\":1772366404}")).isEmpty();
    assertThat(compare("{\"at\":1772366401123}", "{\"at\":1772366404456}")).isEmpty();
  }

  @Test
  void aMomentThatTheClientWroteIsNoMomentOfTheServices() {
    assertThat(
            compare("{\"from\":\"2026-03-01T12:00:00Z\"}", "{\"from\":\"2026-03-01T12:00:01Z\"}"))
        .containsExactly("body:$.from value breaking");
  }

  @Test
  void furtherApartAnotherFormAndOrdinaryNumbersAreDifferences() {
    assertThat(compare("{\"at\":\"2026-03-01T12:00:01Z\"}", "{\"at\":\"2026-03-01T12:05:01Z\"}"))
        .hasSize(1);
    assertThat(
            compare("{\"at\":\"2026-03-01T12:00:01Z\"}", "{\"at\":\"2026-03-01T12:00:02.123Z\"}"))
        .hasSize(1);
    assertThat(compare("{\"at\":\"2026-03-01T12:00:01Z\"}", "{\"at\":\"2026-03-01T12:00:02\"}"))
        .hasSize(1);
    assertThat(compare("{\"n\":1572366401}", "{\"n\":1572366402}")).hasSize(1);
    assertThat(compare("{\"n\":41}", "{\"n\":42}")).hasSize(1);
  }
}
