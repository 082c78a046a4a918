package dev.banyan.proxy.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.proxy.Address;
import dev.banyan.proxy.GatewayLevels;
import dev.banyan.proxy.HealthAnswer;
import dev.banyan.proxy.ServiceAddresses;
import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// A service in several places.
class AddressesTest {
  private static final Backend.Script RESET = (request, connection) -> connection.reset();

  private static ServiceBuilder service(String name, int... ports) {
    return ServiceBuilder.service(name, 1)
        .at(Arrays.stream(ports).mapToObj(port -> URI.create("http://127.0.0.1:" + port)).toList());
  }

  private static Rig.Builder at(int... ports) {
    return new Rig.Builder().service(service("legacy", ports).build());
  }

  private static ServiceAddresses legacy(Rig rig) {
    return Objects.requireNonNull(rig.services.find("legacy"));
  }

  private static Map<String, Integer> ask(Client client, int times) throws IOException {
    Map<String, Integer> answers = new HashMap<>();
    for (int i = 0; i < times; i++) {
      answers.merge(client.get("/").answer(), 1, Integer::sum);
    }
    return answers;
  }

  // ---- the choice

  @Test
  void givesEveryAddressItsShare() throws Exception {
    try (Backend one = Backend.echoing("one");
        Backend two = Backend.echoing("two");
        Backend three = Backend.echoing("three");
        Rig rig = at(one.port(), two.port(), three.port()).start();
        Client client = rig.client()) {
      Map<String, Integer> answers = ask(client, 300);
      assertThat(answers).containsOnlyKeys("200 one /", "200 two /", "200 three /");
      assertThat(answers.values()).allMatch(count -> count > 50);
      assertThat(rig.gateway.levels().pools().get("legacy"))
          .isEqualTo(new GatewayLevels.Pool(3, 3, 0));
    }
  }

