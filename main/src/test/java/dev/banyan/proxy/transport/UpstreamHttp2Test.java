package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.proxy.GatewayLevels;
import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions.Protocol;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // what goes over the wire ends its lines with CRLF
class UpstreamHttp2Test {
  /// The number of a connection's first stream, as Netty gives it.
  private static final int FIRST = 3;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T opened(T one) {
    open.add(one);
    return one;
  }

  private Http2Backend backend(Http2Backend.Script script) {
    return opened(new Http2Backend(script));
  }

  private Http2Backend backend(Http2Settings settings, Http2Backend.Script script) {
    return opened(new Http2Backend(script, settings, null));
  }

  private Rig before(Http2Backend backend) {
    return opened(new Rig.Builder().service(backend.as("legacy").build()).start());
  }

  private Client client(Rig rig) throws IOException {
    return opened(rig.client());
  }

  private static GatewayLevels.Pool levels(Rig rig) {
    return Objects.requireNonNull(rig.gateway.levels().pools().get("legacy"));
  }

  /// Answers what is whole, and leaves alone what is not.
  private static Http2Backend.Script whole(Http2Backend.Script script) {
    return call -> {
      if (call.whole) {
        script.come(call);
      }
    };
  }

  @Test
  void translatesTheHeadBothWays() throws Exception {
    Http2Backend backend =
        backend(call -> {
          call.head(201, false, "x-answer", "1", "set-cookie", "a=1", "set-cookie", "b=2");
          call.data("made", true);
        });
    Rig rig = before(backend);
    Message head =
        client(rig)
            .get(
                "/a%2F?b=%20", "X-Mixed-Case: v", "Connection: X-Secret", "X-Secret: 1", "TE: gzip")
            .head();

    assertThat(head.startLine()).isEqualTo("HTTP/1.1 201 Created");
    assertThat(head.header("x-answer")).isEqualTo("1");
    assertThat(head.all("set-cookie")).containsExactly("a=1", "b=2");
    assertThat(head.header("via")).isEqualTo("2 banyan");
    assertThat(head.header("transfer-encoding")).isEqualTo("chunked");
    assertThat(head.answerText()).isEqualTo("made");
    Http2Backend.Call call = backend.calls.getFirst();
    assertThat(call.path()).isEqualTo("/a%2F?b=%20");
    assertThat(call.header(":method")).isEqualTo("GET");
    assertThat(call.header(":scheme")).isEqualTo("http");
    assertThat(call.header(":authority")).isEqualTo("shop");
    assertThat(call.header("x-mixed-case")).isEqualTo("v");
    for (String name : List.of("connection", "host", "x-secret", "te", "transfer-encoding")) {
      assertThat(call.headers.contains(name)).as(name).isFalse();
    }
    assertThat(call.body).isEmpty();
  }

