package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Transcripts.class)
final class CanaryIT {
  private static final int KEYS = Integer.getInteger("keys", 20_000);
  private static final int CONNECTIONS = 16;
  private static final int SAMPLE = 10;

  /// Asks for every `stride`th key once.
  ///
  /// @return by the key's number, whether the candidate answered
  private static List<Boolean> split(Banyan banyan, int stride) {
    // Each place is written by one round, and read after all rounds have ended.
    boolean[] candidate = new boolean[KEYS / stride];
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
    List<Boolean> split = new ArrayList<>();
    for (boolean each : candidate) {
      split.add(each);
    }
    return split;
  }

  private static double percent(List<Boolean> split) {
    return 100.0 * Collections.frequency(split, true) / split.size();
  }

  private static Offset<Double> fiveDeviations(double percent) {
    return Offset.offset(5 * Math.sqrt(percent * (100 - percent) / KEYS));
  }

  private static List<Boolean> every(int stride, List<Boolean> split) {
    List<Boolean> some = new ArrayList<>();
    for (int i = 0; i < split.size(); i += stride) {
      some.add(split.get(i));
    }
    return some;
  }

  @Test
  void splitsManyKeysByWeightAndNeverMovesOneBack() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan =
            Banyan.serving(
                sides.items("steps: [5%, 25%, 100%]", "shadow: { sample: 5% }", "auto: off"))) {
      Ladder ladder = new Ladder(banyan, "items", Sides.ITEMS);
      ladder.reach("canary 5%");
      List<Boolean> five = split(banyan, 1);
      assertThat(percent(five)).isCloseTo(5, fiveDeviations(5));
      assertThat(split(banyan, 1).equals(five)).as("the same keys meet the same side").isTrue();

      ladder.reach("canary 25%");
      List<Boolean> more = split(banyan, 1);
      assertThat(percent(more)).isCloseTo(25, fiveDeviations(25));
      for (int i = 0; i < KEYS; i++) {
        if (five.get(i)) {
          assertThat(more.get(i)).as("user-%s stays with the candidate", i).isTrue();
        }
      }

      banyan.kill();
      banyan.start();
      assertThat(split(banyan, SAMPLE).equals(every(SAMPLE, more)))
          .as("the same keys meet the same side after a restart")
          .isTrue();
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
                        gates: { slow: 100, margin: 10, slow_from: 10s, baseline: 10, error_rate: 10% }
                        breaker: { requests: 5 }
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