  @Test
  void prefersTheAddressThatIsLessBusy() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Backend.Script stuck =
        (request, connection) -> {
          await(go);
          connection.ok("stuck");
        };
    try (Backend slow = new Backend(stuck);
        Backend quick = Backend.echoing("quick");
        Rig rig = at(slow.port(), quick.port()).start();
        Client first = rig.client();
        Client second = rig.client()) {
      // Sooner or later one request of the first client's is stuck.
      while (slow.seen.isEmpty()) {
        first.get("/");
        Rig.until(() -> slow.seen.size() == 1 || isReadable(first));
        if (slow.seen.isEmpty()) {
          first.answer();
        }
      }
      assertThat(ask(second, 50)).containsOnlyKeys("200 quick /");
      go.countDown();
      assertThat(first.answer()).isEqualTo("200 stuck");
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static boolean isReadable(Client client) {
    try {
      return client.in.available() > 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  // ---- failing addresses

  @Test
  void tellsNoClientOfAnAddressWhereNobodyListensWhateverTheMethod() throws Exception {
    Backend.Script echo =
        (request, connection) ->
            connection.ok(request.method() + " " + new String(request.requestBody(), ISO_8859_1));
    try (Backend well = new Backend(echo);
        Rig rig = at(Backend.deadPort(), well.port()).start();
        Client client = rig.client()) {
      for (int i = 0; i < 40; i++) {
        assertThat(client.post("/", "body").answer()).isEqualTo("200 POST body");
      }
      assertThat(legacy(rig).ejections()).isEqualTo(1);
      assertThat(legacy(rig).retries()).isEqualTo(5);
      assertThat(well.seen).hasSize(40);
    }
  }

  @Test
  void sendsASafeRequestOnceMoreToAnotherAddressAfterAReset() throws Exception {
    try (Backend broken = new Backend(RESET);
        Backend well = Backend.echoing("well");
        Rig rig = at(broken.port(), well.port()).start();
        Client client = rig.client()) {
      assertThat(ask(client, 40)).containsOnlyKeys("200 well /");
      assertThat(broken.seen).hasSize(5);
      assertThat(legacy(rig).ejections()).isEqualTo(1);
    }
  }

  @Test
  void sendsAnUnsafeRequestOnlyOnceAfterAReset() throws Exception {
    try (Backend broken = new Backend(RESET);
        Backend well = Backend.echoing("well");
        Rig rig = at(broken.port(), well.port()).start();
        Client client = rig.client()) {
      int failed = 0;
      for (int i = 0; i < 40; i++) {
        failed += client.post("/", "").answer().contains("backend-reset") ? 1 : 0;
      }
      assertThat(failed).isEqualTo(broken.seen.size());
      assertThat(broken.seen.size() + well.seen.size()).isEqualTo(40);
    }
  }

  @Test
  void sendsNothingToAThirdAddressThatTwoHaveBroken() throws Exception {
    try (Backend one = new Backend(RESET);
        Backend two = new Backend(RESET);
        Backend three = new Backend(RESET);
        Rig rig = at(one.port(), two.port(), three.port()).start();
        Client client = rig.client()) {
      assertThat(client.get("/").answer()).contains("backend-reset");
      assertThat(one.seen.size() + two.seen.size() + three.seen.size()).isEqualTo(2);
    }
  }

  @Test
  void triesNoMoreThanThreeAddressesForARequest() throws Exception {
    try (Rig rig =
            at(Backend.deadPort(), Backend.deadPort(), Backend.deadPort(), Backend.deadPort())
                .start();
        Client client = rig.client()) {
      assertThat(client.get("/").answer()).contains("backend-unreachable");
      assertThat(legacy(rig).retries()).isEqualTo(2);
      assertThat(rig.outcomes).containsExactly("legacy CONNECT");
    }
  }

  @Test
  void doesNotTakeFiveHundredsForTheAddresssFault() throws Exception {
    try (Backend failing = new Backend((request, connection) -> connection.status(500, "sorry"));
        Backend well = Backend.echoing("well");
        Rig rig = at(failing.port(), well.port()).start();
        Client client = rig.client()) {
      Map<String, Integer> answers = ask(client, 100);
      assertThat(answers.get("500 sorry")).isGreaterThan(10);
      assertThat(legacy(rig).ejections()).isZero();
      assertThat(legacy(rig).retries()).isZero();
    }
  }

  @Test
  void usesAddressesThatAreOutWhenNoneIsLeft() throws Exception {
    try (Backend one = Backend.echoing("one");
        Backend two = Backend.echoing("two");
        Rig rig = at(one.port(), two.port()).start();
        Client client = rig.client()) {
      for (Address each : legacy(rig).current()) {
        each.checked(false);
        each.checked(false);
      }
      assertThat(ask(client, 50)).containsOnlyKeys("200 one /", "200 two /");
      assertThat(legacy(rig).panics()).isEqualTo(50);
    }
  }

  @Test
  void givesNothingToAnAddressThatIsNotWell() throws Exception {
    try (Backend one = Backend.echoing("one");
        Backend two = Backend.echoing("two");
        Rig rig = at(one.port(), two.port()).start();
        Client client = rig.client()) {
      Address first = legacy(rig).current().getFirst();
      first.checked(false);
      first.checked(false);
      assertThat(ask(client, 30)).containsOnlyKeys("200 two /");
      first.checked(true);
      first.checked(true);
      assertThat(ask(client, 50)).containsKeys("200 one /", "200 two /");
    }
  }

  @Test
  void retriesNoMoreThanTheBudgetHolds() throws Exception {
    ServiceOptions legacy = service("legacy", Backend.deadPort(), Backend.deadPort()).build();
    try (Rig rig = new Rig.Builder().service(legacy).start();
        Client client = rig.client()) {
      int asked = 300;
      for (int i = 0; i < asked; i++) {
        assertThat(client.get("/").answer()).contains("backend-unreachable");
      }
      // One of five, and three a second of the window.
      assertThat(legacy(rig).retries()).isBetween(30L, 30L + asked / 5);
      assertThat(rig.ends.stream().filter("limit retries"::equals).count())
          .isEqualTo(asked - legacy(rig).retries());
    }
  }

  @Test
  void asksTheCandidatesOtherAddressBeforeTheLegacy() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend broken = new Backend(RESET);
        Backend well = Backend.echoing("candidate");
        Rig rig =
            Rig.legacyAt(legacy)
                .service(service("candidate", broken.port(), well.port()).build())
                .in(new Phase.Reads())
                .start();
        Client client = rig.client()) {
      for (int i = 0; i < 40; i++) {
        assertThat(client.get("/f/x").answer()).isEqualTo("200 candidate /f/x");
      }
      assertThat(legacy.seen).isEmpty();
    }
  }

  // ---- names

  @Test
  void followsANameToOtherAddressesAndEndsWhatIsUnderWayWhereItBegan() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Map<String, List<String>> names = new ConcurrentHashMap<>();
    names.put("users.test", List.of("127.0.0.1"));
    Backend.Script script =
        (request, connection) -> {
          if (request.target().equals("/slow")) {
            await(go);
          }
          connection.ok(connection.socket.getLocalAddress().getHostAddress());
        };
    try (Backend backend = new Backend(script, InetAddress.ofLiteral("0.0.0.0"))) {
      ServiceOptions legacy =
          ServiceBuilder.service("legacy", "http://users.test:" + backend.port())
              .dnsRefresh(Duration.ofSeconds(1))
              .build();
      try (Rig rig =
              new Rig.Builder()
                  .service(legacy)
                  .names(host ->
                      Objects.requireNonNull(names.get(host)).stream()
                          .map(InetAddress::ofLiteral)
                          .toArray(InetAddress[]::new))
                  .start();
          Client client = rig.client();
          Client slow = rig.client()) {
        rig.services.lookUpWhenDue(0, Runnable::run);
        assertThat(client.get("/").answer()).isEqualTo("200 127.0.0.1");
        slow.get("/slow");
        Rig.until(() -> backend.seen.size() == 2);
        names.put("users.test", List.of("127.0.0.2"));
        rig.services.lookUpWhenDue(TimeUnit.SECONDS.toNanos(2), Runnable::run);
        assertThat(ask(client, 10)).containsOnlyKeys("200 127.0.0.2");
        go.countDown();
        assertThat(slow.answer()).isEqualTo("200 127.0.0.1");
        Rig.until(
            () -> backend.ended.get() == 2); // the idle one, and the slow one after its answer
      }
    }
  }

