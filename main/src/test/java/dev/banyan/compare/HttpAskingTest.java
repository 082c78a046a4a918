package dev.banyan.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Side;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpAskingTest {

  /// Answers every connection with fixed bytes and notes what it was sent.
  private static final class Raw implements AutoCloseable {
    private final ServerSocket socket;
    private final List<String> heard = new CopyOnWriteArrayList<>();

    Raw(String answer) throws IOException {
      this(answer, "127.0.0.1");
    }

    Raw(String answer, String address) throws IOException {
      socket = new ServerSocket(0, 50, InetAddress.getByName(address));
      Thread.ofVirtual().start(() -> accept(answer));
    }

    private void accept(String answer) {
      while (!socket.isClosed()) {
        try (Socket client = socket.accept()) {
          heard.add(head(client.getInputStream()));
          client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
          client.getOutputStream().flush();
        } catch (IOException _) {
          // the client, or the test, has gone: that is what some tests do
        }
      }
    }

    private static String head(InputStream in) throws IOException {
      StringBuilder head = new StringBuilder();
      while (!head.toString().endsWith("\r\n\r\n")) {
        int c = in.read();
        if (c < 0) {
          break;
        }
        head.append((char) c);
      }
      int at = head.indexOf("Content-Length: ");
      if (at >= 0) {
        int length = Integer.parseInt(head.substring(at + 16, head.indexOf("\r\n", at)));
        head.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
      }
      return head.toString();
    }

    URI base(String path) {
      return URI.create("http://127.0.0.1:" + socket.getLocalPort() + path);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static Leg ask(URI base, Headers added, Request request) {
    try (HttpAsking asking =
        HttpAsking.of(base, Side.LEGACY, added, Duration.ofSeconds(5), 100, System::nanoTime)) {
      return asking.ask(request);
    }
  }

  private static Request get(String target, String... headers) {
    return new Request("GET", target, Headers.of(headers), Body.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a%2Fb",
        "/a b",
        "/{id}",
        "//twice",
        "/a/../b",
        "/a;v=1?x=%zz&y=[1]",
        "/?q=a+b&q=c|d",
        "/%e4",
        "/a\\b",
        "/x?u=http://y/",
        "/a#b"
      })
  void targetsGoOutByteForByte(String target) throws IOException {
    try (Raw raw = new Raw("HTTP/1.1 204 No\r\n\r\n")) {
      Leg leg = ask(raw.base("/base/"), Headers.NONE, get(target));
      assertThat(leg).isInstanceOf(Leg.Answered.class);
      assertThat(raw.heard.getFirst()).startsWith("GET /base" + target + " HTTP/1.1\r\n");
    }
  }

  @Test
  void headersKeepTheirOrderAndCase() throws IOException {
    try (Raw raw =
        new Raw("HTTP/1.1 200 OK\r\nX-One: 1\r\nx-two: ä\r\nContent-Length: 2\r\n\r\nhi")) {
      Request request =
          new Request(
              "POST",
              "/p",
              Headers.of(
                  "x-LAST",
                  "1",
                  "HOST",
                  "recorded.example",
                  "Connection",
                  "keep-alive",
                  "Accept-Encoding",
                  "gzip, br, zstd",
                  "content-length",
                  "99",
                  "X-Key",
                  "old",
                  "Expect",
                  "100-continue",
                  "A",
                  "ü"),
              Body.of("body".getBytes(StandardCharsets.UTF_8)));
      Leg leg = ask(raw.base(""), Headers.of("x-key", "new", "Extra", "e"), request);
      String authority = raw.base("").getAuthority();
      assertThat(raw.heard.getFirst())
          .isEqualTo(
              "POST /p HTTP/1.1\r\nx-LAST: 1\r\nHOST: "
                  + authority
                  + "\r\nAccept-Encoding: gzip, br\r\ncontent-length: 4\r\nX-Key: new\r\nA: ü\r\n"
                  + "Extra: e\r\n\r\n");
      assertThat(leg)
          .isInstanceOfSatisfying(
              Leg.Answered.class,
              answered -> {
                assertThat(answered.response().headers().fields())
                    .startsWith(new Headers.Field("X-One", "1"), new Headers.Field("x-two", "ä"));
                assertThat(answered.response().body().toByteArray()).asString().isEqualTo("hi");
              });
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nonsense\\r\\n\\r\\n                                          | PROTOCOL
          ''                                                            | RESET
          HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nshort       | RESET
          HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\n | PROTOCOL
          HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n5\\r\\nab | RESET
          HTTP/1.1 200 OK\\r\\nbroken line\\r\\n\\r\\n                  | PROTOCOL
          """)
  void whatIsNoAnswerIsAFailureOfItsKind(String answer, Leg.Failure kind) throws IOException {
    try (Raw raw = new Raw(answer.translateEscapes())) {
      assertThat(ask(raw.base(""), Headers.NONE, get("/")))
          .isInstanceOfSatisfying(
              Leg.Failed.class, failed -> assertThat(failed.failure()).isEqualTo(kind));
    }
  }

  @Test
  void nobodyThereIsAFailureToConnect() throws IOException {
    URI gone;
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      gone = URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
    assertThat(ask(gone, Headers.NONE, get("/")))
        .isInstanceOfSatisfying(
            Leg.Failed.class,
            failed -> assertThat(failed.failure()).isEqualTo(Leg.Failure.CONNECT));
  }

  @Test
  void aLongBodyIsReadOneByteBeyondTheLimit() throws IOException {
    String body = "x".repeat(100_000);
    try (Raw raw = new Raw("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + body)) {
      assertThat(ask(raw.base(""), Headers.NONE, get("/")))
          .isInstanceOfSatisfying(
              Leg.Answered.class,
              answered -> assertThat(answered.response().body().length()).isEqualTo(101));
    }
  }

  @Test
  void anAddressOfIPv6IsAskedUnderItsName() throws IOException {
    try (Raw raw = new Raw("HTTP/1.1 204 No\r\n\r\n", "::1")) {
      String authority = "[::1]:" + raw.socket.getLocalPort();
      Leg leg = ask(URI.create("http://" + authority + "/v1"), Headers.NONE, get("/a"));
      assertThat(leg).isInstanceOf(Leg.Answered.class);
      assertThat(raw.heard.getFirst())
          .isEqualTo("GET /v1/a HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
    }
  }

  @Test
  void aUrlWithAPasswordInItIsRefusedAndNotRepeated() {
    URI base = URI.create("http://ann:hunter2@127.0.0.1:1");
    assertThatThrownBy(() -> ask(base, Headers.NONE, get("/")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void aBodyBehindTheAnswerToHeadIsNotTakenForTheNextAnswer() throws IOException {
    try (Raw raw = new Raw("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody");
        HttpAsking asking =
            HttpAsking.of(
                raw.base(""),
                Side.LEGACY,
                Headers.NONE,
                Duration.ofSeconds(5),
                100,
                System::nanoTime)) {
      Request head = new Request("HEAD", "/", Headers.NONE, Body.EMPTY);
      for (Request request : List.of(head, head, get("/"))) {
        assertThat(asking.ask(request))
            .isInstanceOfSatisfying(
                Leg.Answered.class,
                answered ->
                    assertThat(answered.response().body().length())
                        .isEqualTo(request.method().equals("HEAD") ? 0 : 4));
      }
    }
  }

  @Test
  void redirectsAndCompressionAreLeftAlone() throws IOException {
    try (Raw raw =
        new Raw(
            String.join(
                "\r\n",
                "HTTP/1.1 302 Found",
                "Location: /x",
                "Content-Encoding: gzip",
                "Content-Length: 3",
                "",
                "raw"))) {
      assertThat(ask(raw.base(""), Headers.NONE, get("/")))
          .isInstanceOfSatisfying(
              Leg.Answered.class,
              answered -> {
                assertThat(answered.response().status()).isEqualTo(302);
                assertThat(answered.response().body().toByteArray()).asString().isEqualTo("raw");
              });
      assertThat(raw.heard).hasSize(1);
    }
  }

  @Test
  void lineBreaksAreNotSent() throws IOException {
    try (Raw raw = new Raw("HTTP/1.1 204 No\r\n\r\n")) {
      assertThat(ask(raw.base(""), Headers.NONE, get("/", "X", "a\r\nB: c")))
          .isInstanceOf(Leg.Failed.class);
      assertThat(raw.heard).isEmpty();
    }
  }
}
