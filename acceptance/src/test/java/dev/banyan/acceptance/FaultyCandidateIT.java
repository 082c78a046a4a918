package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// What a client notices of a candidate that is down, mute, endless or wrong: nothing.
@ExtendWith(Transcripts.class)
final class FaultyCandidateIT {
  private static final int CONNECTIONS = 8;
  private static final int REQUESTS = 200;

  /// Ways to be of no use.
  enum Fault {
    DEAD,
    HANGING,
    ENDLESS,
    RESETTING,
    BREAKING_OFF,
    FAILING,
    SLOW;

    private Reply reply(Message request) {
      return switch (this) {
        case DEAD, RESETTING -> new Reply.Reset();
        case HANGING -> new Reply.Hang();
        case ENDLESS -> new Reply.Endless();
        case BREAKING_OFF -> new Reply.Half();
        case FAILING -> Reply.error();
        case SLOW -> new Reply.Late(Duration.ofSeconds(2), Reply.plain(request));
      };
    }

    void strike(Backend backend) throws Exception {
      backend.behave(this::reply);
      if (this == DEAD) {
        backend.refuse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void changesNothingForClientsWhileItIsOnlyWatched(Fault fault) throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan =
            Banyan.serving(
                sides.items().replace("lag: 1m", "lag: 1m, concurrency: 16, deadline: 1s"))) {
      Control control = banyan.control();
      control.promote("items").done();
      fault.strike(sides.candidate());

      Load.each(
          banyan.port(),
          CONNECTIONS,
          REQUESTS,
          (client, number) -> {
            Message answer = client.get("/items/" + number, Map.of("X-User", "user-" + number));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.server()).isEqualTo("legacy");
            assertThat(answer.body()).isEqualTo("{\"target\":\"/items/" + number + "\"}");
          });

      Await.passes(() -> {
        JsonNode shadow = control.family("items").path("shadow");
        assertThat(shadow.path("sampled").asLong()).isEqualTo(REQUESTS);
        assertThat(shadow.path("inFlight").asLong(-1)).isZero();
        assertThat(shadow.path("sent").asLong() + dropped(shadow))
            .as("sent and dropped of %s", shadow)
            .isEqualTo(REQUESTS);
        String failing = "second-side-failing";
        JsonNode skipped = control.family("items").path("parity").path("skipped");
        assertThat(skipped.path(failing).asLong())
            .as("evidence knows of what was left out")
            .isEqualTo(shadow.path("dropped").path(failing).asLong());
        JsonNode legacy = control.family("items").path("sides").path("legacy");
        assertThat(legacy.path("requests").asLong()).isEqualTo(REQUESTS);
        assertThat(legacy.path("errors").asLong(-1)).isZero();
      });
      JsonNode family = control.family("items");
      assertThat(family.path("phase").asString("")).isEqualTo("shadow");
      assertThat(family.path("parity").path("matched").asLong(-1)).isZero();
      // What differs may be asked of the legacy again; clients' requests reach it once.
      assertThat(sides.legacy().count(request -> request.header("x-banyan-shadow") == null))
          .as("clients' requests of the legacy")
          .isEqualTo(REQUESTS);
    }
  }

