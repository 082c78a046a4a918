package dev.banyan.parity;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Severity;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compares two bodies by what they are: first byte for byte, then without their compression, then
/// as JSON, as text or by digest.
final class BodyComparison {

  /// The place of a difference that concerns the whole body.
  private static final String WHOLE = "body";

  /// Characters of text shown on each side of the first one that differs.
  private static final int CONTEXT = 80;

  private final ComparisonLimits limits;
  private final Differences differences;

  BodyComparison(ComparisonLimits limits, Differences differences) {
    this.limits = limits;
    this.differences = differences;
  }

  void compare(Response legacy, Response candidate) {
    if (ContentCoding.names(legacy).equals(ContentCoding.names(candidate))
        && sameBytes(legacy.body(), candidate.body())) {
      return;
    }
    ContentCoding.Outcome left = ContentCoding.undo(legacy, limits.body());
    ContentCoding.Outcome right = ContentCoding.undo(candidate, limits.body());
    if (left instanceof ContentCoding.Outcome.Plain leftPlain
        && right instanceof ContentCoding.Outcome.Plain rightPlain) {
      plain(
          leftPlain.body(), MediaType.of(legacy.headers()),
          rightPlain.body(), MediaType.of(candidate.headers()));
    } else if (left instanceof ContentCoding.Outcome.Broken
        || right instanceof ContentCoding.Outcome.Broken) {
      whole(Kind.TYPE, coding(left), coding(right));
    } else if (left instanceof ContentCoding.Outcome.TooLong
        || right instanceof ContentCoding.Outcome.TooLong) {
      differences.incomparable(Comparison.BODY_TOO_LONG);
    } else {
      differences.incomparable(Comparison.CODING_UNKNOWN);
    }
  }

  private static String coding(ContentCoding.Outcome outcome) {
    return switch (outcome) {
      case ContentCoding.Outcome.Plain _ -> "content coding sound";
      case ContentCoding.Outcome.TooLong _ -> "content coding sound, too long";
      case ContentCoding.Outcome.Unknown _ -> "content coding unknown";
      case ContentCoding.Outcome.Broken _ -> "content coding broken";
    };
  }

  private void plain(Body legacy, MediaType legacyType, Body candidate, MediaType candidateType) {
    if (sameBytes(legacy, candidate)) {
      return;
    }
    byte[] left = legacy.toByteArray();
    byte[] right = candidate.toByteArray();
    if (left.length == 0 || right.length == 0) {
      boolean lost = right.length == 0;
      differences.add(
          WHOLE,
          lost ? Kind.MISSING : Kind.EXTRA,
          Severity.BREAKING,
          lost ? start(left, legacyType) : null,
          lost ? null : start(right, candidateType));
    } else if (jsonOn(legacyType, candidateType) && jsonOn(candidateType, legacyType)) {
      json(left, legacyType, right, candidateType);
    } else {
      textOrBinary(left, legacyType, right, candidateType);
    }
  }

  /// JSON says so itself, or says nothing while the other side says JSON.
  private static boolean jsonOn(MediaType type, MediaType other) {
    return type.isJson() || (type.name().isEmpty() && other.isJson());
  }

  private void json(byte[] legacy, MediaType legacyType, byte[] candidate, MediaType type) {
    JsonParser.Outcome left = JsonParser.parse(legacy, limits.depth());
    JsonParser.Outcome right = JsonParser.parse(candidate, limits.depth());
    if (left instanceof JsonParser.Outcome.Parsed leftValue
        && right instanceof JsonParser.Outcome.Parsed rightValue) {
      new JsonComparison(differences).compare(JsonPath.ROOT, leftValue.value(), rightValue.value());
    } else if (left instanceof JsonParser.Outcome.NotJson
        && right instanceof JsonParser.Outcome.NotJson) {
      textOrBinary(legacy, legacyType, candidate, type);
    } else {
      whole(Kind.TYPE, start(legacy, legacyType), start(candidate, type));
    }
  }

  private void textOrBinary(byte[] legacy, MediaType legacyType, byte[] candidate, MediaType type) {
    String left = text(legacy, legacyType);
    String right = text(candidate, type);
    if (left == null || right == null) {
      boolean bothBinary = left == null && right == null;
      whole(bothBinary ? Kind.VALUE : Kind.TYPE, digest(legacy), digest(candidate));
      return;
    }
    int at = 0;
    int shorter = Math.min(left.length(), right.length());
    while (at < shorter && left.charAt(at) == right.charAt(at)) {
      at++;
    }
    // equal text in two charsets: the header tells of it
    if (at < left.length() || at < right.length()) {
      boolean sameType = legacyType.isJson() == type.isJson();
      whole(sameType ? Kind.VALUE : Kind.TYPE, line(left, at), line(right, at));
    }
  }

  private void whole(Kind kind, String legacy, String candidate) {
    differences.add(WHOLE, kind, Severity.BREAKING, legacy, candidate);
  }

  /// The body as text, or null where it is binary: by its type text, or no type and no control
  /// characters, and sound in its charset.
  private static @Nullable String text(byte[] bytes, MediaType type) {
    String text = decode(bytes, type.decoder());
    if (text == null || (!type.isText() && text.chars().anyMatch(BodyComparison::isBinary))) {
      return null;
    }
    return text;
  }

  private static @Nullable String decode(byte[] bytes, Charset charset) {
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

  /// The line around a position, cut to a readable length.
  private static String line(String text, int at) {
    int from = Math.max(text.lastIndexOf('\n', at - 1) + 1, at - CONTEXT);
    int end = text.indexOf('\n', at);
    int to = Math.min(end < 0 ? text.length() : end, at + CONTEXT);
    return text.substring(Math.min(from, at), Math.max(at, to));
  }

  private static String start(byte[] bytes, MediaType type) {
    String text = text(bytes, type);
    return text == null ? digest(bytes) : text.substring(0, Math.min(text.length(), 2 * CONTEXT));
  }

  private static String digest(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return bytes.length + " bytes, sha-256 " + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Compares piece by piece, however the bytes are cut, and copies none.
  static boolean sameBytes(Body left, Body right) {
    if (left.length() != right.length()) {
      return false;
    }
    List<ByteBuffer> lefts = left.pieces();
    List<ByteBuffer> rights = right.pieces();
    int leftPiece = 0;
    int rightPiece = 0;
    int leftAt = 0;
    int rightAt = 0;
    while (leftPiece < lefts.size() && rightPiece < rights.size()) {
      ByteBuffer l = lefts.get(leftPiece);
      ByteBuffer r = rights.get(rightPiece);
      int n = Math.min(l.remaining() - leftAt, r.remaining() - rightAt);
      if (l.slice(l.position() + leftAt, n).mismatch(r.slice(r.position() + rightAt, n)) >= 0) {
        return false;
      }
      leftAt += n;
      rightAt += n;
      if (leftAt == l.remaining()) {
        leftPiece++;
        leftAt = 0;
      }
      if (rightAt == r.remaining()) {
        rightPiece++;
        rightAt = 0;
      }
    }
    return true;
  }
}
