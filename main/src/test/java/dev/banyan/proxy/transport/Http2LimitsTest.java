package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// What a client of HTTP/2 may ask for, and what cuts it off.
class Http2LimitsTest {
  private static final int CALM = (int) Http2Error.ENHANCE_YOUR_CALM.code();

  private static Rig bounded(Backend legacy, Consumer<Bounds> change) {
    Consumer<Bounds> quickToClose = bounds -> bounds.drain = Duration.ofSeconds(5);
    return Rig.legacyAt(legacy).options(Bounds.of(quickToClose.andThen(change))).start();
  }

  @Test
  void aStreamTooManyIsRefusedAndMayBeTriedAgain() throws Exception {
    try (Backend legacy = new Backend((request, connection) -> connection.in.read());
        Rig rig = bounded(legacy, bounds -> bounds.streams = 2);
        Http2Client client = new Http2Client(rig.gateway.address())) {
      client.open(true, Http2Client.head("GET", "/f/1"));
      client.open(true, Http2Client.head("GET", "/f/2"));
      int third = client.open(false, Http2Client.head("POST", "/f/3"));
      client.data(third, "on its way", true);

      assertThat(client.answer(third).reset).isEqualTo((int) Http2Error.REFUSED_STREAM.code());
      Rig.until(() -> legacy.seen.size() == 2);
      assertThat(rig.ends).containsExactly("limit streams");
      client.frame(Http2Client.RST_STREAM, 0, 1, Http2Client.number(8));
      client.open(true, Http2Client.head("GET", "/f/4"));
      Rig.until(() -> legacy.seen.size() == 3);
    }
  }

