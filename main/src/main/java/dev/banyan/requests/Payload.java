package dev.banyan.requests;

import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Headers.Field;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One HTTP/1 message as it was captured: start line, fields, and the bytes behind them.
///
/// Heads are read as one character for each byte, so that fields go out as they came.
final class Payload {
  private final String startLine;
  private final List<Field> fields;

  /// The body in its transfer coding.
  private final byte[] rest;

  private Payload(String startLine, List<Field> fields, byte[] rest) {
    this.startLine = startLine;
    this.fields = List.copyOf(fields);
    this.rest = rest;
  }

  List<Field> fields() {
    return fields;
  }

  /// A message can not be sent again; the reason in the words of [RequestSink#skipped].
  static final class Unfit extends Exception {
    private static final long serialVersionUID = 1L;

    Unfit(String reason) {
      super(reason);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  static Payload parse(byte[] bytes, int from) throws Unfit {
    int end = endOfHead(bytes, from);
    if (end < 0) {
      throw new Unfit(bytes.length - from > Limits.HEAD ? "head-too-large" : "unreadable-payload");
    }
    String head = new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
    String[] lines = head.split("\\r?\\n");
    if (lines.length == 0) {
      throw new Unfit("unreadable-payload");
    }
    if (lines.length > Limits.FIELDS) {
      throw new Unfit("head-too-large");
    }
    List<Field> fields = new ArrayList<>();
    for (String line : Arrays.asList(lines).subList(1, lines.length)) {
      int colon = line.indexOf(':');
      if (colon <= 0 || !Syntax.isToken(line.substring(0, colon))) {
        throw new Unfit("unreadable-payload");
      }
      fields.add(new Field(line.substring(0, colon), line.substring(colon + 1).strip()));
    }
    return new Payload(lines[0], fields, Arrays.copyOfRange(bytes, end, bytes.length));
  }

  /// Behind the empty line, or negative.
  private static int endOfHead(byte[] bytes, int from) {
    int last = Math.min(bytes.length, from + Limits.HEAD);
    int lineStart = from;
    for (int i = from; i < last; i++) {
      if (bytes[i] == '\n') {
        int length = i - lineStart;
        if (length == 0 || (length == 1 && bytes[lineStart] == '\r')) {
          return i + 1;
        }
        lineStart = i + 1;
      }
    }
    return -1;
  }

  /// The body without transfer coding; a content coding stays.
  ///
  /// @param untilEnd whether a body without a length goes on to the end, as an answer's does
  byte[] body(boolean untilEnd) throws Unfit {
    Headers headers = new Headers(fields);
    String coding = headers.first("Transfer-Encoding").orElse("").strip().toLowerCase(Locale.ROOT);
    if (coding.equals("chunked")) {
      return unchunked();
    }
    if (!coding.isEmpty() && !coding.equals("identity")) {
      throw new Unfit("bad-framing");
    }
    String length = headers.first("Content-Length").orElse("");
    if (length.isEmpty()) {
      return untilEnd ? rest : new byte[0];
    }
    if (!length.matches("\\d{1,18}")) {
      throw new Unfit("bad-framing");
    }
    long stated = Long.parseLong(length);
    if (stated > rest.length) {
      throw new Unfit(stated > Limits.BODY ? "body-too-large" : "body-cut-off");
    }
    return stated == rest.length ? rest : Arrays.copyOf(rest, (int) stated);
  }

  private byte[] unchunked() throws Unfit {
    ByteArrayOutputStream body = new ByteArrayOutputStream(rest.length);
    int at = 0;
    while (true) {
      int newline = indexOf('\n', at);
      if (newline < 0) {
        throw new Unfit("body-cut-off");
      }
      int size = size(new String(rest, at, newline - at, StandardCharsets.ISO_8859_1));
      at = newline + 1;
      if (size == 0) {
        return body.toByteArray();
      }
      if (size > rest.length - at) {
        throw new Unfit("body-cut-off");
      }
      body.write(rest, at, size);
      int behind = indexOf('\n', at + size);
      if (behind < 0 || behind > at + size + 1) {
        throw new Unfit("bad-framing");
      }
      at = behind + 1;
    }
  }

  private static int size(String line) throws Unfit {
    int extension = line.indexOf(';');
    String digits = (extension < 0 ? line : line.substring(0, extension)).strip();
    if (!digits.matches("[0-9A-Fa-f]{1,7}")) {
      throw new Unfit("bad-framing");
    }
    return Integer.parseInt(digits, 16);
  }

  private int indexOf(char wanted, int from) {
    for (int i = from; i < rest.length; i++) {
      if (rest[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  /// The words of the start line; fewer than three where one is missing.
  List<String> words() {
    return List.of(startLine.split(" ", 3));
  }

  /// The status of an answer, or null where this is none.
  @Nullable Integer status() {
    List<String> words = words();
    return words.size() >= 2
            && words.getFirst().startsWith("HTTP/")
            && words.get(1).matches("[1-5]\\d\\d")
        ? Integer.valueOf(words.get(1))
        : null;
  }
}
