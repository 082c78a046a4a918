package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // what goes over the wire ends its lines with CRLF
class UpstreamHttp2Test {
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

  private Rig before(Http2Backend backend) {
    return opened(new Rig.Builder().service(backend.as("legacy").build()).start());
  }

  private Client client(Rig rig) throws IOException {
    return opened(rig.client());
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
    SecondLegClient client =
        opened(new SecondLegClient(services, System::nanoTime, Runnable::run, () -> {}));
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
