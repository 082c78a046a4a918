package dev.banyan.acceptance;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// One connection of HTTP/2 to the gateway, with everything to be seen that a client's library
/// hides: trailers, GOAWAY, and which streams it ended. Any thread may ask.
final class Http2Client implements AutoCloseable {

  /// A whole answer.
  record Answer(Map<String, String> head, String body, Map<String, String> trailers) {
    int status() {
      return Integer.parseInt(head.getOrDefault(":status", "0"));
    }

    String server() {
      return head.getOrDefault("server", "(nobody)");
    }
  }

  /// What has come of one. The reading thread alone touches it.
  private static final class Coming {
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private Map<String, String> head = Map.of();
    private Map<String, String> trailers = Map.of();
  }

  private final Frames frames;
  private final AtomicInteger next = new AtomicInteger(1);
  private final Map<Integer, Coming> coming = new ConcurrentHashMap<>();
  private final CompletableFuture<Integer> goAway = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private Http2Client(Socket socket) throws IOException {
    frames = Frames.ofClient(socket);
    Thread.startVirtualThread(this::listen);
  }

  /// Without TLS, by prior knowledge.
  static Http2Client plain(int port) throws IOException {
    return new Http2Client(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /// With TLS, where HTTP/2 must be agreed upon.
  static Http2Client secured(int port, SSLContext trust) throws IOException {
    SSLSocket socket =
        (SSLSocket) trust.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    if (!socket.getApplicationProtocol().equals("h2")) {
      throw new IOException("agreed to '" + socket.getApplicationProtocol() + "'");
    }
    return new Http2Client(socket);
  }

  CompletableFuture<Answer> get(String path) throws IOException {
    return send("GET", path, Map.of(), "");
  }

  /// Sends a request, with its body where there is one.
  CompletableFuture<Answer> send(String method, String path, Map<String, String> more, String body)
      throws IOException {
    int stream = begin(method, path, more, body.isEmpty());
    if (!body.isEmpty()) {
      go(stream, body, true);
    }
    return answer(stream);
  }

  /// Sends a request's head.
  ///
  /// @return its stream
  int begin(String method, String path, Map<String, String> more, boolean end) throws IOException {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put(":method", method);
    fields.put(":scheme", "http");
    fields.put(":path", path);
    fields.put(":authority", "127.0.0.1");
    fields.putAll(more);
    // Streams begin in the order of their numbers.
    synchronized (this) {
      int stream = next.getAndAdd(2);
      coming.put(stream, new Coming());
      frames.headers(stream, fields, end);
      return stream;
    }
  }

  void go(int stream, String body, boolean end) throws IOException {
    frames.data(stream, body.getBytes(StandardCharsets.UTF_8), end);
  }

  CompletableFuture<Answer> answer(int stream) {
    Coming one = coming.get(stream);
    if (one == null) {
      throw new IllegalArgumentException("no stream " + stream);
    }
    return one.answer;
  }

  /// The error code of the first GOAWAY.
  CompletableFuture<Integer> goAway() {
    return goAway;
  }

  /// Done once the gateway has ended the connection.
  CompletableFuture<Void> ended() {
    return ended;
  }

  private void listen() {
    IOException end = new EOFException("the connection ended");
    try {
      for (Frames.Frame frame = frames.next(); frame != null; frame = frames.next()) {
        if (frame.type() == Frames.GO_AWAY) {
          goAway.complete(frame.payload().getInt(4));
        } else {
          take(frame);
        }
      }
    } catch (IOException e) {
      end = e;
    }
    for (Coming each : coming.values()) {
      each.answer.completeExceptionally(end);
    }
    goAway.completeExceptionally(end);
    ended.complete(null);
  }

  private void take(Frames.Frame frame) throws IOException {
    Coming one = coming.get(frame.stream());
    if (one == null) {
      throw new IOException("a frame of a stream that nobody began: " + frame);
    }
    switch (frame.type()) {
      case Frames.HEADERS -> {
        Map<String, String> fields = frames.fields(frame);
        if (one.head.isEmpty() || one.head.getOrDefault(":status", "").startsWith("1")) {
          one.head = fields;
        } else {
          one.trailers = fields;
        }
      }
      case Frames.DATA -> one.body.writeBytes(frame.bytes());
      default ->
          one.answer.completeExceptionally(
              new IOException("reset with " + frame.payload().getInt(0)));
    }
    if (frame.endsStream()) {
      one.answer.complete(
          new Answer(one.head, one.body.toString(StandardCharsets.UTF_8), one.trailers));
    }
  }

  @Override
  public void close() throws IOException {
    frames.close();
  }
}
