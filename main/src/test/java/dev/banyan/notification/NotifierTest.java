package dev.banyan.notification;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Over real sockets; the waits between tries are the test's own and take no time.
class NotifierTest {
  private static final Instant NOW = Instant.parse("2026-05-06T07:08:09.5Z");
  private static final byte[] KEY = "012345678901234567890123".getBytes(StandardCharsets.US_ASCII);
  private static final String SECRET = "whsec_" + Base64.getEncoder().encodeToString(KEY);
  private static final Duration SHORT = Duration.ofMillis(300);

  /// What the receiver got.
  private record Got(
      @Nullable String id,
      @Nullable String timestamp,
      @Nullable String signature,
      @Nullable String type,
      String body) {
    JsonNode json() {
      return JsonMapper.shared().readTree(body);
    }
  }

  private interface Receiver {
    void answer(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private final BlockingQueue<Got> got = new LinkedBlockingQueue<>();
  private final List<Duration> waits = new CopyOnWriteArrayList<>();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch over = new CountDownLatch(1);
  private HttpServer server;
  private volatile Receiver receiver = exchange -> status(exchange, 200);
  private volatile Pause pause = waits::add;
  private Notifier notifier;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(executor);
    server.createContext("/", this::receive);
    server.start();
    notifier = notifier(Webhook.WHOLE);
  }

  private Notifier notifier(Duration whole) {
    return new Notifier(
        new Notifier.Ports(executor, () -> NOW, time -> pause.of(time), () -> 0.5), whole);
  }

  @AfterEach
  void stop() {
    over.countDown();
    notifier.close();
    server.stop(0);
    executor.shutdownNow();
  }

