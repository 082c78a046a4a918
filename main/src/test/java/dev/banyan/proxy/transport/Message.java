package dev.banyan.proxy.transport;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A request or an answer read off a socket, by nobody's code but the tests' own.
record Message(String startLine, List<String> fields, InputStream in) {

  /// The next head, or null at the end of the connection.
  static @Nullable Message readHead(InputStream in) throws IOException {
    String start = line(in);
    if (start == null) {
      return null;
    }
    List<String> fields = new ArrayList<>();
    while (true) {
      String field = line(in);
      if (field == null) {
        throw new EOFException("the head ended early after " + start);
      }
      if (field.isEmpty()) {
        return new Message(start, fields, in);
      }
      fields.add(field);
    }
  }

  static @Nullable String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int c;
    while ((c = in.read()) >= 0) {
      if (c == '\n') {
        return line.toString(StandardCharsets.ISO_8859_1);
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    if (line.size() > 0) {
      throw new EOFException("the connection ended within a line: " + line);
    }
    return null;
  }

  String method() {
    return startLine.substring(0, startLine.indexOf(' '));
  }

  String target() {
    return startLine.split(" ", -1)[1];
  }

  int status() {
    return Integer.parseInt(startLine.split(" ", -1)[1]);
  }

  @Nullable String header(String name) {
    List<String> all = all(name);
    return all.isEmpty() ? null : all.getFirst();
  }

  List<String> all(String name) {
    String prefix = name.toLowerCase(Locale.ROOT) + ":";
    return fields.stream()
        .filter(field -> field.toLowerCase(Locale.ROOT).startsWith(prefix))
        .map(field -> field.substring(prefix.length()).strip())
        .toList();
  }

  /// The body as the headers frame it; to the end of the connection where they do not.
  byte[] answerBody() throws IOException {
    if ("chunked".equals(header("transfer-encoding"))) {
      return chunks();
    }
    String length = header("content-length");
    return length == null ? in.readAllBytes() : exactly(Integer.parseInt(length));
  }

  /// The body as the headers frame it; none where they do not.
  byte[] requestBody() throws IOException {
    return header("transfer-encoding") == null && header("content-length") == null
        ? new byte[0]
        : answerBody();
  }

  String answerText() throws IOException {
    return new String(answerBody(), StandardCharsets.ISO_8859_1);
  }

  private byte[] exactly(int length) throws IOException {
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException(body.length + " of " + length + " bytes");
    }
    return body;
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String size = line(in);
      if (size == null) {
        throw new EOFException("no last chunk");
      }
      int length = Integer.parseInt(size, 16);
      body.writeBytes(exactly(length));
      if (length > 0) {
        line(in);
        continue;
      }
      String trailer = line(in);
      while (trailer != null && !trailer.isEmpty()) {
        trailer = line(in);
      }
      return body.toByteArray();
    }
  }
}
