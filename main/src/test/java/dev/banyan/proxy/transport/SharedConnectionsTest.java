package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.proxy.GatewayLevels;
import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions.Protocol;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How requests share connections of HTTP/2, and what becomes of them when one is lost.
class SharedConnectionsTest {
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
}
