package dev.banyan.acceptance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/// One keep-alive connection to the gateway. It never sends a request twice; after an answer that
/// closes the connection, or a failure, the next request opens another. One thread at a time.
final class Client implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 60_000;

  private final int port;
  private final SocketFactory sockets;
  private @Nullable Connection connection;

  private record Connection(Socket socket, MessageReader in) {}

  Client(int port) {
    this(port, SocketFactory.getDefault());
  }

  /// The same with sockets of a kind of their own, such as those of TLS.
  Client(int port, SocketFactory sockets) {
    this.port = port;
    this.sockets = sockets;
  }

  Message get(String target) throws IOException {
    return send("GET", target, Map.of(), "");
  }

  Message get(String target, Map<String, String> headers) throws IOException {
    return send("GET", target, headers, "");
  }

  Message post(String target, String body) throws IOException {
    return send("POST", target, Map.of("Content-Type", "application/json"), body);
  }

  /// Sends the target as it is, without any escaping, and waits for the whole answer.
  Message send(String method, String target, Map<String, String> headers, String body)
      throws IOException {
    Connection current = connection == null ? connect() : connection;
    // Forgotten until the answer is whole: a failure leaves no half-read connection behind.
    connection = null;
    try {
      current.socket().getOutputStream().write(request(method, target, headers, body));
      Message answer = current.in().answer(method.equals("HEAD"));
      if ("close".equalsIgnoreCase(answer.header("connection"))) {
        current.socket().close();
      } else {
        connection = current;
      }
      return answer;
    } catch (IOException e) {
      current.socket().close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    if (connection != null) {
      connection.socket().close();
    }
  }

  private Connection connect() throws IOException {
    Socket socket = sockets.createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return new Connection(socket, new MessageReader(socket.getInputStream()));
  }

  private byte[] request(String method, String target, Map<String, String> headers, String body) {
    StringBuilder text = new StringBuilder(256);
    text.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    text.append("Host: 127.0.0.1:").append(port).append("\r\n");
    headers.forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
    if (!body.isEmpty()) {
      int length = body.getBytes(StandardCharsets.UTF_8).length;
      text.append("Content-Length: ").append(length).append("\r\n");
    }
    return text.append("\r\n").append(body).toString().getBytes(StandardCharsets.UTF_8);
  }
}
