package dev.banyan.demo.traffic;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/// One keep-alive connection of HTTP/1.1, used by one thread.
///
/// It is written by hand because a library's client sends a request again when its connection
/// breaks: a failure that the tour must see would be hidden.
final class Connection implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private boolean reusable = true;

  /// @param body as text
  record Reply(int status, String body) {}

  private Connection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  static Connection open(int port) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port),
          (int) PATIENCE.toMillis());
      return new Connection(socket);
    } catch (IOException failed) {
      socket.close();
      throw failed;
    }
  }

  boolean reusable() {
    return reusable;
  }

  Reply ask(Script.Ask ask, String caller) throws IOException {
    byte[] body = ask.body().getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder(256);
    head.append(ask.method()).append(' ').append(ask.target()).append(" HTTP/1.1\r\n");
    head.append("Host: shop.example\r\nAccept: application/json\r\nAuthorization: Bearer ");
    head.append(caller).append("\r\n");
    if (body.length > 0) {
      head.append("Content-Type: application/json\r\nContent-Length: ").append(body.length);
      head.append("\r\n");
    } else if (!ask.method().equals("GET")) {
      head.append("Content-Length: 0\r\n");
    }
    head.append("\r\n");
    byte[] headBytes = head.toString().getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[headBytes.length + body.length];
    System.arraycopy(headBytes, 0, all, 0, headBytes.length);
    System.arraycopy(body, 0, all, headBytes.length, body.length);
    out.write(all);
    return reply();
  }

  private Reply reply() throws IOException {
    String statusLine = line();
    String[] parts = statusLine.split(" ", 3);
    if (parts.length < 2 || !parts[0].startsWith("HTTP/1.") || !parts[1].matches("[0-9]{3}")) {
      throw new IOException("not an answer of HTTP/1.1: " + statusLine);
    }
    int status = Integer.parseInt(parts[1]);
    int length = status == 204 || status == 304 ? 0 : -1;
    boolean chunked = false;
    for (String line = line(); !line.isEmpty(); line = line()) {
      String field = line.toLowerCase(Locale.ROOT);
      if (field.startsWith("content-length:") && length < 0) {
        length = Integer.parseInt(field.substring("content-length:".length()).strip());
      } else if (field.startsWith("transfer-encoding:") && field.contains("chunked")) {
        chunked = true;
      } else if (field.startsWith("connection:") && field.contains("close")) {
        reusable = false;
      }
    }
    byte[] body;
    if (chunked) {
      body = chunks();
    } else if (length >= 0) {
      body = exactly(length);
    } else {
      reusable = false;
      body = in.readAllBytes();
    }
    return new Reply(status, new String(body, StandardCharsets.UTF_8));
  }

  private byte[] chunks() throws IOException {
    var body = new java.io.ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(line().split(";", 2)[0].strip(), 16);
      if (size == 0) {
        // Trailers are of no interest here.
        String trailer = line();
        while (!trailer.isEmpty()) {
          trailer = line();
        }
        return body.toByteArray();
      }
      body.write(exactly(size));
      if (!line().isEmpty()) {
        throw new IOException("a chunk is longer than it says");
      }
    }
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the connection ended within an answer");
    }
    return bytes;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the connection ended within an answer");
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
