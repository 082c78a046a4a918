package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Requests of HTTP/2 that would be something else, or more than one, in HTTP/1.1 (RFC 9113 §8.1.1,
/// §8.2.1, §10.3).
class Http2MalformedTest {
  static Stream<List<String>> malformedHeads() {
    return Stream.of(
        fields("x-a", "b\r\nx-evil: 1"),
        fields("x-a", "b\nx-evil: 1"),
        fields("x-a", "b\rc"),
        fields("x-a", "b\0c"),
        fields("x-a", " b"),
        fields("x-a", "b\t"),
        fields("x-a\r\nx-evil", "1"),
        fields("x-a: 1\r\nx-evil", "1"),
        fields("x:a", "1"),
        fields("x a", "1"),
        fields("x-a\0", "1"),
        fields("", "1"),
        fields("X-A", "1"),
        fields("transfer-encoding", "chunked"),
        fields("transfer_encoding", "chunked"),
        fields("connection", "close"),
        fields("keep-alive", "5"),
        fields("proxy-connection", "close"),
        fields("upgrade", "websocket"),
        fields("te", "gzip"),
        fields("content-length", "1"),
        fields("content-length", "0", "content-length", "0"),
        fields("content-length", "+0"),
        fields("content-length", "0, 0"),
        fields("content-length", "99999999999999999999"),
        fields("content_length", "4"),
        fields("host", "other"),
        fields("host", "shop", "host", "shop"),
        fields(":path", "/twice"),
        fields(":unknown", "1"),
        fields(":status", "200"),
        fields("x-a", "1", ":authority", "late"),
        List.of(":method", "GET", ":scheme", "http", ":authority", "shop", ":path", "/f/a b"),
        List.of(":method", "GET", ":scheme", "http", ":authority", "shop"),
        List.of(":method", "GET", ":scheme", "http", ":authority", "shop", ":path", ""),
        List.of(":method", "GET", ":scheme", "http", ":authority", "shop", ":path", "a"),
        List.of(":method", "GET", ":scheme", "http", ":authority", "shop", ":path", "http://a/"),
        List.of(
            ":method", "GET", ":scheme", "http", ":authority", "shop", ":path", "/ HTTP/1.1\r\nx:"),
        List.of(
            ":method", "GET / HTTP/1.1\r\nx:", ":scheme", "http", ":authority", "a", ":path", "/"),
        List.of(":method", "GET /b", ":scheme", "http", ":authority", "shop", ":path", "/"),
        List.of(":method", "", ":scheme", "http", ":authority", "shop", ":path", "/"),
        List.of(":method", "GET", ":authority", "shop", ":path", "/"),
        List.of(":method", "GET", ":scheme", "ftp", ":authority", "shop", ":path", "/"),
        List.of(":method", "CONNECT", ":scheme", "http", ":authority", "shop:1", ":path", "/"),
        List.of(":scheme", "http", ":authority", "shop", ":path", "/"));
  }

  private static List<String> fields(String... fields) {
    return List.of(Http2Client.head("GET", "/f/a", fields));
  }

  @ParameterizedTest
  @MethodSource("malformedHeads")
  void aMalformedHeadIsResetAndNothingOfItReachesABackend(List<String> fields) throws IOException {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(true, fields.toArray(String[]::new));

      assertThat(client.answer(stream).reset).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
      assertThat(client.get("/f/next").text()).isEqualTo("legacy /f/next");
      assertThat(legacy.seen).hasSize(1);
      assertThat(rig.ends).containsExactly("refused 400", "answered 200");
    }
  }

  static Stream<List<String>> refusedHeads() {
    return Stream.of(
        List.of(":method", "GET", ":scheme", "http", ":authority", "shop", ":path", "/f/\u00e9"),
        List.of(":method", "GET", ":scheme", "http", ":authority", "shop", ":path", "/f#a"),
        List.of(":method", "GET", ":scheme", "http", ":authority", "shop", ":path", "*"),
        List.of(":method", "GET", ":scheme", "http", ":authority", "a@b", ":path", "/f"),
        List.of(":method", "GET", ":scheme", "http", ":path", "/f"));
  }

  @ParameterizedTest
  @MethodSource("refusedHeads")
  void whatHttp11RefusesIsRefusedWithAnAnswer(List<String> fields) throws IOException {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(true, fields.toArray(String[]::new));

      assertThat(client.answer(stream).status()).isEqualTo(400);
      assertThat(client.get("/f/next").status()).isEqualTo(200);
      assertThat(legacy.seen).hasSize(1);
    }
  }

  @Test
  void aBodyLongerThanAnnouncedNeverBecomesARequestOfItsOwn() throws Exception {
    try (Backend legacy = Http2Test.reading();
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(false, Http2Client.head("POST", "/f/a", "content-length", "3"));
      client.data(stream, "ab", false);
      Rig.until(() -> legacy.seen.size() == 1);
      client.data(stream, "cGET /f/evil HTTP/1.1\r\nHost: a\r\n\r\n", true);

      assertThat(client.answer(stream).reset).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
      Rig.until(() -> legacy.ended.get() == 1);
      assertThat(legacy.seen).hasSize(1);
      assertThat(client.get("/f/next").status()).isEqualTo(200);
    }
  }

  @Test
  void aBodyShorterThanAnnouncedNeverTakesFromTheNextRequest() throws Exception {
    try (Backend legacy = Http2Test.reading();
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(false, Http2Client.head("POST", "/f/a", "content-length", "9"));
      client.data(stream, "ab", true);

      assertThat(client.answer(stream).reset).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
      assertThat(client.get("/f/next").status()).isEqualTo(200);
    }
  }

  @Test
  void aPseudoHeaderFieldInTrailersIsRefused() throws Exception {
    try (Backend legacy = Http2Test.reading();
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(false, Http2Client.head("POST", "/f/a"));
      client.frame(
          Http2Client.HEADERS,
          Http2Client.END_HEADERS | Http2Client.END_STREAM,
          stream,
          Http2Client.block(":path", "/f/b"));

      assertThat(client.answer(stream).reset).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
    }
  }

  // ---- HEADERS where the client has no more to say

  private static final int WHOLE = Http2Client.END_HEADERS | Http2Client.END_STREAM;

  private static void head(Http2Client client, int stream) throws IOException {
    client.frame(
        Http2Client.HEADERS, WHOLE, stream, Http2Client.block(Http2Client.head("GET", "/f/a")));
  }

  @Test
  void aSecondHeadBehindAWholeRequestIsTakenForAFrameOfAnEndedStream() throws Exception {
    CountDownLatch second = new CountDownLatch(1);
    try (Backend legacy = held(second);
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(true, Http2Client.head("GET", "/f/a"));
      head(client, stream);

      assertThat(client.answer(stream).reset).isEqualTo((int) Http2Error.STREAM_CLOSED.code());
      second.countDown();
      assertThat(client.get("/f/next").status()).isEqualTo(200);
    }
  }

  private static Backend held(CountDownLatch latch) throws IOException {
    return new Backend((request, connection) -> {
      try {
        if (!latch.await(20, TimeUnit.SECONDS)) {
          throw new IOException("nobody said to go on");
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      connection.ok("late");
    });
  }

  @Test
  void aHeadForAStreamThatHasEndedEndsTheConnection() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      assertThat(client.get("/f/a").status()).isEqualTo(200);
      head(client, 1);

      assertThat(client.readToEnd()).isEqualTo((int) Http2Error.STREAM_CLOSED.code());
      assertThat(legacy.seen).hasSize(1);
    }
  }

  @Test
  void aHeadForAStreamBelowOneThatWasUsedEndsTheConnection() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      head(client, 5);
      head(client, 3);

      assertThat(client.readToEnd()).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
    }
  }

  @Test
  void trailersOfAnUploadThatTheGatewayHasEndedHarmNothing() throws Exception {
    try (Backend legacy = new Backend((request, connection) -> connection.ok("enough"));
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(false, Http2Client.head("POST", "/f/a"));
      client.data(stream, "abc", false);
      Http2Client.Answer answer = client.answer(stream);
      assertThat(answer.status()).isEqualTo(200);
      while (answer.reset < 0) {
        client.next();
      }
      client.frame(Http2Client.HEADERS, WHOLE, stream, Http2Client.block("x-sum", "7"));

      assertThat(client.get("/f/next").status()).isEqualTo(200);
    }
  }

  @Test
  void aHeadForAStreamThatTheClientHasResetHarmsNoOther() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (Backend legacy = held(never);
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(true, Http2Client.head("GET", "/f/a"));
      client.frame(Http2Client.RST_STREAM, 0, stream, Http2Client.number(8));
      head(client, stream);

      assertThat(client.answer(stream).reset).isEqualTo((int) Http2Error.STREAM_CLOSED.code());
      never.countDown();
      assertThat(client.get("/f/next").status()).isEqualTo(200);
    }
  }

  @Test
  void whatIsPassedOverIsForgottenInTime() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      head(client, 3);
      assertThat(client.answer(3).status()).isEqualTo(200);
      int far = 3 + 2 * PastStreams.REMEMBERED;
      head(client, far);
      assertThat(client.answer(far).status()).isEqualTo(200);
      head(client, 3); // its place is the new one's now
      while (client.answer(3).reset < 0) {
        client.next();
      }
      head(client, far - 2);

      assertThat(client.readToEnd()).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
    }
  }
}