  @Test
  void carriesManyRequestsAtOnceOnOneConnection() throws Exception {
    List<Http2Backend.Call> waiting = new CopyOnWriteArrayList<>();
    Http2Backend backend = backend(waiting::add);
    Rig rig = before(backend);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      clients.add(client(rig).get("/" + i));
    }
    Rig.until(() -> waiting.size() == 20);
    for (Http2Backend.Call call : waiting.reversed()) {
      call.context.executor().execute(() -> call.ok("at " + call.path()));
    }
    for (int i = 0; i < 20; i++) {
      assertThat(clients.get(i).answer()).isEqualTo("200 at /" + i);
    }
    assertThat(backend.accepted).hasValue(1);
  }

  @Test
  void opensAnotherConnectionWhenTheStreamsOfOneAreTakenAndThenLetsRequestsWait() throws Exception {
    List<Http2Backend.Call> waiting = new CopyOnWriteArrayList<>();
    Http2Backend backend = backend(new Http2Settings().maxConcurrentStreams(2), waiting::add);
    Rig rig =
        opened(
            new Rig.Builder()
                .service(backend.as("legacy").connections(2).queue(1).build())
                .start());
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int known = i + 1;
      clients.add(client(rig).get("/" + i));
      Rig.until(() -> waiting.size() == known);
    }
    assertThat(backend.accepted).hasValue(2);
    Client queued = client(rig).get("/queued");
    Rig.until(() -> levels(rig).waiting() == 1);
    assertThat(client(rig).get("/refused").answer()).startsWith("503 ").contains("pool-exhausted");
    assertThat(rig.ends).contains("limit queue");

    Http2Backend.Call first = waiting.getFirst();
    first.context.executor().execute(() -> first.ok("first"));
    assertThat(clients.getFirst().answer()).isEqualTo("200 first");
    Rig.until(() -> waiting.size() == 5);
    Http2Backend.Call last = waiting.getLast();
    last.context.executor().execute(() -> last.ok("waited"));
    assertThat(queued.answer()).isEqualTo("200 waited");
    assertThat(backend.accepted).hasValue(2);
  }

  @Test
  void makesAsManyConnectionsAsABurstNeedsThoughOneWasExpectedToDo() throws Exception {
    Http2Backend backend = backend(new Http2Settings().maxConcurrentStreams(1), call -> {});
    Rig rig = before(backend);
    for (int i = 0; i < 5; i++) {
      client(rig).get("/" + i);
    }
    Rig.until(() -> backend.calls.size() == 5);
    assertThat(backend.accepted).hasValue(5);
  }

  @Test
  void asksAgainOnTheOnlyConnectionThereMayBe() throws Exception {
    AtomicInteger turn = new AtomicInteger();
    Http2Backend backend =
        backend(call -> {
          if (turn.incrementAndGet() == 1) {
            call.reset(Http2Error.REFUSED_STREAM);
          } else {
            call.ok("second");
          }
        });
    Rig rig =
        opened(new Rig.Builder().service(backend.as("legacy").connections(1).build()).start());
    assertThat(client(rig).get("/a").answer()).isEqualTo("200 second");
    assertThat(backend.accepted).hasValue(1);
  }

  @Test
  void followsWhenTheBackendAllowsMoreStreams() throws Exception {
    List<Http2Backend.Call> waiting = new CopyOnWriteArrayList<>();
    Http2Backend backend = backend(new Http2Settings().maxConcurrentStreams(1), waiting::add);
    Rig rig =
        opened(new Rig.Builder().service(backend.as("legacy").connections(1).build()).start());
    client(rig).get("/first");
    Rig.until(() -> waiting.size() == 1);
    Client second = client(rig).get("/second");
    Rig.until(() -> levels(rig).waiting() == 1);
    Http2Backend.Call first = waiting.getFirst();
    first
        .context
        .executor()
        .execute(() -> first.settings(new Http2Settings().maxConcurrentStreams(5)));
    Rig.until(() -> waiting.size() == 2);
    Http2Backend.Call other = waiting.getLast();
    other.context.executor().execute(() -> other.ok("more"));
    assertThat(second.answer()).isEqualTo("200 more");
  }

  @Test
  void passesGrpcWithTrailersBothWays() throws Exception {
    Http2Backend backend =
        backend(
            whole(call -> {
              call.head(200, false, "content-type", "application/grpc");
              call.data("answer to " + call.body, false);
              call.trailers("grpc-status", "0", "grpc-message", "fine");
            }));
    Rig rig = before(backend);
    Client client =
        client(rig)
            .send(
                "POST /shop.Carts/Add HTTP/1.1\r\nHost: shop\r\nTE: trailers\r\n"
                    + "Content-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nask\r\n0\r\nX-Checksum: 7\r\n\r\n");
    Message head = client.head();
    assertThat(head.header("content-type")).isEqualTo("application/grpc");
    String rest = "";
    while (!rest.endsWith("\r\n\r\n")) {
      rest += (char) client.in.read();
    }
    assertThat(rest)
        .isEqualTo("d\r\nanswer to ask\r\n0\r\ngrpc-status: 0\r\ngrpc-message: fine\r\n\r\n");
    Http2Backend.Call call = backend.calls.getFirst();
    assertThat(call.header("te")).isEqualTo("trailers");
    assertThat(call.trailers).isNotNull();
    assertThat(String.valueOf(call.trailers)).contains("x-checksum: 7");
  }

  @Test
  void passesInterimAnswersAndTheBodyThatWaitsForThem() throws Exception {
    Http2Backend backend =
        backend(call -> {
          if (call.whole) {
            call.ok("got " + call.body);
          } else {
            call.head(100, false);
          }
        });
    Client client =
        client(before(backend))
            .request("POST", "/f/x", "Content-Length: 4", "Expect: 100-continue");
    assertThat(client.head().status()).isEqualTo(100);
    client.send("body");
    assertThat(client.answer()).isEqualTo("200 got body");
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    Http2Backend backend = backend(call -> call.head(200, true, "content-length", "1000"));
    Client client = client(before(backend));
    Message head = client.request("HEAD", "/a").head();
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("content-length")).isEqualTo("1000");
    assertThat(client.request("HEAD", "/b").head().status()).isEqualTo(200);
  }

  @Test
  void refusesAnswersThatAreNotHttp() throws Exception {
    List<Http2Backend.Script> broken =
        List.of(
            call -> call.head(200, true, "content-length", "5"),
            call -> call.head(101, false),
            call -> call.head(200, false, "connection", "close"),
            call -> call.head(200, true, "x-split", "a\r\nX-Other: b"),
            call -> call.head(200, false, "content-length", "5", "content-length", "6"),
            call -> call.head(200, true, "x-long", "x".repeat(70_000)));
    AtomicInteger turn = new AtomicInteger();
    Rig rig = before(backend(call -> broken.get(turn.get()).come(call)));
    for (int i = 0; i < broken.size(); i++) {
      turn.set(i);
      assertThat(client(rig).get("/" + i).answer())
          .as("answer %d", i)
          .startsWith("502 ")
          .contains("backend-protocol");
    }
  }

  @Test
  void breaksOffAnAnswerOfAnotherLengthThanItSays() throws Exception {
    Http2Backend backend =
        backend(call -> {
          call.head(200, false, "content-length", "10");
          call.data("short", true);
        });
    Rig rig = before(backend);
    Client client = client(rig).get("/a");
    // The head and the end come in one read, or in two: an error of the gateway's own, or a cut.
    try {
      assertThat(client.answer()).startsWith("502 ");
    } catch (IOException e) {
      assertThat(e).isNotNull();
    }
    Rig.until(() -> rig.outcomes.contains("legacy PROTOCOL"));
  }

  @Test
  void sendsAnyRequestAgainThatTheBackendRefusedToLookAt() throws Exception {
    AtomicInteger turn = new AtomicInteger();
    Http2Backend backend =
        backend(call -> {
          if (turn.incrementAndGet() == 1) {
            call.reset(Http2Error.REFUSED_STREAM);
          } else {
            call.ok("second");
          }
        });
    Rig rig = before(backend);
    assertThat(client(rig).get("/a").answer()).isEqualTo("200 second");
    assertThat(turn).hasValue(2);
  }

  @Test
  void saysThatNothingWasProcessedAfterARefusedStreamOnly() throws Exception {
    AtomicInteger turn = new AtomicInteger();
    Http2Backend backend =
        backend(
            whole(call ->
                call.reset(
                    turn.incrementAndGet() == 1
                        ? Http2Error.INTERNAL_ERROR
                        : Http2Error.REFUSED_STREAM)));
    Rig rig = before(backend);
    assertThat(client(rig).post("/a", "x").answer()).startsWith("502 ").contains("backend-reset");
    assertThat(client(rig).post("/b", "x").answer()).startsWith("502 ").contains("backend-reset");
    assertThat(rig.details.get(0)).startsWith("UNANSWERED").contains("INTERNAL_ERROR");
    assertThat(rig.details.get(1)).startsWith("UNSENT").contains("REFUSED_STREAM");
  }

  @Test
  void finishesWhatIsBelowAGoAwayWhileNewRequestsGoToAnotherConnection() throws Exception {
    List<Http2Backend.Call> calls = new CopyOnWriteArrayList<>();
    Http2Backend backend = backend(calls::add);
    Rig rig = before(backend);
    Client below = client(rig).get("/below");
    Rig.until(() -> calls.size() == 1);
    Http2Backend.Call first = calls.getFirst();
    first.context.executor().execute(first::goAwayBefore);
    Rig.until(() -> levels(rig).open() == 0);

    Client next = client(rig).get("/next");
    Rig.until(() -> calls.size() == 2);
    assertThat(backend.accepted).hasValue(2);
    first.context.executor().execute(() -> first.ok("below"));
    assertThat(below.answer()).isEqualTo("200 below");
    Rig.until(() -> backend.ended.get() == 1);
    Http2Backend.Call second = calls.getLast();
    second.context.executor().execute(() -> second.ok("next"));
    assertThat(next.answer()).isEqualTo("200 next");
  }

  @Test
  void sendsAgainWhatIsAboveTheLastStreamOfAGoAwayAndNothingElse() throws Exception {
    Http2Backend backend =
        backend(call -> {
          if (call.path().equals("/c") && call.stream.id() == FIRST) {
            call.ok("on another connection");
          }
        });
    Rig rig = before(backend);
    Client a = client(rig).get("/a");
    Rig.until(() -> backend.calls.size() == 1);
    Client b = client(rig).post("/b", "x");
    Rig.until(() -> backend.calls.size() == 2);
    Client c = client(rig).get("/c");
    Rig.until(() -> backend.calls.size() == 3);
    Http2Backend.Call first = backend.calls.getFirst();
    first.context.executor().execute(() -> first.goAwayAfter(FIRST));

    assertThat(c.answer()).isEqualTo("200 on another connection");
    assertThat(b.answer()).startsWith("502 ");
    assertThat(rig.details).singleElement().asString().startsWith("UNSENT");
    first.context.executor().execute(() -> first.ok("finished"));
    assertThat(a.answer()).isEqualTo("200 finished");
  }

  @Test
  void failsAllStreamsOfALostConnectionAndMakesAnother() throws Exception {
    Http2Backend backend =
        backend(call -> {
          if (call.path().equals("/again")) {
            call.ok("again");
          }
        });
    List<Http2Backend.Call> calls = backend.calls;
    Rig rig = before(backend);
    Client one = client(rig).post("/one", "x");
    Client two = client(rig).post("/two", "x");
    Rig.until(() -> calls.stream().filter(call -> call.whole).count() == 2);
    calls.getFirst().context.executor().execute(() -> calls.getFirst().closeConnection());
    assertThat(one.answer()).startsWith("502 ").contains("backend-reset");
    assertThat(two.answer()).startsWith("502 ").contains("backend-reset");
    assertThat(rig.details).allMatch(detail -> detail.startsWith("UNANSWERED"));
    assertThat(client(rig).get("/again").answer()).isEqualTo("200 again");
  }

  @Test
  void failsWhoWaitsWhereTheBackendDoesNotSpeakHttp2() throws Exception {
    Backend.Script refusing =
        (request, connection) -> {
          connection.send("HTTP/1.1 400 X\r\nContent-Length: 0\r\n\r\n");
          connection.socket.close();
        };
    try (Backend old = new Backend(refusing)) {
      Rig rig =
          opened(
              new Rig.Builder()
                  .service(
                      ServiceBuilder.service("legacy", old.port())
                          .speaking(Protocol.H2C)
                          .connectTimeout(Duration.ofSeconds(1))
                          .build())
                  .start());
      assertThat(client(rig).get("/a").answer()).startsWith("502 ").contains("backend-unreachable");
      assertThat(rig.details).singleElement().asString().startsWith("UNSENT");
    }
  }

  @Test
  void movesLargeBodiesBothWaysWhileASlowClientHoldsUpNobody() throws Exception {
    String large = "0123456789".repeat(300_000);
    Http2Backend backend =
        backend(
            whole(call -> {
              if (call.path().equals("/size")) {
                call.ok("" + call.body.length());
              } else {
                call.ok(large);
              }
            }));
    Rig rig = before(backend);
    Client slow = client(rig).get("/slow"); // reads nothing for now
    Rig.until(() -> !backend.calls.isEmpty());
    assertThat(client(rig).get("/quick").answer()).hasSize(large.length() + 4);
    assertThat(client(rig).post("/size", large).answer()).isEqualTo("200 " + large.length());
    assertThat(slow.answer()).isEqualTo("200 " + large);
    assertThat(backend.accepted).hasValue(1);
  }

  @Test
  void resetsTheStreamOfAClientThatLeaves() throws Exception {
    Http2Backend backend = backend(call -> call.head(200, false));
    Rig rig = before(backend);
    Client client = client(rig).get("/a");
    assertThat(client.head().status()).isEqualTo(200);
    client.close();
    Rig.until(() -> backend.calls.getFirst().reset);
    assertThat(backend.ended).hasValue(0);
  }

  @Test
  void fallsBackToTheLegacyAndHoldsTheAnswerOfTheCandidate() throws Exception {
    Http2Backend candidate = backend(call -> call.head(500, true));
    try (Backend legacy = Backend.echoing("legacy")) {
      Rig rig =
          opened(
              Rig.legacyAt(legacy)
                  .service(candidate.as("candidate").build())
                  .in(new Phase.Reads())
                  .start());
      assertThat(client(rig).get("/f/a").answer()).isEqualTo("200 legacy /f/a");
      assertThat(rig.outcomes).containsExactly("candidate 500", "legacy 200 fallback");
    }
  }

  @Test
  void carriesSecondLegs() throws Exception {
    Http2Backend backend = backend(whole(call -> call.ok("got " + call.body)));
    Services services = new Services(Map.of("candidate", backend.as("candidate").build()));
    SecondLegClient client = opened(new SecondLegClient(services, System::nanoTime, Runnable::run));
    CompletableFuture<String> told = new CompletableFuture<>();
    Body body = Body.of("ask".getBytes(StandardCharsets.ISO_8859_1));
    client.send(
        "candidate",
        new Request("POST", "/f/x", new Headers(List.of(new Headers.Field("Host", "shop"))), body),
        Side.CANDIDATE,
        Duration.ofSeconds(15),
        bytes -> true,
        leg -> told.complete(text(leg)));
    assertThat(told.get(15, TimeUnit.SECONDS)).isEqualTo("200 got ask");
    assertThat(backend.calls.getFirst().header(":authority")).isEqualTo("shop");
  }

  private static String text(Leg leg) {
    if (leg instanceof Leg.Answered answered) {
      Body body = answered.response().body();
      String text = new String(body.toByteArray(), StandardCharsets.ISO_8859_1);
      body.release();
      return answered.response().status() + " " + text;
    }
    return leg.toString();
  }
}
