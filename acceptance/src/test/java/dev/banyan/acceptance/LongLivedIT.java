package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A WebSocket and a stream of events, open while everything around them changes.
@ExtendWith(Transcripts.class)
final class LongLivedIT {
  private static String answering(Banyan banyan) throws IOException {
    try (Client client = banyan.client()) {
      return client.get("/items/1", Map.of("X-User", "long")).server();
    }
  }

  @Test
  void nothingThatHappensToAFamilyBreaksWhatItsSidesHaveTaken() throws Exception {
    try (Sides sides = Sides.open()) {
      BlockingQueue<String> ofLegacy = LongLived.speaking(sides.legacy());
      BlockingQueue<String> ofCandidate = LongLived.speaking(sides.candidate());
      String config =
          sides
              .items("steps: [100%]", "auto: off")
              .replace("response_timeout: 1s", "response_timeout: 20s");
      try (Banyan banyan = Banyan.serving(config)) {
        Control control = banyan.control();
        control.promote("items").done();
        try (LongLived old = new LongLived(banyan, "legacy", ofLegacy)) {
          old.goOn();
          new Ladder(banyan, "items", Sides.ITEMS).reach("canary 100%");
          assertThat(answering(banyan)).isEqualTo("candidate");
          try (LongLived fresh = new LongLived(banyan, "candidate", ofCandidate)) {
            old.goOn();
            fresh.goOn();
            control.rollback("items").done();
            assertThat(answering(banyan)).isEqualTo("legacy");
            old.goOn();
            fresh.goOn();
            reload(banyan, config);
            old.goOn();
            fresh.goOn();
            assertThat(control.get("/metrics").body()).contains("banyan_tunnels 2");
            stopAndSpeak(banyan, old, fresh);
          }
        }
      }
    }
  }

  /// Every service gets other options, and a family comes.
  private static void reload(Banyan banyan, String config) throws Exception {
    banyan.replace(
        config.replace("response_timeout: ", "connections: 7, response_timeout: ")
            + Sides.family("added"));
    Control control = banyan.control();
    Await.until(
        "the added family is there", () -> control.get("/api/v1/families/added").status() == 200);
    assertThat(answering(banyan)).isEqualTo("legacy");
  }

  /// A program that is being stopped still passes what is open, and cuts it off in the end.
  private static void stopAndSpeak(Banyan banyan, LongLived... pairs) throws Exception {
    Thread stopping =
        Thread.startVirtualThread(() -> {
          try {
            banyan.stop();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    Await.until("nobody else is let in", banyan::refuses);
    for (LongLived pair : pairs) {
      pair.goOn();
    }
    for (LongLived pair : pairs) {
      pair.expectTheEnd();
    }
    stopping.join();
  }
}
