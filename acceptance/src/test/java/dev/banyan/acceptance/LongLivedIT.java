package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A WebSocket and a stream of events, open while everything around them changes.
@ExtendWith(Transcripts.class)
final class LongLivedIT {
  private static final int PATIENCE_MILLIS = 30_000;

  /// A connection whose answer has no end.
  private static final class Open implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;
    private final String server;

    Open(Banyan banyan, String target, String fields) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), banyan.port());
      socket.setSoTimeout(PATIENCE_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
      send("GET " + target + " HTTP/1.1\r\nHost: a\r\nX-User: long\r\n" + fields + "\r\n");
      String name = "";
      for (String line = line(); !line.isEmpty(); line = line()) {
        name = line.startsWith("Server: ") ? line.substring(8) : name;
      }
      server = name;
    }

    void send(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    String read(int count) throws IOException {
      return new String(in.readNBytes(count), StandardCharsets.US_ASCII);
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int next = in.read(); next != '\n'; next = in.read()) {
        assertThat(next).as("the connection is open after '%s'", line).isNotNegative();
        line.append((char) next);
      }
      return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /// What one side took, and the queue that makes it speak.
  private static final class Pair implements AutoCloseable {
    private final BlockingQueue<String> words;
    private final Open socket;
    private final Open events;
    private int round;

    Pair(Banyan banyan, String side, BlockingQueue<String> words) throws IOException {
      this.words = words;
      socket = new Open(banyan, "/items/socket", "Connection: Upgrade\r\nUpgrade: websocket\r\n");
      events = new Open(banyan, "/items/events", "Accept: text/event-stream\r\n");
      assertThat(socket.server).isEqualTo(side);
      assertThat(events.server).isEqualTo(side);
    }

    /// The next event is made only after the one before has come.
    void goOn() throws IOException {
      for (int i = 0; i < 5; i++) {
        String word = "word " + ++round;
        socket.send(word);
        assertThat(socket.read(word.length())).isEqualTo(word);
        words.add(word);
        String event = "data: " + word + "\n\n";
        String chunk = Integer.toHexString(event.length()) + "\r\n" + event + "\r\n";
        assertThat(events.read(chunk.length())).isEqualTo(chunk);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
      events.close();
    }
  }

  private static BlockingQueue<String> speaking(Backend side) {
    BlockingQueue<String> words = new LinkedBlockingQueue<>();
    side.behave(request ->
        switch (request.target()) {
          case "/items/socket" -> new Reply.Tunnel();
          case "/items/events" -> new Reply.Events(words);
          default -> Reply.plain(request);
        });
    return words;
  }

  private static String answering(Banyan banyan) throws IOException {
    try (Client client = banyan.client()) {
      return client.get("/items/1", Map.of("X-User", "long")).server();
    }
  }

  @Test
  void nothingThatHappensToAFamilyBreaksWhatItsSidesHaveTaken() throws Exception {
    try (Sides sides = Sides.open()) {
      BlockingQueue<String> ofLegacy = speaking(sides.legacy());
      BlockingQueue<String> ofCandidate = speaking(sides.candidate());
      String config =
          sides
              .items("steps: [100%]", "auto: off")
              .replace("response_timeout: 1s", "response_timeout: 20s");
      try (Banyan banyan = Banyan.serving(config)) {
        Control control = banyan.control();
        control.promote("items").done();
        try (Pair old = new Pair(banyan, "legacy", ofLegacy)) {
          old.goOn();
          new Ladder(banyan, "items", Sides.ITEMS).reach("canary 100%");
          assertThat(answering(banyan)).isEqualTo("candidate");
          try (Pair fresh = new Pair(banyan, "candidate", ofCandidate)) {
            old.goOn();
            fresh.goOn();
            control.rollback("items").done();
            assertThat(answering(banyan)).isEqualTo("legacy");
            old.goOn();
            fresh.goOn();
            reload(banyan, config);
            old.goOn();
            fresh.goOn();
            assertThat(control.get("/metrics").body()).contains("banyan_tunnels 2");
            stopAndSpeak(banyan, old, fresh);
          }
        }
      }
    }
  }

  /// Every service gets other options, and a family comes.
  private static void reload(Banyan banyan, String config) throws Exception {
    banyan.replace(
        config.replace("response_timeout: ", "connections: 7, response_timeout: ")
            + Sides.family("added"));
    Control control = banyan.control();
    Await.until(
        "the added family is there", () -> control.get("/api/v1/families/added").status() == 200);
    assertThat(answering(banyan)).isEqualTo("legacy");
  }

  /// A program that is being stopped still passes what is open, and cuts it off in the end.
  private static void stopAndSpeak(Banyan banyan, Pair... pairs) throws Exception {
    Thread stopping =
        Thread.startVirtualThread(() -> {
          try {
            banyan.stop();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    Await.until("nobody else is let in", () -> isRefused(banyan));
    for (Pair pair : pairs) {
      pair.goOn();
    }
    for (Pair pair : pairs) {
      assertThat(pair.socket.in.read()).isEqualTo(-1);
    }
    stopping.join();
  }

  private static boolean isRefused(Banyan banyan) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), banyan.port())) {
      return !socket.isConnected();
    } catch (IOException e) {
      return true;
    }
  }
}
