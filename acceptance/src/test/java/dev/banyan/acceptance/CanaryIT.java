package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Transcripts.class)
final class CanaryIT {
  private static final int KEYS = 100_000;
  private static final int CONNECTIONS = 16;
  private static final int SAMPLE = 10;

  /// Which keys the candidate answered, by the key's number. Each place is written by one round.
  private record Split(boolean[] candidate) {

    double percent() {
      int count = 0;
      for (boolean each : candidate) {
        count += each ? 1 : 0;
      }
      return 100.0 * count / candidate.length;
    }

    /// Asks for every `stride`th key once.
    static Split of(Banyan banyan, int keys, int stride) {
      boolean[] candidate = new boolean[keys / stride];
      Load.each(
          banyan.port(),
          CONNECTIONS,
          candidate.length,
          (client, number) -> {
            String key = "user-" + number * stride;
            Message answer = client.get("/items/7", Map.of("X-User", key));
            assertThat(answer.status()).isEqualTo(200);
            candidate[(int) number] = answer.server().equals("candidate");
          });
      return new Split(candidate);
    }

    Split every(int stride) {
      boolean[] some = new boolean[candidate.length / stride];
      for (int i = 0; i < some.length; i++) {
        some[i] = candidate[i * stride];
      }
      return new Split(some);
    }
  }

  @Test
  void splitsAHundredThousandKeysByWeightAndNeverMovesOneBack() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan =
            Banyan.serving(
                sides.items("steps: [5%, 25%, 100%]", "shadow: { sample: 5% }", "auto: off"))) {
      Ladder ladder = new Ladder(banyan, "items", Sides.ITEMS);
      ladder.reach("canary 5%");
      Split five = Split.of(banyan, KEYS, 1);
      assertThat(five.percent()).isCloseTo(5, Offset.offset(0.5));
      assertThat(Split.of(banyan, KEYS, 1).candidate())
          .as("the same keys asked again")
          .isEqualTo(five.candidate());

      ladder.reach("canary 25%");
      Split more = Split.of(banyan, KEYS, 1);
      assertThat(more.percent()).isCloseTo(25, Offset.offset(0.5));
      for (int i = 0; i < KEYS; i++) {
        assertThat(more.candidate()[i] || !five.candidate()[i])
            .as("user-%s stays with the candidate when the weight is raised", i)
            .isTrue();
      }

      banyan.kill();
      banyan.start();
      assertThat(Split.of(banyan, KEYS, SAMPLE).candidate())
          .as("the same keys after a restart")
          .isEqualTo(more.every(SAMPLE).candidate());
    }
  }

  @Test
  void keepsAUnitOnOneSideAcrossTheEndpointsOfItsFamily() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan =
            Banyan.serving(
                sides.services()
                    + """
                    families:
                      two:
                        routes: ["GET /one/{id}", "GET /other/{id}"]
                        candidate: candidate
                        sticky: cookie:sid
                        steps: [50%, 100%]
                        soak: 0s
                        parity: { limit: 50% }
                        breaker: { slow: 100% }
                    """)) {
      Load.Round round =
          (client, number) -> {
            client.get("/one/" + number);
            client.get("/other/" + number);
          };
      new Ladder(banyan, "two", round).reach("canary 50%");
      try (Client client = banyan.client()) {
        int candidate = 0;
        for (int i = 0; i < 200; i++) {
          Map<String, String> cookie = Map.of("Cookie", "theme=dark; sid=s" + i + "; lang=de");
          String side = client.get("/one/1", cookie).server();
          assertThat(client.get("/other/2", cookie).server()).isEqualTo(side);
          candidate += side.equals("candidate") ? 1 : 0;
        }
        assertThat(candidate).as("of 200 units at 50 %").isBetween(50, 150);
      }
    }
  }

  @Test
  void sendsEveryClientOfOneAddressToOneSideWhenStickyByAddress() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan =
            Banyan.serving(sides.items("steps: [50%, 100%]").replace("header:x-user", "ip"))) {
      new Ladder(banyan, "items", Sides.ITEMS).reach("canary 50%");
      try (Client first = banyan.client();
          Client second = banyan.client()) {
        String side = first.get("/items/1").server();
        for (int i = 0; i < 50; i++) {
          assertThat(first.get("/items/" + i).server()).isEqualTo(side);
          assertThat(second.get("/items/" + i).server()).isEqualTo(side);
        }
      }
    }
  }
}