  private static long dropped(JsonNode shadow) {
    long sum = 0;
    for (JsonNode count : shadow.path("dropped")) {
      sum += count.asLong();
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"DEAD", "HANGING", "RESETTING", "FAILING"})
  void isTakenOffByItselfAndNoClientSeesAnError(Fault fault) throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan =
            Banyan.serving(
                sides.items(
                    "steps: [100%]", "breaker: { window: 10s, requests: 20, errors: 50% }"))) {
      new Ladder(banyan, "items", Sides.ITEMS).reach("canary 100%");
      Control control = banyan.control();
      fault.strike(sides.candidate());
      Load load =
          Load.on(
              banyan.port(),
              CONNECTIONS,
              (client, number) -> {
                Message answer = client.get("/items/" + number);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("{\"target\":\"/items/" + number + "\"}");
              });
      try (load) {
        Await.until(
            "the family is rolled back", () -> !control.phase("items").startsWith("canary"));
        long before = load.done();
        Await.until("requests go on", () -> load.done() > before + 100);
      }

      assertThat(load.failures()).isEmpty();
      JsonNode rollback =
          control.ledger().stream()
              .filter(entry -> entry.path("kind").asString("").equals("rollback"))
              .findFirst()
              .orElseThrow();
      assertThat(rollback.path("actor").asString("")).isEqualTo("banyan");
      assertThat(rollback.path("family").asString("")).isEqualTo("items");
      assertThat(rollback.path("reason").asString("")).isNotBlank();
      assertThat(rollback.path("evidence").isObject()).isTrue();
      assertThat(rollback.path("millis").isNumber()).isTrue();
      try (Client client = banyan.client()) {
        assertThat(client.get("/items/1").server()).isEqualTo("legacy");
      }
    }
  }

  @Test
  void onlyTellsWhenItMayNotRollBack() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan =
            Banyan.serving(
                sides.items(
                    "steps: [100%]",
                    "auto: off", "breaker: { window: 10s, requests: 20, errors: 50% }"))) {
      new Ladder(banyan, "items", Sides.ITEMS).reach("canary 100%");
      Fault.FAILING.strike(sides.candidate());
      Control control = banyan.control();
      Load.each(
          banyan.port(),
          CONNECTIONS,
          REQUESTS,
          (client, number) -> assertThat(client.get("/items/" + number).status()).isEqualTo(200));
      Await.until(
          "a gate says that the family should be rolled back",
          () ->
              control
                  .family("items")
                  .path("gates")
                  .valueStream()
                  .anyMatch(gate -> gate.path("opinion").asString("").equals("roll back")));
      assertThat(control.phase("items")).isEqualTo("canary 100%");
      assertThat(control.promote("items").code()).isEqualTo("gate-refused");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"DEAD", "HANGING", "RESETTING", "FAILING"})
  void isNeverSentAWriteTwiceAndNorIsTheLegacy(Fault fault) throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items("steps: [100%]", "auto: off"));
        Client client = banyan.client()) {
      new Ladder(banyan, "items", Sides.ITEMS).reach("writes 100%");
      assertThat(client.post("/items", "\"before\"").server()).isEqualTo("candidate");
      fault.strike(sides.candidate());

      for (int i = 0; i < 5; i++) {
        Message answer = client.post("/items", "\"write " + i + "\"");
        assertThat(answer.status()).isBetween(500, 504);
      }

      assertThat(sides.legacy().count(FaultyCandidateIT::writes)).isZero();
      for (int i = 0; i < 5; i++) {
        String body = "\"write " + i + "\"";
        // A dying candidate may have read the first one before its connection broke.
        assertThat(sides.candidate().count(request -> request.body().equals(body)))
            .as("times that %s was sent", body)
            .isBetween(fault == Fault.DEAD ? 0L : 1L, fault == Fault.DEAD && i > 0 ? 0L : 1L);
      }
    }
  }

  /// By turns it answers, resets, breaks off, fails, and now and then hangs.
  private static Reply moody(Message request) {
    int number = Integer.parseInt(request.body().replaceAll("\\D", ""));
    return number % 40 == 0
        ? new Reply.Hang()
        : switch (number % 4) {
          case 1 -> new Reply.Reset();
          case 2 -> new Reply.Half();
          case 3 -> Reply.error();
          default -> Reply.plain(request);
        };
  }

  @Test
  void everyWriteIsRunOnceAtMostUnderLoadWhateverFails() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items("steps: [100%]", "auto: off"))) {
      new Ladder(banyan, "items", Sides.ITEMS).reach("writes 100%");
      sides.candidate().behave(request -> writes(request) ? moody(request) : Reply.plain(request));
      Set<Long> answered = ConcurrentHashMap.newKeySet();
      Set<Long> broken = ConcurrentHashMap.newKeySet();
      Load.each(
          banyan.port(),
          CONNECTIONS,
          2 * REQUESTS,
          (client, number) -> {
            try {
              if (client.post("/items", "\"write " + number + "\"").status() == 200) {
                answered.add(number);
              }
            } catch (IOException e) {
              broken.add(number);
            }
          });

      Map<String, Long> times =
          sides.candidate().received().stream()
              .map(Backend.Received::request)
              .filter(FaultyCandidateIT::writes)
              .collect(Collectors.groupingBy(Message::body, Collectors.counting()));
      assertThat(times)
          .hasSize(2 * REQUESTS)
          .allSatisfy((body, count) -> assertThat(count).as(body).isOne());
      assertThat(answered).isNotEmpty().allSatisfy(number -> assertThat(number % 4).isZero());
      assertThat(broken).isNotEmpty().allSatisfy(number -> assertThat(number % 4).isEqualTo(2));
      assertThat(sides.legacy().count(FaultyCandidateIT::writes)).isZero();
      assertThat(banyan.control().metric("banyan_requests_sent_twice_total")).isEqualTo("0.0");
    }
  }

  @Test
  void aFailingLegacyIsNotSentAWriteTwiceEither() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items("steps: [100%]"));
        Client client = banyan.client()) {
      client.get("/warm");
      Fault.RESETTING.strike(sides.legacy());
      for (int i = 0; i < 5; i++) {
        assertThat(client.post("/items", "{}").status()).isEqualTo(502);
      }
      assertThat(sides.legacy().count(FaultyCandidateIT::writes)).isEqualTo(5);
      assertThat(sides.candidate().count()).isZero();
    }
  }

  private static boolean writes(Message request) {
    return request.method().equals("POST");
  }

  @Test
  void shadowLegsNeverCarryAWrite() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items("steps: [100%]"));
        Client client = banyan.client()) {
      Control control = banyan.control();
      control.promote("items").done();
      for (int i = 0; i < 20; i++) {
        client.post("/items", "{\"n\":" + i + "}");
        client.send("DELETE", "/items/" + i, Map.of(), "");
        client.get("/items/" + i);
      }
      Await.until(
          "all reads have been compared",
          () -> control.family("items").path("parity").path("compared").asLong() == 20);
      assertThat(sides.candidate().count()).isEqualTo(20);
      assertThat(sides.candidate().count(request -> !request.method().equals("GET"))).isZero();
    }
  }

  @Test
  void isNotRescuedWhereTheFallbackIsOff() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items("steps: [100%]", "auto: off", "fallback: off"));
        Client client = banyan.client()) {
      new Ladder(banyan, "items", Sides.ITEMS).reach("canary 100%");
      Fault.RESETTING.strike(sides.candidate());
      assertThat(client.get("/items/1").status()).isEqualTo(502);
      Fault.FAILING.strike(sides.candidate());
      assertThat(client.get("/items/1").status()).isEqualTo(500);
    }
  }
}