  private void receive(HttpExchange exchange) throws IOException {
    var headers = exchange.getRequestHeaders();
    got.add(
        new Got(
            headers.getFirst("webhook-id"),
            headers.getFirst("webhook-timestamp"),
            headers.getFirst("webhook-signature"),
            headers.getFirst("Content-Type"),
            new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
    try {
      receiver.answer(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void status(HttpExchange exchange, int status) throws IOException {
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private Target signed() {
    return new Target(
        url("/hook"), SigningKey.of(SECRET), Target.Format.JSON, Set.of(Topic.values()), Set.of());
  }

  private static Notification notification(String id) {
    return Notification.of(
        id,
        Topic.ROLLBACK,
        NOW,
        "users",
        "users was rolled back to shadow by ann: <!channel> & more",
        Map.of("epoch", 7L, "phase", "shadow"));
  }

  private Got next() throws InterruptedException {
    Got next = got.poll(20, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  private void awaitCounts(long sent, long failed, long dropped) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    Notifier.Counts counts = notifier.counts().getFirst();
    while (System.nanoTime() < deadline
        && (counts.sent() != sent || counts.failed() != failed || counts.waiting() != 0)) {
      Thread.onSpinWait();
      counts = notifier.counts().getFirst();
    }
    assertThat(counts).isEqualTo(new Notifier.Counts(signed().name(), sent, failed, dropped, 0));
  }

  @Test
  void signsWhatItSendsAsTheSpecificationSays() throws Exception {
    notifier.adopt(List.of(signed()));

    notifier.tell(notification("ledger_1"));

    Got sent = next();
    assertThat(sent.id()).isEqualTo("ledger_1");
    assertThat(sent.timestamp()).isEqualTo("1778051289");
    assertThat(sent.type()).isEqualTo("application/json");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
    mac.update("ledger_1.1778051289.".getBytes(StandardCharsets.US_ASCII));
    assertThat(sent.signature())
        .isEqualTo(
            "v1,"
                + Base64.getEncoder()
                    .encodeToString(mac.doFinal(sent.body().getBytes(StandardCharsets.UTF_8))));
    assertThat(sent.json().path("type").stringValue()).isEqualTo("banyan.rollback");
    assertThat(sent.json().path("timestamp").stringValue()).isEqualTo("2026-05-06T07:08:09.500Z");
    assertThat(sent.json().path("data").path("family").stringValue()).isEqualTo("users");
    assertThat(sent.json().path("data").path("epoch").longValue()).isEqualTo(7);
    awaitCounts(1, 0, 0);
  }

  /// The example of the specification's own libraries.
  @Test
  void signsTheKnownVector() {
    byte[] body = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);

    assertThat(
            SigningKey.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                .signature("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void tellsAChatInASentenceThatCallsNobody() throws Exception {
    notifier.adopt(
        List.of(
            new Target(
                url("/T0/B1"), null, Target.Format.SLACK, Set.of(Topic.ROLLBACK), Set.of())));

    notifier.tell(notification("ledger_1"));

    Got sent = next();
    assertThat(sent.signature()).isNull();
    assertThat(sent.json().toString())
        .isEqualTo(
            "{\"text\":\"users was rolled back to shadow by ann: &lt;!channel&gt; &amp; more\"}");
  }

  @Test
  void tellsOnlyWhatIsWanted() throws Exception {
    SigningKey key = SigningKey.of(SECRET);
    Set<Topic> alarms = Set.of(Topic.ALARM);
    notifier.adopt(
        List.of(
            new Target(url("/a"), key, Target.Format.JSON, alarms, Set.of()),
            new Target(
                url("/b"), key, Target.Format.JSON, Set.of(Topic.ROLLBACK), Set.of("orders"))));
    notifier.tell(notification("other topic, other family"));
    notifier.tell(
        Notification.of("head", Topic.ROLLBACK, NOW, null, "of no family alone", Map.of()));
    notifier.tell(Notification.of("alarm", Topic.ALARM, NOW, null, "an alarm", Map.of()));
    notifier.tell(Notification.of("back", Topic.ROLLBACK, NOW, "orders", "orders", Map.of()));

    assertThat(List.of(next().id(), next().id())).containsExactlyInAnyOrder("alarm", "back");
    assertThat(got).isEmpty();
  }

  @Test
  void triesAgainFourteenTimesWithinAnHourAndThenGivesUp() throws Exception {
    receiver = exchange -> status(exchange, 503);
    notifier.adopt(List.of(signed()));

    notifier.tell(notification("ledger_1"));
    awaitCounts(0, 1, 0);

    assertThat(got).hasSize(14).allMatch(each -> "ledger_1".equals(each.id()));
    assertThat(waits).hasSize(13).isSorted();
    assertThat(waits.getFirst()).isEqualTo(Duration.ofSeconds(3));
    assertThat(waits.getLast()).isEqualTo(Duration.ofMinutes(5));
    assertThat(waits.stream().reduce(Duration.ZERO, Duration::plus))
        .isBetween(Duration.ofMinutes(40), Duration.ofMinutes(60));
  }

  @Test
  void goesOnWithTheNextOnceOneIsTaken() throws Exception {
    receiver = exchange -> status(exchange, got.size() < 3 ? 500 : 204);
    notifier.adopt(List.of(signed()));

    notifier.tell(notification("one"));
    notifier.tell(notification("two"));
    awaitCounts(2, 0, 0);

    assertThat(got).extracting(Got::id).containsExactly("one", "one", "one", "two");
  }

  @Test
  void whatIsRefusedIsNotSentAgain() {
    receiver =
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          status(exchange, List.of(400, 404, 410, 301, 307).get(got.size() - 1));
        };
    notifier.adopt(List.of(signed()));

    IntStream.range(0, 5).forEach(i -> notifier.tell(notification("n" + i)));
    awaitCounts(0, 5, 0);

    assertThat(got).hasSize(5);
    assertThat(waits).isEmpty();
  }

  @Test
  void waitsAsLongAsItIsAskedToWithinABound() {
    List<String> asked = List.of("100", "99999", "Wed, 06 May 2026 07:09:49 GMT", "soon", "0");
    receiver =
        exchange -> {
          int already = got.size() - 1;
          if (already == asked.size()) {
            status(exchange, 200);
            return;
          }
          exchange.getResponseHeaders().add("Retry-After", asked.get(already));
          status(exchange, already % 2 == 0 ? 429 : 503);
        };
    notifier.adopt(List.of(signed()));

    notifier.tell(notification("one"));
    awaitCounts(1, 0, 0);

    assertThat(waits)
        .containsExactly(
            Duration.ofSeconds(100),
            Retries.LONGEST,
            Duration.ofMillis(99_500),
            Duration.ofSeconds(81),
            Duration.ofSeconds(243));
  }

  @Test
  void aReceiverThatHangsOrTricklesIsGivenUpInTime() throws Exception {
    notifier.close();
    notifier = notifier(SHORT);
    receiver =
        exchange -> {
          if (got.size() == 1) {
            over.await();
          } else if (got.size() == 2) {
            exchange.sendResponseHeaders(200, 1 << 20);
            exchange.getResponseBody().write(1);
            exchange.getResponseBody().flush();
            over.await();
          } else {
            status(exchange, 200);
          }
        };
    notifier.adopt(List.of(signed()));

    notifier.tell(notification("one"));
    awaitCounts(1, 0, 0);

    assertThat(got).hasSize(3);
  }

  @Test
  void nobodyListening() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    notifier.adopt(
        List.of(
            new Target(
                URI.create("http://127.0.0.1:" + port + "/secret-path"),
                null,
                Target.Format.SLACK,
                Set.of(Topic.values()),
                Set.of())));

    List<Notifier.Tried> tried = notifier.test("test_1");

    assertThat(tried).hasSize(1);
    assertThat(tried.getFirst().answer()).isInstanceOf(Answer.Failed.class);
    assertThat(tried.toString()).doesNotContain("secret-path");
  }

  @Test
  void theCallerNeverWaitsAndTheOldestGoWhenTooManyWait() throws Exception {
    CountDownLatch hung = new CountDownLatch(1);
    receiver =
        exchange -> {
          hung.countDown();
          over.await();
        };
    notifier.adopt(List.of(signed()));
    notifier.tell(notification("hangs"));
    hung.await();

    for (int i = 0; i < Delivery.WAITING + 250; i++) {
      notifier.tell(notification("n" + i));
    }

    assertThat(notifier.counts())
        .containsExactly(new Notifier.Counts(signed().name(), 0, 0, 250, Delivery.WAITING));
    receiver = exchange -> status(exchange, 200);
    got.clear();
    over.countDown();
    // The one that hung got no proper answer and is sent again first.
    List<String> ids = new ArrayList<>();
    while (ids.size() < Delivery.WAITING + 1) {
      ids.add(next().id());
    }
    assertThat(ids).startsWith("hangs", "n250").endsWith("n1249");
  }

  @Test
  void keepsWhatWaitsForATargetThatStaysAndForgetsOneThatGoes() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    pause =
        time -> {
          waiting.countDown();
          over.await();
        };
    receiver = exchange -> status(exchange, 503);
    notifier.adopt(List.of(signed()));
    notifier.tell(notification("one"));
    notifier.tell(notification("two"));
    waiting.await();

    notifier.adopt(List.of(signed()));
    assertThat(notifier.counts().getFirst().waiting()).isEqualTo(1);

    notifier.adopt(List.of());
    assertThat(notifier.counts()).isEmpty();
    assertThat(got).hasSize(1);
  }

  @Test
  void aTestAsksEveryTargetOnceAndSaysWhatEachAnswered() throws Exception {
    receiver =
        exchange -> status(exchange, exchange.getRequestURI().getPath().equals("/a") ? 200 : 404);
    Set<Topic> none = Set.of(Topic.PHASE);
    notifier.adopt(
        List.of(
            new Target(url("/a"), SigningKey.of(SECRET), Target.Format.JSON, none, Set.of()),
            new Target(url("/b"), null, Target.Format.SLACK, none, Set.of("users"))));

    assertThat(notifier.test("test_1"))
        .containsExactly(
            new Notifier.Tried(signed().name(), Target.Format.JSON, new Answer.Taken(200)),
            new Notifier.Tried(signed().name(), Target.Format.SLACK, new Answer.Refused(404)));
    assertThat(got).hasSize(2);
  }

  @Test
  void nothingSecretIsInWhatIsShown() {
    Target target = signed();

    assertThat(target + " " + target.key() + " " + notifier.counts())
        .doesNotContain("/hook")
        .doesNotContain("0123456789")
        .doesNotContain(SECRET);
  }
}
