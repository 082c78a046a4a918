package dev.banyan.requests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The lines of a file, one at a time, none held beyond [Limits#LINE].
final class Lines {
  private final InputStream in;
  private final byte[] buffer = new byte[64 << 10];
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int at;
  private int end;
  private long number;
  private boolean tooLong;

  Lines(InputStream in) {
    this.in = in;
  }

  /// Goes to the next line; false at the end of the file.
  boolean next() throws IOException {
    line.reset();
    tooLong = false;
    if (at == end && !fill()) {
      return false;
    }
    number++;
    do {
      int newline = at;
      while (newline < end && buffer[newline] != '\n') {
        newline++;
      }
      keep(newline);
      boolean ended = newline < end;
      at = ended ? newline + 1 : newline;
      if (ended) {
        return true;
      }
    } while (fill());
    return true;
  }

  private void keep(int to) {
    if (tooLong || line.size() + (to - at) > Limits.LINE) {
      tooLong = true;
      line.reset();
    } else {
      line.write(buffer, at, to - at);
    }
  }

  private boolean fill() throws IOException {
    at = 0;
    end = Math.max(0, in.read(buffer));
    return end > 0;
  }

  /// From 1.
  long number() {
    return number;
  }

  /// Whether the line is longer than the limit; its text is not there then.
  boolean tooLong() {
    return tooLong;
  }

  /// One character for each byte, whatever the bytes are.
  String latin() {
    return trimmed(line.toString(StandardCharsets.ISO_8859_1), "\u00EF\u00BB\u00BF");
  }

  /// Empty where the line is not UTF-8.
  Optional<String> utf8() {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(line.toByteArray()))
              .toString();
      return Optional.of(trimmed(text, "\uFEFF"));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private String trimmed(String text, String mark) {
    int from = number == 1 && text.startsWith(mark) ? mark.length() : 0;
    int to = text.endsWith("\r") ? text.length() - 1 : text.length();
    return text.substring(from, Math.max(from, to));
  }
}