  @Test
  void aHeaderBlockOverItsLimitIsAnsweredAndTheConnectionStays() throws IOException {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = bounded(legacy, bounds -> bounds.headerBlock = 2048);
        Http2Client client = new Http2Client(rig.gateway.address())) {
      Http2Client.Answer answer = client.get("/f/a", "x-a", "y".repeat(2100));
      assertThat(answer.status()).isEqualTo(431);
      assertThat(answer.text()).contains("headers-too-large");
      assertThat(client.get("/f/b").status()).isEqualTo(200);
      assertThat(rig.ends).contains("limit header-block", "refused 431");
    }
  }

  @Test
  void aTargetOverItsLimitIsAnswered() throws IOException {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig =
            bounded(
                legacy,
                bounds -> {
                  bounds.requestLine = 300;
                  bounds.headerBlock = 2048;
                });
        Http2Client client = new Http2Client(rig.gateway.address())) {
      assertThat(client.get("/f/" + "a".repeat(300)).status()).isEqualTo(414);
      assertThat(client.get("/f/b").status()).isEqualTo(200);
    }
  }

  @Test
  void aBodyOverItsLimitIsAnsweredAndItsUploadEnded() throws Exception {
    try (Backend legacy = Http2Test.reading();
        Rig rig =
            bounded(
                legacy,
                bounds -> {
                  bounds.headerBlock = 2048;
                  bounds.body = 10;
                });
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(false, Http2Client.head("POST", "/f/a"));
      client.data(stream, "12345", false);
      client.data(stream, "6789012", false);

      assertThat(client.answer(stream).status()).isEqualTo(413);
      assertThat(rig.ends).contains("limit body");
    }
  }

  @Test
  void aConnectionEndsInOrderAfterItsRequests() throws IOException {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = bounded(legacy, bounds -> bounds.requestsPerConnection = 3);
        Http2Client client = new Http2Client(rig.gateway.address())) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.get("/f/a").status()).isEqualTo(200);
      }
      assertThat(client.readToEnd()).isZero();
      assertThat(client.goAways).containsExactly(Integer.MAX_VALUE, 5);
      assertThat(rig.ends).contains("limit requests-per-connection");
    }
  }

  @Test
  void aConnectionWithoutStreamsEndsInOrder() throws IOException {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = bounded(legacy, bounds -> bounds.idle = Duration.ofMillis(200));
        Http2Client client = new Http2Client(rig.gateway.address())) {
      assertThat(client.readToEnd()).isZero();
      assertThat(client.goAways).containsExactly(Integer.MAX_VALUE, 0);
      assertThat(rig.ends).containsExactly("limit idle");
    }
  }

  @Test
  void anUploadThatStallsIsGivenUp() throws Exception {
    try (Backend legacy = Http2Test.reading();
        Rig rig = bounded(legacy, bounds -> bounds.bodyTime = Duration.ofMillis(300));
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(false, Http2Client.head("POST", "/f/a"));
      client.data(stream, "abc", false);

      assertThat(client.answer(stream).status()).isEqualTo(408);
      Rig.until(() -> legacy.ended.get() == 1);
      assertThat(rig.ends).contains("limit body-time", "answered 408");
    }
  }

  /// The streams of a connection at rest are looked at less often.
  @Test
  void anUploadIsNotLateForTheRestBeforeIt() throws Exception {
    Duration most = Duration.ofMillis(1500);
    try (Backend legacy = Http2Test.reading();
        Rig rig = bounded(legacy, bounds -> bounds.bodyTime = most);
        Http2Client client = new Http2Client(rig.gateway.address())) {
      assertThat(client.get("/f/a").status()).isEqualTo(200);
      Thread.sleep(most.multipliedBy(3));
      int stream = client.open(false, Http2Client.head("POST", "/f/a"));
      client.data(stream, "abc", false);
      Thread.sleep(most.dividedBy(2));
      client.data(stream, "def", true);

      assertThat(client.answer(stream).status()).isEqualTo(200);
      assertThat(rig.ends).doesNotContain("limit body-time");
    }
  }

  @Test
  void anUploadIsNotLateWhileItsClientWaitsToBeToldToGoOn() throws Exception {
    Duration most = Duration.ofMillis(300);
    try (Backend legacy =
            new Backend((request, connection) -> {
              LimitsTest.pause(most.multipliedBy(3));
              connection.send("HTTP/1.1 100 Continue\r\n\r\n");
              request.requestBody();
              connection.ok("taken");
            });
        Rig rig = bounded(legacy, bounds -> bounds.bodyTime = most);
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream =
          client.open(
              false,
              Http2Client.head("POST", "/f/a", "expect", "100-continue", "content-length", "3"));
      while (!client.answers.containsKey(stream)) {
        client.next();
      }
      client.data(stream, "abc", true);

      Http2Client.Answer answer = client.answer(stream);
      assertThat(answer.status()).isEqualTo(100);
      assertThat(answer.text()).isEqualTo("taken");
    }
  }

  static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new IOException("nobody said to go on");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  // ---- floods

  private static void flood(Http2Client client, byte[] frames) throws IOException {
    try {
      client.write(frames);
    } catch (SocketException e) {
      // It was cut off while it still wrote.
      assertThat(client.ended).isFalse();
    }
  }

  private static byte[] times(int count, byte[] frame) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      all.writeBytes(frame);
    }
    return all.toByteArray();
  }

  @Test
  void requestsTakenBackAtOnceCutTheClientOff() throws Exception {
    everyRequestFollowedBy(Http2Client.RST_STREAM, 8);
  }

  @Test
  void faultsThatMakeTheGatewayResetCutTheClientOff() throws Exception {
    everyRequestFollowedBy(Http2Client.WINDOW_UPDATE, 0);
  }

  private static void everyRequestFollowedBy(int type, int content) throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      ByteArrayOutputStream frames = new ByteArrayOutputStream();
      byte[] head = Http2Client.block(Http2Client.head("GET", "/f/a"));
      for (int stream = 1; stream < 2 * Floods.RESETS + 10; stream += 2) {
        frames.writeBytes(Http2Client.frameBytes(Http2Client.HEADERS, 5, stream, head));
        frames.writeBytes(Http2Client.frameBytes(type, 0, stream, Http2Client.number(content)));
      }
      flood(client, frames.toByteArray());

      assertThat(client.readToEnd()).isEqualTo(CALM);
      assertThat(rig.ends).contains("limit resets");
    }
  }

  @Test
  void pingsWithoutEndCutTheClientOff() throws Exception {
    cutOff(
        times(
            Floods.CONTROL_FRAMES + 2, Http2Client.frameBytes(Http2Client.PING, 0, 0, new byte[8])),
        "limit control-frames");
  }

  @Test
  void settingsWithoutEndCutTheClientOff() throws Exception {
    cutOff(
        times(
            Floods.CONTROL_FRAMES + 2,
            Http2Client.frameBytes(Http2Client.SETTINGS, 0, 0, new byte[0])),
        "limit control-frames");
  }

  @Test
  void emptyDataCutsTheClientOff() throws Exception {
    byte[] head = Http2Client.block(Http2Client.head("POST", "/f/a"));
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    frames.writeBytes(Http2Client.frameBytes(Http2Client.HEADERS, 4, 1, head));
    frames.writeBytes(
        times(
            Floods.EMPTY_FRAMES + 2, Http2Client.frameBytes(Http2Client.DATA, 0, 1, new byte[0])));
    cutOff(frames.toByteArray(), "limit control-frames");
  }

  @Test
  void continuationsWithoutEndCutTheClientOff() throws Exception {
    byte[] head = Http2Client.block(Http2Client.head("POST", "/f/a"));
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    frames.writeBytes(Http2Client.frameBytes(Http2Client.HEADERS, 0, 1, head));
    frames.writeBytes(
        times(
            Floods.CONTINUATIONS + 2,
            Http2Client.frameBytes(Http2Client.CONTINUATION, 0, 1, new byte[0])));
    cutOff(frames.toByteArray(), "limit continuations");
  }

  private static void cutOff(byte[] frames, String limit) throws Exception {
    try (Backend legacy = Http2Test.reading();
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      flood(client, frames);
      assertThat(client.readToEnd()).isEqualTo(CALM);
      assertThat(rig.ends).contains(limit);
    }
  }

  @Test
  void noMoreIsRememberedOfHeadersThanTheBound() throws Exception {
    Http2Front.BoundedEncoder encoder = new Http2Front.BoundedEncoder();
    encoder.maxHeaderTableSize(0xFFFFFFFFL);
    assertThat(encoder.maxHeaderTableSize()).isEqualTo(Http2Front.TABLE);
    encoder.close();
  }

  // ---- the end of the gateway

  @Test
  void aClosingGatewayFinishesItsStreams() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    try (Backend legacy =
            new Backend((request, connection) -> {
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na");
              await(goOn);
              connection.send("b");
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(true, Http2Client.head("GET", "/f/a"));
      Rig.until(() -> legacy.seen.size() == 1);
      Thread closing = Thread.ofVirtual().start(rig::close);
      while (client.goAway == null) {
        client.next();
      }
      goOn.countDown();

      assertThat(client.answer(stream).body.toString(StandardCharsets.US_ASCII)).isEqualTo("ab");
      assertThat(client.readToEnd()).isZero();
      assertThat(client.goAways).containsExactly(Integer.MAX_VALUE, stream);
      client.socket.close();
      closing.join();
    }
  }
}
