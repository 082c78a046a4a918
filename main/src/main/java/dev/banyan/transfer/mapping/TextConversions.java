package dev.banyan.transfer.mapping;

import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Base64;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Between text and everything else, and between UUIDs and bytes.
///
/// A text is only taken for another kind where that kind would be written as just this text, so
/// that `007` is no number unless it was declared that the zeros may be lost.
final class TextConversions {
  private static final int UUID_BYTES = 16;

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("HH:mm:ss")
          .appendFraction(java.time.temporal.ChronoField.NANO_OF_SECOND, 0, 9, true)
          .toFormatter(java.util.Locale.ROOT);
  private static final DateTimeFormatter DATE_TIME =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral(' ')
          .append(TIME)
          .toFormatter(java.util.Locale.ROOT);

  private TextConversions() {}

  /// @return null where it is not about these kinds
  static @Nullable Found find(Type from, Type to, Hints hints) {
    if (Conversions.isText(from.kind()) && Conversions.isText(to.kind())) {
      return to.kind() == Kind.CHAR && from.kind() != Kind.CHAR
          ? Conversion.tried("text to char", cell -> stripped((String) cell), cell -> cell)
          : Conversion.COPY;
    }
    if (from.kind() == Kind.ARRAY || to.kind() == Kind.ARRAY) {
      return null;
    }
    if (Conversions.isText(to.kind())) {
      return written(from, hints);
    }
    if (Conversions.isText(from.kind())) {
      Found written = written(to, hints);
      return written instanceof Conversion conversion ? conversion.otherWay().onlyExact() : written;
    }
    return bytes(from.kind(), to.kind());
  }

  /// Without the blanks at its end, which CHAR does not keep.
  static String stripped(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return end == text.length() ? text : text.substring(0, end);
  }

  private static @Nullable Found bytes(Kind from, Kind to) {
    if (from == Kind.UUID && to == Kind.BYTES) {
      return Conversion.exact(
              "uuid to 16 bytes", cell -> bytes((UUID) cell), cell -> uuid((byte[]) cell))
          .inOrder();
    }
    if (from == Kind.BYTES && to == Kind.UUID) {
      return Conversion.exact(
              "16 bytes to uuid", cell -> uuid((byte[]) cell), cell -> bytes((UUID) cell))
          .inOrder();
    }
    return null;
  }

  static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(UUID_BYTES)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  private static UUID uuid(byte[] bytes) {
    if (bytes.length != UUID_BYTES) {
      throw new CellRefused(bytes.length + " bytes are no UUID, which has 16");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  /// How a kind is written as text, and read again.
  private static Found written(Type type, Hints hints) {
    return switch (type.kind()) {
      case INTEGER ->
          Conversion.exact(
              "integer as text", Object::toString, cell -> Long.valueOf((String) cell));
      case UNSIGNED ->
          Conversion.exact(
              "unsigned as text", Object::toString, cell -> new BigInteger((String) cell));
      case DECIMAL ->
          Conversion.exact(
              "decimal as text",
              cell -> ((BigDecimal) cell).toPlainString(),
              cell -> new BigDecimal((String) cell));
      case REAL ->
          Conversion.exact("real as text", Object::toString, cell -> Float.valueOf((String) cell));
      case DOUBLE ->
          Conversion.exact(
              "double as text", Object::toString, cell -> Double.valueOf((String) cell));
      case BOOLEAN -> Conversion.exact("boolean as text", Object::toString, TextConversions::truth);
      case UUID ->
          Conversion.exact("uuid as text", Object::toString, cell -> UUID.fromString((String) cell))
              .inOrder();
      case BITS -> Conversion.exact("bits as text", cell -> cell, TextConversions::bits);
      case BYTES -> encoded(hints);
      case DATE, TIME, TIME_TZ, TIMESTAMP, TIMESTAMP_TZ -> time(type.kind());
      case TEXT, CHAR, ENUM, JSON, OTHER -> Conversion.COPY;
      case ARRAY -> new Found.None("an array is only written as JSON or as another array");
    };
  }

  private static Object truth(Object cell) {
    return switch ((String) cell) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new CellRefused("a text that is neither `true` nor `false`");
    };
  }

  private static Object bits(Object cell) {
    if (((String) cell).chars().anyMatch(c -> c != '0' && c != '1')) {
      throw new CellRefused("a text of other digits than 0 and 1");
    }
    return cell;
  }

  private static Found time(Kind kind) {
    return switch (kind) {
      case DATE ->
          Conversion.exact(
              "date as text", Object::toString, cell -> LocalDate.parse((String) cell));
      case TIME ->
          Conversion.exact(
              "time as text",
              cell -> cell instanceof LocalTime time ? TIME.format(time) : cell.toString(),
              cell -> LocalTime.parse((String) cell, TIME));
      case TIME_TZ ->
          Conversion.exact(
              "time with zone as text", Object::toString, cell -> OffsetTime.parse((String) cell));
      case TIMESTAMP ->
          Conversion.exact(
              "timestamp as text",
              cell -> DATE_TIME.format((LocalDateTime) cell),
              cell -> LocalDateTime.parse((String) cell, DATE_TIME));
      default ->
          Conversion.exact(
              "moment as text", Object::toString, cell -> Instant.parse((String) cell));
    };
  }

  private static Found encoded(Hints hints) {
    return switch (hints.encoding()) {
      case null ->
          new Found.None(
              "bytes are only text where it is said how they are written: add `convert: hex`,"
                  + " `base64` or `utf8`");
      case HEX ->
          Conversion.exact(
              "bytes as hex",
              cell -> HexFormat.of().formatHex((byte[]) cell),
              cell -> HexFormat.of().parseHex((String) cell));
      case BASE64 ->
          Conversion.exact(
              "bytes as base64",
              cell -> Base64.getEncoder().encodeToString((byte[]) cell),
              cell -> Base64.getDecoder().decode((String) cell));
      case UTF8 ->
          Conversion.exact("bytes as UTF-8", TextConversions::decoded, TextConversions::utf8);
    };
  }

  private static Object decoded(Object cell) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap((byte[]) cell)).toString();
    } catch (CharacterCodingException e) {
      throw new CellRefused("bytes that are not UTF-8");
    }
  }

  private static Object utf8(Object cell) {
    try {
      ByteBuffer encoded =
          StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap((String) cell));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw new CellRefused("half a surrogate pair, which UTF-8 can not write");
    }
  }
}
