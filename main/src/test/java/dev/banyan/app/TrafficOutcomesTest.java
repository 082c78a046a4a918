package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import dev.banyan.proxy.AfterWrites;
import dev.banyan.proxy.Freshness;
import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.RefusedRequest;
import dev.banyan.proxy.RequestEnd;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.proxy.Tee;
import dev.banyan.proxy.WriteCare;
import dev.banyan.proxy.transport.Gateway;
import dev.banyan.proxy.transport.Services;
import dev.banyan.routing.Decision;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.RouteSpec;
import dev.banyan.routing.RoutingTable;
import dev.banyan.routing.Sticky;
import dev.banyan.telemetry.AccessLine;
import dev.banyan.telemetry.AccessQueue;
import dev.banyan.telemetry.RequestMeter;
import dev.banyan.telemetry.Scrape;
import dev.banyan.telemetry.TrafficMeter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is counted and logged of real requests through a real gateway. The candidate has all of the
/// family `users`.
class TrafficOutcomesTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final RequestMeter requests = new RequestMeter();
  private final AccessQueue log = new AccessQueue(64);
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch answers = new CountDownLatch(1);
  private HttpServer legacy;
  private HttpServer candidate;
  private Gateway gateway;

  @BeforeEach
  void start() throws IOException {
    legacy = backend();
    candidate = backend();
    Map<String, ServiceOptions> services =
        Map.of(
            "legacy", service("legacy", legacy.getAddress().getPort()),
            "users", service("users", candidate.getAddress().getPort()),
            "dead", service("dead", deadPort()));
    gateway =
        Gateway.start(
            GatewayOptions.on(ANY_PORT, 1),
            new Gateway.Ports(
                new LiveTable(table()),
                new Services(services),
                outcomes(log),
                Tee.NONE,
                new SafetyNet(SafetyNet.Options.DEFAULTS),
                new WriteCare(
                    new AfterWrites(
                        Freshness.UNKNOWN,
                        new byte[32],
                        "p",
                        System::nanoTime,
                        InstantSource.system()),
                    _ -> {}),
                System::nanoTime,
                () -> ThreadLocalRandom.current().nextLong(),
                Runnable::run));
  }

  private TrafficOutcomes outcomes(@Nullable AccessQueue queue) {
    FailureLog failures = new FailureLog(System::nanoTime, Runnable::run);
    return new TrafficOutcomes(
        new TrafficMeter(), requests, failures, queue, InstantSource.system());
  }

  private static RoutingTable table() {
    return RoutingTable.compile(
        "legacy",
        List.of(family("users", "users", "/users/{id}"), family("lost", "dead", "/lost/**")));
  }

  private static FamilyRoutes family(String name, String candidate, String route) {
    return new FamilyRoutes(
        name,
        "legacy",
        candidate,
        new Sticky.Ip(),
        true,
        List.of(RouteSpec.parse(route, null)),
        new Phase.Writes(Weight.FULL),
        7);
  }

  private static ServiceOptions service(String name, int port) {
    return ServiceBuilder.service(name, port).connections(16).build();
  }

  private static int deadPort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  /// Answers `hello` to everything, but for a few paths.
  private HttpServer backend() throws IOException {
    HttpServer server = HttpServer.create(ANY_PORT, 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          String path = exchange.getRequestURI().getPath();
          if (path.endsWith("/slow")) {
            asked.countDown();
            try {
              answers.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
          boolean ill = path.endsWith("/ill") && server.equals(candidate);
          byte[] body = "hello".getBytes(StandardCharsets.US_ASCII);
          exchange.sendResponseHeaders(ill ? 503 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  @AfterEach
  void stop() {
    answers.countDown();
    gateway.close();
    legacy.stop(0);
    candidate.stop(0);
  }

  private String ask(String request) throws IOException {
    try (Socket socket = new Socket(gateway.address().getAddress(), gateway.address().getPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private String get(String target) throws IOException {
    return ask("GET " + target + " HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n");
  }

  private String post(String target) throws IOException {
    return ask(
        "POST "
            + target
            + " HTTP/1.1\r\nHost: shop\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc");
  }

  private AccessLine line() throws InterruptedException {
    AccessLine line = log.poll();
    for (int i = 0; line == null && i < 3_000; i++) {
      Thread.sleep(5);
      line = log.poll();
    }
    return Objects.requireNonNull(line, "no line came");
  }

  private static AccessLine.Failure failure(AccessLine line) {
    return Objects.requireNonNull(line.failure(), "no failure in the line");
  }

  /// Every line of Banyan's own counters, without buckets and sums.
  private List<String> counted(String metric) {
    try (Scrape scrape = new Scrape(requests, List.of())) {
      return scrape.text().lines().filter(line -> line.startsWith(metric + "{")).sorted().toList();
    }
  }

  @Test
  void requestsAreCountedExactlyAndNeverByTheirPath() throws Exception {
    for (int i = 0; i < 3; i++) {
      get("/users/" + i + "?token=secret" + i);
    }
    get("/else/where/" + System.nanoTime());
    get("/no/such");
    ask("BREW /pot HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n");
    ask("GET / HTTP/1.1\r\n\r\n");

    assertThat(counted("banyan_requests_total"))
        .containsExactly(
            "banyan_requests_total{family=\"(none)\",method=\"*\",route=\"/**\",side=\"legacy\","
                + "status=\"2xx\"} 1.0",
            "banyan_requests_total{family=\"(none)\",method=\"GET\",route=\"/**\",side=\"legacy\","
                + "status=\"2xx\"} 2.0",
            "banyan_requests_total{family=\"users\",method=\"GET\",route=\"/users/{id}\","
                + "side=\"candidate\",status=\"2xx\"} 3.0");
    assertThat(counted("banyan_requests_refused_total"))
        .containsExactly("banyan_requests_refused_total{kind=\"bad-request\"} 1.0");
    assertThat(counted("banyan_legs_total"))
        .containsExactly(
            "banyan_legs_total{family=\"(none)\",result=\"2xx\",side=\"legacy\"} 3.0",
            "banyan_legs_total{family=\"users\",result=\"2xx\",side=\"candidate\"} 3.0");
    assertThat(counted("banyan_request_duration_seconds_count"))
        .containsExactly(
            "banyan_request_duration_seconds_count{family=\"(none)\",side=\"legacy\","
                + "status=\"2xx\"} 3",
            "banyan_request_duration_seconds_count{family=\"users\",side=\"candidate\","
                + "status=\"2xx\"} 3");
  }

  @Test
  void aLineTellsOfAnAnsweredRequestWithoutItsQuery() throws Exception {
    ask(
        """
        GET /users/1?token=secret HTTP/1.1\r
        Host: shop\r
        X-Request-Id: mine\r
        traceparent: 00-0123456789abcdef0123456789abcdef-0123456789abcdef-01\r
        Connection: close\r
        \r
        """);

    AccessLine line = line();
    assertThat(line.id()).isEqualTo("mine");
    assertThat(line.trace()).isEqualTo("0123456789abcdef0123456789abcdef");
    assertThat(line.path()).isEqualTo("/users/1");
    assertThat(line.route()).isEqualTo("/users/{id}");
    assertThat(line.family()).isEqualTo("users");
    assertThat(line.side()).isEqualTo("candidate");
    assertThat(line.epoch()).isEqualTo(7);
    assertThat(line.end()).isEqualTo("answered");
    assertThat(line.status()).isEqualTo(200);
    assertThat(line.bytesOut()).isEqualTo(5);
    assertThat(line.waited()).isPositive();
    assertThat(line.headTook()).isPositive();
    assertThat(line.took()).isGreaterThanOrEqualTo(line.waited() + line.headTook());
    assertThat(line.fallback()).isFalse();
    assertThat(line.failure()).isNull();
  }

  @Test
  void aBackendThatCanNotBeReachedIsNamedToTheOperator() throws Exception {
    assertThat(post("/lost/1")).startsWith("HTTP/1.1 502 ");

    AccessLine line = line();
    assertThat(line.status()).isEqualTo(502);
    assertThat(line.side()).isEqualTo("candidate");
    assertThat(line.bytesOut()).isPositive();
    assertThat(failure(line).kind()).isEqualTo("backend-unreachable");
    assertThat(failure(line).detail()).contains("dead at http://127.0.0.1:").contains("refused");
    assertThat(counted("banyan_legs_total"))
        .containsExactly(
            "banyan_legs_total{family=\"lost\",result=\"backend-unreachable\","
                + "side=\"candidate\"} 1.0");
  }

  @Test
  void aFallbackIsCountedAndTellsWhatItStoodInFor() throws Exception {
    assertThat(get("/lost/1")).startsWith("HTTP/1.1 200 ");
    AccessLine unreached = line();
    assertThat(unreached.side()).isEqualTo("legacy");
    assertThat(unreached.fallback()).isTrue();
    assertThat(failure(unreached).kind()).isEqualTo("backend-unreachable");

    assertThat(get("/users/ill")).startsWith("HTTP/1.1 200 ");
    AccessLine ill = line();
    assertThat(ill.status()).isEqualTo(200);
    assertThat(ill.side()).isEqualTo("legacy");
    assertThat(ill.replaced()).isEqualTo(503);
    assertThat(ill.failure()).isNull();

    assertThat(counted("banyan_fallbacks_total"))
        .containsExactly(
            "banyan_fallbacks_total{family=\"lost\",status=\"2xx\"} 1.0",
            "banyan_fallbacks_total{family=\"users\",status=\"2xx\"} 1.0");
  }

  @Test
  void aClientThatLeavesIsToldOfOnce() throws Exception {
    try (Socket socket = new Socket(gateway.address().getAddress(), gateway.address().getPort())) {
      socket
          .getOutputStream()
          .write("GET /users/slow HTTP/1.1\r\nHost: shop\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      asked.await();
    }

    AccessLine line = line();
    assertThat(line.end()).isEqualTo("client-gone");
    assertThat(line.status()).isZero();
    assertThat(counted("banyan_requests_unfinished_total"))
        .containsExactly(
            "banyan_requests_unfinished_total{family=\"users\",why=\"client-gone\"} 1.0");
    assertThat(counted("banyan_requests_total"))
        .singleElement()
        .asString()
        .contains("status=\"none\"");
    assertThat(log.poll()).isNull();
  }

  @Test
  void aRefusedRequestHasALineToo() throws Exception {
    ask("GET /users/1 HTTP/1.1\r\n\r\n");

    AccessLine line = line();
    assertThat(line.end()).isEqualTo("refused");
    assertThat(line.status()).isEqualTo(400);
    assertThat(line.family()).isNull();
    assertThat(line.path()).isEqualTo("/users/1");
    assertThat(line.failure()).isEqualTo(new AccessLine.Failure("bad-request", "no Host"));
  }

  @Test
  void aBodyThatBreaksHttpEndsItsRequestWithOneLine() throws Exception {
    String answer =
        ask(
            """
            POST /users/1 HTTP/1.1\r
            Host: shop\r
            Transfer-Encoding: chunked\r
            \r
            3\r
            abc\r
            zz\r
            """);

    assertThat(answer).startsWith("HTTP/1.1 400 ");
    AccessLine line = line();
    assertThat(line.status()).isEqualTo(400);
    assertThat(line.bytesIn()).isEqualTo(3);
    assertThat(failure(line).kind()).isEqualTo("bad-request");
    assertThat(log.poll()).isNull();
  }

  @Test
  void countingAllocatesNothingOnceWarm() {
    TrafficOutcomes outcomes = outcomes(null);
    Decision decision = Objects.requireNonNull(table().match("GET", "/users/1")).decide(0);
    Decision unclaimed = Objects.requireNonNull(table().match("GET", "/else")).decide(0);
    // Of no service, because the failure log keeps a tally for each, which is not counting.
    ProxyFailure failure = ProxyFailure.refused(ProxyFailure.Kind.CONNECT, "refused");
    RequestEnd refused = new RefusedRequest("id", "GET", "/", failure);
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    int rounds = 50_000;
    count(outcomes, decision, unclaimed, failure, refused, rounds);

    long before = threads.getCurrentThreadAllocatedBytes();
    count(outcomes, decision, unclaimed, failure, refused, rounds);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    // A single object for each round would be 16 bytes or more.
    assertThat(allocated).isLessThan(rounds);
  }

  private static void count(
      TrafficOutcomes outcomes,
      Decision claimed,
      Decision unclaimed,
      ProxyFailure failure,
      RequestEnd refused,
      int rounds) {
    Decision weighted = WeightedOutcomesTest.weighted(0);
    Ended ended = new Ended(claimed);
    Ended other = new Ended(unclaimed);
    for (int i = 0; i < rounds; i++) {
      long nanos = i * 1_000L;
      outcomes.routed(weighted, i);
      outcomes.answered(weighted, i, Side.CANDIDATE, 200, nanos, false);
      outcomes.answered(claimed, i, Side.CANDIDATE, 200, nanos, false);
      outcomes.failed(claimed, i, Side.CANDIDATE, failure, nanos, false);
      outcomes.abandoned(claimed, i, Side.LEGACY, nanos, true);
      outcomes.answered(unclaimed, 0, Side.LEGACY, 404, nanos, false);
      outcomes.ended(ended);
      outcomes.ended(other);
      outcomes.ended(refused);
    }
  }

  /// A request's end that is always the same.
  private record Ended(Decision decision) implements RequestEnd {
    @Override
    public How how() {
      return How.BROKEN_OFF;
    }

    @Override
    public Side side() {
      return Side.CANDIDATE;
    }

    @Override
    public String id() {
      return "id";
    }

    @Override
    public @Nullable String traceparent() {
      return null;
    }

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String target() {
      return "/users/1";
    }

    @Override
    public int status() {
      return 200;
    }

    @Override
    public long bytesIn() {
      return 0;
    }

    @Override
    public long bytesOut() {
      return 0;
    }

    @Override
    public long waited() {
      return 0;
    }

    @Override
    public long headTook() {
      return 0;
    }

    @Override
    public long took() {
      return 1_234_567;
    }

    @Override
    public boolean fallback() {
      return true;
    }

    @Override
    public int replaced() {
      return 0;
    }

    @Override
    public @Nullable ProxyFailure failure() {
      return null;
    }

    @Override
    public int sent() {
      return 1;
    }
  }
}
