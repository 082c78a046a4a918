package dev.banyan.parity;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The bytes of a body, or of a part of one, without compression, and what they are said to be.
///
/// What is shown of it begins with a note of where in brackets, which redaction leaves readable:
/// `[12 bytes] ` or `[byte 3] `.
final class Content {

  /// In characters.
  static final int EXCERPT = 160;

  private static final char BYTE_ORDER_MARK = '\ufeff';

  private final byte[] bytes;
  private final MediaType type;

  /// The bytes must not change while the content is in use.
  Content(byte[] bytes, MediaType type) {
    this.bytes = bytes;
    this.type = type;
  }

  byte[] bytes() {
    return bytes;
  }

  MediaType type() {
    return type;
  }

  /// As text, or null where it is binary: by its type text, or no type and no control characters,
  /// and sound in its charset. A byte order mark names the charset better than a header does
  /// (WHATWG Encoding, section 6), and is kept.
  @Nullable String text() {
    String text = decode(marked(type.decoder()));
    if (text == null || (!type.isText() && text.chars().anyMatch(Content::isBinary))) {
      return null;
    }
    return text;
  }

  /// The text without its byte order mark.
  static String unmarked(String text) {
    return isMarked(text) ? text.substring(1) : text;
  }

  static boolean isMarked(String text) {
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
  }

  private Charset marked(Charset declared) {
    if (startsWith(0xef, 0xbb, 0xbf)) {
      return StandardCharsets.UTF_8;
    }
    if (startsWith(0xfe, 0xff)) {
      return StandardCharsets.UTF_16BE;
    }
    return startsWith(0xff, 0xfe) ? StandardCharsets.UTF_16LE : declared;
  }

  private boolean startsWith(int... mark) {
    for (int i = 0; i < mark.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xff) != mark[i]) {
        return false;
      }
    }
    return true;
  }

  private @Nullable String decode(Charset charset) {
    try {
      return charset
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException _) {
      // not text in this charset: the caller compares it as binary
      return null;
    }
  }

  private static boolean isBinary(int c) {
    return c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f';
  }

  /// The bytes as JSON has them, in UTF-8 (RFC 8259 section 8.1), whatever charset is declared.
  byte[] utf8() {
    Charset declared = type.decoder();
    if (declared.equals(StandardCharsets.UTF_8) || declared.equals(StandardCharsets.US_ASCII)) {
      return bytes;
    }
    String text = decode(declared);
    return text == null ? bytes : text.getBytes(StandardCharsets.UTF_8);
  }

  /// How it begins.
  String shown() {
    String text = text();
    return "[" + bytes.length + " bytes] " + (text == null ? digest() : cut(text));
  }

  /// A binary body, and the first byte that is another one.
  String shownFrom(int at) {
    return "[byte " + at + "] " + bytes.length + " bytes, " + digest();
  }

  static String cut(String text) {
    return text.length() <= EXCERPT ? text : text.substring(0, EXCERPT) + "…";
  }

  private String digest() {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "sha-256 " + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