  @Test
  void keepsWhatItKnowsOfServicesThatAReloadLeavesAlone() throws Exception {
    try (Backend one = Backend.echoing("one");
        Rig rig = at(one.port(), Backend.deadPort()).start();
        Client client = rig.client()) {
      assertThat(ask(client, 40)).containsOnlyKeys("200 one /");
      ServiceAddresses before = legacy(rig);
      rig.services.publish(
          Map.of("legacy", before.options(), "more", service("more", one.port()).build()));
      assertThat(legacy(rig)).isSameAs(before);
      assertThat(before.ejections()).isEqualTo(1);
      rig.services.publish(Map.of("legacy", service("legacy", one.port()).queue(7).build()));
      assertThat(legacy(rig)).isNotSameAs(before);
      assertThat(ask(client, 5)).containsOnlyKeys("200 one /");
    }
  }

  // ---- asking for their health

  @Test
  void asksOneAddressByItsHealthPath() throws Exception {
    Backend.Script health =
        (request, connection) -> {
          if (request.target().equals("/endless")) {
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nmore\r\n");
          } else if (request.target().equals("/sick")) {
            connection.status(503, "sick");
          } else if (request.target().equals("/reset")) {
            connection.reset();
          }
        };
    try (Backend backend = new Backend(health);
        Rig rig = at(backend.port(), Backend.deadPort()).start();
        SecondLegClient asking =
            new SecondLegClient(rig.services, System::nanoTime, Runnable::run, () -> {})) {
      HealthAnswer late = new HealthAnswer.Late(Duration.ofMillis(300));
      assertThat(ask(asking, rig, 0, "/endless")).isEqualTo(late);
      assertThat(ask(asking, rig, 0, "/sick")).isEqualTo(new HealthAnswer.Said(503));
      assertThat(ask(asking, rig, 0, "/reset")).isInstanceOf(HealthAnswer.Failed.class);
      assertThat(ask(asking, rig, 0, "/mute")).isEqualTo(late);
      assertThat(ask(asking, rig, 1, "/")).isEqualTo(new HealthAnswer.Refused());
      assertThat(backend.seen)
          .allSatisfy(request -> {
            assertThat(request.header("host")).isEqualTo("127.0.0.1:" + backend.port());
            assertThat(request.header("user-agent")).isEqualTo("banyan-health");
          });
      Rig.until(() -> backend.ended.get() == 4);
    }
  }

  @Test
  void endsTheConnectionOfHttp2ThatItAskedOver() throws Exception {
    try (Http2Backend backend = new Http2Backend(call -> call.head(200, true));
        Rig rig = new Rig.Builder().service(backend.as("legacy").build()).start();
        SecondLegClient asking =
            new SecondLegClient(rig.services, System::nanoTime, Runnable::run, () -> {})) {
      assertThat(ask(asking, rig, 0, "/")).isEqualTo(new HealthAnswer.Said(200));
      Rig.until(() -> backend.ended.get() == 1);
      assertThat(ask(asking, rig, 0, "/")).isEqualTo(new HealthAnswer.Said(200));
      Rig.until(() -> backend.ended.get() == 2);
    }
  }

  private static HealthAnswer ask(SecondLegClient asking, Rig rig, int at, String path)
      throws Exception {
    CompletableFuture<HealthAnswer> told = new CompletableFuture<>();
    asking.ask(
        "legacy",
        legacy(rig).current().get(at),
        path,
        path.equals("/mute") || path.equals("/endless")
            ? Duration.ofMillis(300)
            : Duration.ofSeconds(20),
        told::complete);
    return told.get(15, TimeUnit.SECONDS);
  }
}
