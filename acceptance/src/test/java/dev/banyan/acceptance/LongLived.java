package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// A WebSocket and a stream of events that one side of the family `items` took, and the queue that
/// makes that side speak. What comes is held against what was said, byte for byte. One thread at a
/// time.
final class LongLived implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final BlockingQueue<String> words;
  private final Open socket;
  private final Open events;
  private int round;

  /// @param side the one that must take both
  LongLived(Banyan banyan, String side, BlockingQueue<String> words) throws IOException {
    this.words = words;
    socket = new Open(banyan, "/items/socket", "Connection: Upgrade\r\nUpgrade: websocket\r\n");
    events = new Open(banyan, "/items/events", "Accept: text/event-stream\r\n");
    assertThat(socket.server).isEqualTo(side);
    assertThat(events.server).isEqualTo(side);
  }

  /// From now on a side takes what is long-lived.
  ///
  /// @return what it is to say to those who listen
  static BlockingQueue<String> speaking(Backend side) {
    BlockingQueue<String> words = new LinkedBlockingQueue<>();
    side.behave(request ->
        switch (request.target()) {
          case "/items/socket" -> new Reply.Tunnel();
          case "/items/events" -> new Reply.Events(words);
          default -> Reply.plain(request);
        });
    return words;
  }

  /// Passes some words both ways. The next event is made only after the one before has come.
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

  /// Waits until the gateway has ended both, without another byte.
  void expectTheEnd() throws IOException {
    assertThat(socket.in.read()).isEqualTo(-1);
    assertThat(events.in.read()).isEqualTo(-1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    events.close();
  }

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
}
