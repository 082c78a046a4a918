package dev.banyan.parity;

import dev.banyan.exchange.Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Cuts a multipart body (RFC 2046 section 5.1) into its parts. What stands before the first
/// boundary and behind the last one says nothing.
final class Multipart {

  /// One part: its headers, and its bytes with their type.
  record Part(Headers headers, Content content) {

    /// The name of a form's field, empty where there is none (RFC 7578 section 4.2).
    Optional<String> name() {
      return parameter("name");
    }

    Optional<String> parameter(String name) {
      String disposition = headers.first("content-disposition").orElse("");
      return Optional.ofNullable(MediaType.of(disposition).parameters().get(name));
    }
  }

  /// What reading came to.
  sealed interface Outcome {
    record Parsed(List<Part> parts) implements Outcome {}

    record Broken(int at, String why) implements Outcome {}
  }

  /// RFC 2046 section 5.1.1.
  private static final int LONGEST_BOUNDARY = 70;

  private static final int MOST_PARTS = 1_000;
  private static final int MOST_HEADERS = 64;
  private static final byte[] BLANK_LINE = {'\r', '\n', '\r', '\n'};

  private Multipart() {}

  static Outcome parse(Content content) {
    String boundary = content.type().parameters().getOrDefault("boundary", "");
    if (boundary.isEmpty() || boundary.length() > LONGEST_BOUNDARY) {
      return new Outcome.Broken(0, "a multipart without a boundary of up to 70 characters");
    }
    byte[] bytes = content.bytes();
    byte[] delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    byte[] first = Arrays.copyOfRange(delimiter, 2, delimiter.length);
    boolean atOnce =
        bytes.length >= first.length
            && Arrays.equals(bytes, 0, first.length, first, 0, first.length);
    int at = atOnce ? 0 : indexOf(bytes, delimiter, 0);
    int behind = atOnce ? first.length : at + delimiter.length;
    List<Part> parts = new ArrayList<>();
    while (at >= 0) {
      if (startsWith(bytes, behind, "--")) {
        return new Outcome.Parsed(parts);
      }
      int start = lineEnd(bytes, behind);
      int end = start < 0 ? -1 : indexOf(bytes, delimiter, start - 2);
      if (end < 0) {
        return new Outcome.Broken(behind, "a part without an end");
      }
      if (parts.size() == MOST_PARTS) {
        return new Outcome.Broken(behind, "more than " + MOST_PARTS + " parts");
      }
      parts.add(part(bytes, Math.min(start, end), end));
      at = end;
      behind = end + delimiter.length;
    }
    return new Outcome.Broken(0, "a boundary is missing");
  }

  /// Behind the line break that ends a boundary's line, or -1.
  private static int lineEnd(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && (bytes[at] == ' ' || bytes[at] == '\t')) {
      at++;
    }
    return startsWith(bytes, at, "\r\n") ? at + 2 : -1;
  }

  private static Part part(byte[] bytes, int from, int to) {
    int headEnd = from;
    int bodyStart = from;
    // a part without headers begins with the blank line
    if (startsWith(bytes, from, "\r\n")) {
      bodyStart = Math.min(from + 2, to);
    } else {
      int blank = indexOf(bytes, BLANK_LINE, from);
      headEnd = blank < 0 || blank > to ? to : blank;
      bodyStart = Math.min(headEnd + BLANK_LINE.length, to);
    }
    Headers headers = headers(new String(bytes, from, headEnd - from, StandardCharsets.UTF_8));
    MediaType type = MediaType.of(headers.first("content-type").orElse("text/plain"));
    return new Part(headers, new Content(Arrays.copyOfRange(bytes, bodyStart, to), type));
  }

  private static Headers headers(String head) {
    List<Headers.Field> fields = new ArrayList<>();
    for (String line : head.split("\r\n", MOST_HEADERS)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.add(
            new Headers.Field(line.substring(0, colon).strip(), line.substring(colon + 1).strip()));
      }
    }
    return new Headers(fields);
  }

  private static boolean startsWith(byte[] bytes, int at, String text) {
    return at + 2 <= bytes.length && bytes[at] == text.charAt(0) && bytes[at + 1] == text.charAt(1);
  }

  private static int indexOf(byte[] bytes, byte[] wanted, int from) {
    for (int at = Math.max(0, from); at + wanted.length <= bytes.length; at++) {
      if (bytes[at] == wanted[0]
          && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    return -1;
  }
}
