package dev.banyan.proxy.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Leg;
import dev.banyan.migration.Side;
import dev.banyan.shadow.Drop;
import dev.banyan.shadow.FollowUp;
import dev.banyan.shadow.Judge;
import dev.banyan.shadow.ShadowOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Follow-ups over real connections: the same request again, body and all, from the thread of
/// second legs.
class FollowUpOverSocketsTest {
  private static final ShadowOptions OPTIONS =
      new ShadowOptions(8 << 20, 1 << 20, 8, Duration.ofSeconds(30), Duration.ofSeconds(10));

  private final ExecutorService comparing = Executors.newSingleThreadExecutor();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final List<Drop> givenUp = new CopyOnWriteArrayList<>();

  /// Asks the legacy again, then the candidate.
  private final Judge asking =
      (exchange, _) ->
          new FollowUp(
              List.of(again(exchange, Side.LEGACY), again(exchange, Side.CANDIDATE)),
              legs -> {
                told.add(body(exchange.primary()) + ", " + body(exchange.shadow()));
                legs.forEach(leg -> told.add(body(leg)));
                return null;
              },
              givenUp::add);

  private static FollowUp.Question again(Exchange exchange, Side side) {
    return new FollowUp.Question(side.word(), side, exchange.request());
  }

  private static String body(Leg leg) {
    return leg instanceof Leg.Answered answered
        ? new String(answered.response().body().toByteArray(), ISO_8859_1)
        : leg.toString();
  }

  @AfterEach
  void stop() {
    comparing.shutdownNow();
  }

  private static Backend counting(String name) throws Exception {
    AtomicInteger number = new AtomicInteger();
    return new Backend((request, connection) ->
        connection.ok(
            name
                + " "
                + number.incrementAndGet()
                + " to "
                + new String(request.requestBody(), ISO_8859_1)));
  }

  @Test
  void bothSidesAreAskedTheSameAgainWithItsBody() throws Exception {
    try (Backend legacy = counting("legacy");
        Backend candidate = counting("candidate");
        ShadowedRig shadowed =
            new ShadowedRig(OPTIONS, asking, comparing, Rig.of(legacy, candidate))) {
      try (Client client = shadowed.rig.client()) {
        client.request("POST", "/search", "Content-Length: 4");
        client.send("what");
        assertThat(client.answer()).isEqualTo("200 legacy 1 to what");
      }
      assertThat(shadowed.settled().sent()).isEqualTo(1);
      assertThat(told)
          .containsExactly(
              "legacy 1 to what, candidate 1 to what", "legacy 2 to what", "candidate 2 to what");
      assertThat(legacy.seen)
          .extracting(seen -> seen.header("x-banyan-shadow"))
          .containsExactly(null, "1");
      assertThat(candidate.seen)
          .extracting(seen -> seen.all("x-banyan-shadow"))
          .containsExactly(List.of("1"), List.of("1"));
      assertThat(givenUp).isEmpty();
    }
  }

  @Test
  void aStopInTheMiddleGivesUpAndHoldsNothing() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (Backend legacy =
            new Backend((request, connection) -> {
              if (asked.incrementAndGet() == 1) {
                connection.ok("legacy");
              } // and never again
            });
        Backend candidate = counting("candidate")) {
      ShadowedRig shadowed = new ShadowedRig(OPTIONS, asking, comparing, Rig.of(legacy, candidate));
      try (Client client = shadowed.rig.client()) {
        assertThat(client.get("/f/1").answer()).isEqualTo("200 legacy");
        Rig.until(() -> asked.get() == 2);
      } finally {
        shadowed.close();
      }
      assertThat(told).isEmpty();
      assertThat(givenUp).containsExactly(Drop.SHUTTING_DOWN);
      assertThat(shadowed.shadow.givenUp("f")).isEqualTo(Map.of(Drop.SHUTTING_DOWN.word(), 1L));
      assertThat(shadowed.settled().sent()).isEqualTo(1);
    }
  }
}
