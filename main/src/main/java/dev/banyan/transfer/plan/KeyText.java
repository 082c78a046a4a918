package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Special;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.stream.Collectors;

/// A key as one word without blanks: each cell a letter for its type and its text.
final class KeyText {
  private KeyText() {}

  static String text(Key key) {
    return key.cells().stream().map(KeyText::cell).collect(Collectors.joining(","));
  }

  static Key key(String word) {
    return Key.of(Arrays.stream(word.split(",", -1)).map(KeyText::cell).toArray());
  }

  private static String cell(Object cell) {
    return switch (cell) {
      case Long number -> "i" + number;
      case String text -> "s" + URLEncoder.encode(text, StandardCharsets.UTF_8);
      case byte[] bytes -> "x" + HexFormat.of().formatHex(bytes);
      case BigInteger number -> "n" + number;
      case BigDecimal number -> "d" + number;
      case Boolean value -> "b" + value;
      case Float number -> "r" + number;
      case Double number -> "e" + number;
      case UUID uuid -> "u" + uuid;
      case LocalDate date -> "D" + date;
      case LocalTime time -> "T" + time;
      case LocalDateTime time -> "L" + time;
      case OffsetTime time -> "O" + time;
      case Instant time -> "I" + time;
      case Duration time -> "P" + time;
      case Special special -> "S" + special;
      default ->
          throw new IllegalArgumentException(
              "a key with a " + cell.getClass().getSimpleName() + " can not be remembered");
    };
  }

  private static Object cell(String word) {
    if (word.isEmpty()) {
      throw Texts.unreadable("a key without a type");
    }
    String text = word.substring(1);
    return switch (word.charAt(0)) {
      case 'i' -> Long.valueOf(text);
      case 's' -> URLDecoder.decode(text, StandardCharsets.UTF_8);
      case 'x' -> HexFormat.of().parseHex(text);
      case 'n' -> new BigInteger(text);
      case 'd' -> new BigDecimal(text);
      case 'b' -> Boolean.valueOf(text);
      case 'r' -> Float.valueOf(text);
      case 'e' -> Double.valueOf(text);
      case 'u' -> UUID.fromString(text);
      case 'D' -> LocalDate.parse(text);
      case 'T' -> LocalTime.parse(text);
      case 'L' -> LocalDateTime.parse(text);
      case 'O' -> OffsetTime.parse(text);
      case 'I' -> Instant.parse(text);
      case 'P' -> Duration.parse(text);
      case 'S' -> Special.valueOf(text);
      default -> throw Texts.unreadable(word);
    };
  }
}
