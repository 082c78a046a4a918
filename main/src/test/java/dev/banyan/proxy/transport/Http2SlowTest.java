package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Clients of HTTP/2, and backends behind them, that take nothing, or little at a time.
class Http2SlowTest {
  private static Rig.Builder impatient(Backend legacy) {
    return Rig.legacyAt(legacy)
        .options(Bounds.of(bounds -> bounds.writeTime = Duration.ofMillis(800)));
  }

  @Test
  void aClientThatTakesNothingOfItsAnswerIsGivenUp() throws Exception {
    try (Backend legacy =
            new Backend((request, connection) -> connection.ok("x".repeat(1_000_000)));
        Rig rig = impatient(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      client.opensWindows = false;
      Http2Client.Answer answer = client.get("/f/a");
      assertThat(answer.reset).isEqualTo((int) Http2Error.CANCEL.code());
      assertThat(answer.body.size()).isEqualTo(65_535);
      Rig.until(() -> rig.ends.contains("client-gone 200"));
      assertThat(rig.ends).contains("limit write-time");
    }
  }

  @Test
  void aClientThatTakesLittleAtATimeIsWaitedFor() throws Exception {
    try (Backend legacy =
            new Backend((request, connection) -> connection.ok("x".repeat(1_000_000)));
        Rig rig = impatient(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      client.opensWindows = false;
      int stream = client.open(true, Http2Client.head("GET", "/f/a"));
      client.window(0, 1_000_000);
      for (int i = 0; i < 8; i++) { // longer than it may take nothing
        Thread.sleep(250);
        client.window(stream, 10);
      }
      assertThat(rig.ends).isEmpty();
      Http2Client.Answer answer = client.answer(stream);
      assertThat(answer.reset).isEqualTo((int) Http2Error.CANCEL.code());
      assertThat(answer.body.size()).isEqualTo(65_535 + 80);
    }
  }

  @Test
  void aClientThatReadsNothingAtAllIsCutOff() throws Exception {
    try (Backend legacy =
            new Backend((request, connection) -> connection.ok("x".repeat(30_000_000)));
        Rig rig = impatient(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      int stream = client.open(true, Http2Client.head("GET", "/f/a"));
      client.window(0, 1_000_000_000);
      client.window(stream, 1_000_000_000);
      Rig.until(() -> rig.ends.contains("limit write-time"));
      Rig.until(() -> legacy.ended.get() == 1);
      assertThat(rig.ends).doesNotContain("answered 200");
    }
  }

  @Test
  void aPrefaceThatTricklesIsCutOff() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig =
            Rig.legacyAt(legacy)
                .options(Bounds.of(bounds -> bounds.headerTime = Duration.ofMillis(300)))
                .start()) {
      try (Client client = rig.client().send("PRI * HT")) {
        assertThat(client.answer()).startsWith("408");
      }
      assertThat(rig.ends).containsExactly("limit header-time", "refused 408");
      rig.ends.clear();
      try (Client client = rig.client().send("PRI * HTTP/2.0\r\n\r\nSM")) {
        client.in.readAllBytes(); // the gateway's SETTINGS, and the end
      }
      assertThat(rig.ends).containsExactly("limit header-time");
    }
  }

  /// That the client has to wait is seen by its window, which PINGs find shut; that it was the
  /// backend that it waited for, by what goes out as soon as that one takes it.
  @Test
  void aBackendThatTakesNothingStopsTheClient() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger took = new AtomicInteger();
    int length = 64_000_000;
    try (Backend legacy =
            new Backend((request, connection) -> {
              Http2LimitsTest.await(goOn);
              took.set(request.requestBody().length);
              connection.ok("taken");
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      String[] head = Http2Client.head("POST", "/f/a", "content-length", "" + length);
      Upload upload = new Upload(client, client.open(false, head), length);
      upload.sendWhatIsTaken();
      assertThat(upload.left).isPositive();
      assertThat(took).hasValue(0);

      goOn.countDown(); // and nothing else: what is left goes out for this reason alone
      upload.sendTheRest();
      assertThat(client.answer(upload.stream).text()).isEqualTo("taken");
      assertThat(took).hasValue(length);
    }
  }

  /// A body that is sent as the gateway gives room for it.
  private static final class Upload {
    private static final byte[] PIECE = new byte[16_000];

    final int stream;
    int left;
    private final Http2Client client;
    private int room = 65_535;
    private int connectionRoom = 65_535;

    Upload(Http2Client client, int stream, int length) {
      this.client = client;
      this.stream = stream;
      this.left = length;
    }

    /// Sends until a PING comes back that finds the window still shut, again and again.
    void sendWhatIsTaken() throws Exception {
      for (int shut = 0; shut < 20 && left > 0; ) {
        if (send()) {
          shut = 0;
        } else {
          Thread.sleep(20);
          client.frame(Http2Client.PING, 0, 0, new byte[8]);
          while (take(client.next()) != Http2Client.PING) {
            // room, perhaps
          }
          shut++;
        }
      }
    }

    void sendTheRest() throws IOException {
      while (left > 0) {
        if (!send()) {
          take(client.next());
        }
      }
    }

    private int take(Http2Client.Frame frame) {
      if (frame.type() == Http2Client.WINDOW_UPDATE) {
        room += frame.stream() == stream ? frame.number() : 0;
        connectionRoom += frame.stream() == 0 ? frame.number() : 0;
      }
      return frame.type();
    }

    private boolean send() throws IOException {
      int count = Math.min(Math.min(room, connectionRoom), Math.min(left, PIECE.length));
      if (count == 0) {
        return false;
      }
      left -= count;
      room -= count;
      connectionRoom -= count;
      byte[] bytes = Arrays.copyOf(PIECE, count);
      client.frame(Http2Client.DATA, left == 0 ? Http2Client.END_STREAM : 0, stream, bytes);
      return true;
    }
  }
}
