package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What may be offered in place of HTTP, and what a backend may agree to.
@SuppressWarnings("StringConcatToTextBlock") // what goes over the wire ends its lines with CRLF
class UpgradeTest {
  @Test
  void passesTheOfferAndTheAgreementWithTheirFields() throws Exception {
    try (Backend legacy =
            new Backend((request, connection) -> {
              connection.send(
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: upgrade,"
                      + " x-own\r\nX-Own: 1\r\nSec-WebSocket-Accept: abc\r\nKeep-Alive: 5\r\n"
                      + "Content-Length: 7\r\n\r\n");
              TunnelTest.echoBytes(connection);
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.get(
          "/chat",
          "Connection: keep-alive, Upgrade, X-Private",
          "X-Private: 1",
          "TE: trailers",
          "Upgrade: websocket, h2c",
          "Upgrade: TLS/1.2, foo/2",
          "X-Request-Id: mine",
          "Sec-WebSocket-Key: k");
      Message head = client.head();
      assertThat(head.startLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
      assertThat(head.header("upgrade")).isEqualTo("WebSocket");
      assertThat(head.all("connection")).containsExactly("Upgrade");
      assertThat(head.header("sec-websocket-accept")).isEqualTo("abc");
      assertThat(head.header("x-request-id")).isEqualTo("mine");
      assertThat(head.header("via")).isEqualTo("1.1 banyan");
      assertThat(head.header("x-own")).isNull();
      assertThat(head.header("keep-alive")).isNull();
      assertThat(head.header("content-length")).isNull();
      client.send("hello");
      assertThat(TunnelTest.read(client.in, 5)).isEqualTo("hello");
      Message seen = legacy.seen.getFirst();
      assertThat(seen.all("upgrade")).containsExactly("websocket, foo/2");
      assertThat(seen.all("connection")).containsExactly("Upgrade");
      assertThat(seen.header("te")).isNull();
      assertThat(seen.header("x-private")).isNull();
      assertThat(seen.header("sec-websocket-key")).isEqualTo("k");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
            + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: HTTP/2.0, TLS/1.0\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: web socket, ,\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: a\r\nUpgrade: chat\r\n\r\n",
        "GET /x HTTP/1.0\r\nHost: a\r\nConnection: Upgrade, keep-alive\r\nUpgrade: chat\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n"
            + "Content-Length: 3\r\n\r\nabc",
        "POST /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
      })
  void stripsAnOfferThatMustNotBeTaken(String request) throws Exception {
    try (Backend legacy =
            new Backend((message, connection) -> {
              message.requestBody();
              TunnelTest.echo(message, connection);
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.send(request);
      assertThat(client.answer()).isEqualTo("200 plain /x");
      assertThat(legacy.seen.getFirst().header("upgrade")).isNull();
      assertThat(legacy.seen.getFirst().header("connection")).isNull();
      assertThat(client.get("/y").answer()).isEqualTo("200 plain /y");
    }
  }

  @Test
  void takesWhatStandsBehindAnOfferThatIsRefusedForTheNextRequest() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    try (Backend legacy =
            new Backend((request, connection) -> {
              if (request.target().equals("/chat")) {
                TunnelTest.await(answer);
                connection.status(401, "no");
              } else {
                connection.ok(request.target());
              }
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.send(
          "GET /first HTTP/1.1\r\nHost: a\r\n\r\n"
              + "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n"
              + "GET /second HTTP/1.1\r\nHost: a\r\n\r\nGET /th");
      assertThat(client.answer()).isEqualTo("200 /first");
      Rig.until(() -> legacy.seen.size() == 2);
      client.send("ird HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(legacy.seen).hasSize(2); // what the other protocol may begin with is not judged
      answer.countDown();
      assertThat(client.answer()).isEqualTo("401 no");
      assertThat(client.answer()).isEqualTo("200 /second");
      assertThat(client.answer()).isEqualTo("200 /third");
      assertThat(legacy.seen.stream().map(Message::target))
          .containsExactly("/first", "/chat", "/second", "/third");
    }
  }

  @Test
  void refusesWhatIsNeitherARequestNorAnotherProtocol() throws Exception {
    try (Backend legacy = new Backend((_, connection) -> connection.status(426, "no"));
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.send(
          "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n"
              + "\u0081\u0085frame\r\n\r\n");
      assertThat(client.answer()).isEqualTo("426 no");
      assertThat(client.head().status()).isEqualTo(400);
      assertThat(legacy.seen).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat, other\r\nConnection: Upgrade\r\n\r\n"
      })
  void acceptsNoSwitchToSomethingElse(String answer) throws Exception {
    try (Backend legacy = new Backend((_, connection) -> connection.send(answer));
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.get("/chat", "Connection: Upgrade", "Upgrade: chat");
      assertThat(client.head().status()).isEqualTo(502);
    }
  }

  @Test
  void acceptsNoSwitchThatNobodyAskedFor() throws Exception {
    try (Backend legacy =
            new Backend((_, connection) -> connection.send(TunnelTest.AGREED + "bytes"));
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      assertThat(client.get("/chat").head().status()).isEqualTo(502);
    }
  }

  @Test
  void stripsTheOfferTowardsServicesOfHttp2() throws Exception {
    ServiceOptions options =
        ServiceBuilder.service("legacy", Backend.deadPort())
            .speaking(ServiceOptions.Protocol.H2C)
            .build();
    Pools pools =
        new Pools(
            new EmbeddedChannel().eventLoop(),
            new Services(Map.of("legacy", options)),
            Sockets.best(Runnable::run),
            System::nanoTime);
    assertThat(pools.speaksHttp1("legacy")).isFalse();
  }
}
