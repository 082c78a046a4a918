package dev.banyan.acceptance;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads one HTTP/1.1 message after the other from a connection. Written here, so that what the
/// program under test sends is judged by nobody's library. One thread at a time.
final class MessageReader {
  private static final int LONGEST_LINE = 64 * 1024;

  private final InputStream in;
  private final byte[] buffer = new byte[16 * 1024];
  private int position;
  private int limit;

  MessageReader(InputStream in) {
    this.in = in;
  }

  /// The next request, or null where the connection ends between two.
  @Nullable Message request() throws IOException {
    int first = read();
    if (first < 0) {
      return null;
    }
    position--;
    String line = line();
    Map<String, String> headers = headers();
    return new Message(line, headers, body(headers, false));
  }

  /// The next answer that is not an interim one.
  ///
  /// @param head whether it answers a HEAD, and so has no body
  Message answer(boolean head) throws IOException {
    while (true) {
      String line = line();
      Map<String, String> headers = headers();
      int status = Integer.parseInt(line.substring(9, 12));
      if (status >= 200) {
        boolean bare = head || status == 204 || status == 304;
        return new Message(line, headers, bare ? "" : body(headers, true));
      }
    }
  }

  /// Waits until the other end closes, whatever it sends before.
  void drain() throws IOException {
    while (read() >= 0) {
      position = limit;
    }
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = Message.noFields();
    for (String line = line(); !line.isEmpty(); line = line()) {
      Message.add(headers, line);
    }
    return headers;
  }

  private String body(Map<String, String> headers, boolean toTheEnd) throws IOException {
    if (headers.getOrDefault("transfer-encoding", "").contains("chunked")) {
      return chunks();
    }
    String length = headers.get("content-length");
    if (length != null) {
      return text(bytes(Integer.parseInt(length)));
    }
    return toTheEnd ? rest() : "";
  }

  private String chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = line();
      int extension = size.indexOf(';');
      int length = Integer.parseInt(extension < 0 ? size : size.substring(0, extension), 16);
      if (length == 0) {
        headers();
        return text(body.toByteArray());
      }
      body.writeBytes(bytes(length));
      line();
    }
  }

  private String rest() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int b = read(); b >= 0; b = read()) {
      body.write(b);
    }
    return text(body.toByteArray());
  }

  private byte[] bytes(int length) throws IOException {
    byte[] bytes = new byte[length];
    int ready = Math.min(length, limit - position);
    System.arraycopy(buffer, position, bytes, 0, ready);
    position += ready;
    if (in.readNBytes(bytes, ready, length - ready) < length - ready) {
      throw new EOFException("the connection ended within a body of " + length + " bytes");
    }
    return bytes;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int b = read(); b != '\n'; b = read()) {
      if (b < 0) {
        throw new EOFException("the connection ended before the line was complete: '" + line + "'");
      }
      if (line.length() > LONGEST_LINE) {
        throw new IOException("a line of more than " + LONGEST_LINE + " bytes");
      }
      line.append((char) b);
    }
    int length = line.length();
    if (length > 0 && line.charAt(length - 1) == '\r') {
      line.setLength(length - 1);
    }
    return line.toString();
  }

  private int read() throws IOException {
    if (position == limit) {
      limit = Math.max(0, in.read(buffer));
      position = 0;
      if (limit == 0) {
        return -1;
      }
    }
    return buffer[position++] & 0xff;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
