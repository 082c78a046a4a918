package dev.banyan.transfer.mapping;

import static dev.banyan.transfer.mapping.Tables.column;
import static dev.banyan.transfer.mapping.Tables.converted;
import static dev.banyan.transfer.mapping.Tables.mapping;
import static dev.banyan.transfer.mapping.Tables.required;
import static dev.banyan.transfer.mapping.Tables.row;
import static dev.banyan.transfer.mapping.Tables.table;
import static dev.banyan.transfer.mapping.Tables.type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConversionsTest {
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final Type TINY = type(Kind.INTEGER, 1, -1);
  private static final Type LONG = type(Kind.INTEGER, 8, -1);
  private static final Type TEXT = type(Kind.TEXT, 0, -1);
  private static final Type MOMENT = type(Kind.TIMESTAMP_TZ, 0, 6);
  private static final Type LOCAL = type(Kind.TIMESTAMP, 0, 6);

  /// A value, what becomes of it, and that it comes back.
  private record There(
      Type from, Type to, @Nullable String convert, Object value, Object becomes) {}

  private static final List<There> BOTH_WAYS =
      List.of(
          there(LONG, type(Kind.DECIMAL, 20, 0), Long.MIN_VALUE, decimal("-9223372036854775808")),
          there(LONG, type(Kind.DECIMAL, 20, 2), 7L, decimal("7.00")),
          there(LONG, TEXT, -42L, "-42"),
          there(TEXT, LONG, "-42", -42L),
          there(LONG, type(Kind.UNSIGNED, 8, -1), 5L, BigInteger.valueOf(5)),
          there(type(Kind.UNSIGNED, 8, -1), LONG, BigInteger.TEN, 10L),
          there(
              type(Kind.UNSIGNED, 8, -1),
              type(Kind.DECIMAL, 20, 0),
              new BigInteger("18446744073709551615"),
              decimal("18446744073709551615")),
          there(LONG, type(Kind.DOUBLE, 0, -1), 1L << 53, 9007199254740992.0),
          there(type(Kind.BOOLEAN, 0, -1), TINY, true, 1L),
          there(TINY, type(Kind.BOOLEAN, 0, -1), 0L, false),
          there(type(Kind.BOOLEAN, 0, -1), type(Kind.BITS, 1, -1), true, "1"),
          there(type(Kind.BITS, 1, -1), type(Kind.BOOLEAN, 0, -1), "0", false),
          there(type(Kind.BITS, 8, -1), LONG, "00000101", 5L),
          there(LONG, type(Kind.BITS, 8, -1), 5L, "00000101"),
          there(
              type(Kind.DECIMAL, 10, 2),
              type(Kind.DECIMAL, 12, 4),
              decimal("1.50"),
              decimal("1.5000")),
          there(type(Kind.DECIMAL, 0, -1), TEXT, decimal("1E+3"), "1000"),
          there(type(Kind.DECIMAL, 10, 0), LONG, decimal("12"), 12L),
          there(type(Kind.REAL, 0, -1), type(Kind.DOUBLE, 0, -1), 0.1f, (double) 0.1f),
          there(type(Kind.DOUBLE, 0, -1), TEXT, 0.1, "0.1"),
          there(
              type(Kind.UUID, 0, -1),
              type(Kind.BYTES, 16, -1),
              ID,
              bytes("00112233445566778899aabbccddeeff")),
          there(
              type(Kind.BYTES, 16, -1),
              type(Kind.UUID, 0, -1),
              bytes("00112233445566778899aabbccddeeff"),
              ID),
          there(type(Kind.UUID, 0, -1), type(Kind.CHAR, 36, -1), ID, ID.toString()),
          there(type(Kind.CHAR, 36, -1), type(Kind.UUID, 0, -1), ID.toString(), ID),
          there(type(Kind.JSON, 0, -1), TEXT, "{\"a\": 1}", "{\"a\": 1}"),
          there(TEXT, type(Kind.JSON, 0, -1), "[1]", "[1]"),
          there(type(Kind.ENUM, 0, -1), TEXT, "open", "open"),
          there(TEXT, type(Kind.ENUM, 0, -1), "open", "open"),
          there(type(Kind.CHAR, 5, -1), TEXT, "ab", "ab"),
          there(TEXT, type(Kind.CHAR, 5, -1), " ab", " ab"),
          there(type(Kind.OTHER, 0, -1), TEXT, "10.0.0.1", "10.0.0.1"),
          there(
              type(Kind.DATE, 0, -1),
              LOCAL,
              LocalDate.of(2024, 2, 29),
              LocalDateTime.of(2024, 2, 29, 0, 0)),
          there(type(Kind.DATE, 0, -1), TEXT, LocalDate.of(2024, 2, 29), "2024-02-29"),
          there(LOCAL, TEXT, LocalDateTime.of(2024, 1, 2, 3, 4, 0), "2024-01-02 03:04:00"),
          there(
              TEXT,
              LOCAL,
              "2024-01-02 03:04:05.1",
              LocalDateTime.of(2024, 1, 2, 3, 4, 5, 100_000_000)),
          there(type(Kind.TIME, 0, 0), TEXT, LocalTime.of(1, 2), "01:02:00"),
          there(
              type(Kind.TIME, 0, 0),
              type(Kind.TIME, 0, 6),
              Duration.ofHours(-30),
              Duration.ofHours(-30)),
          hinted(
              LOCAL,
              MOMENT,
              "zone Europe/Berlin",
              LocalDateTime.of(2024, 7, 1, 12, 0),
              Instant.parse("2024-07-01T10:00:00Z")),
          hinted(
              MOMENT,
              LOCAL,
              "zone UTC",
              Instant.parse("2024-07-01T10:00:00Z"),
              LocalDateTime.of(2024, 7, 1, 10, 0)),
          hinted(LONG, MOMENT, "epoch millis", -1L, Instant.parse("1969-12-31T23:59:59.999Z")),
          hinted(
              MOMENT, LONG, "epoch seconds", Instant.parse("2024-07-01T10:00:00Z"), 1_719_828_000L),
          hinted(LONG, LOCAL, "epoch seconds", 0L, LocalDateTime.of(1970, 1, 1, 0, 0)),
          hinted(type(Kind.BYTES, 0, -1), TEXT, "hex", bytes("00ff"), "00ff"),
          hinted(type(Kind.BYTES, 0, -1), TEXT, "base64", bytes("00ff"), "AP8="),
          hinted(TEXT, type(Kind.BYTES, 0, -1), "utf8", "é", bytes("c3a9")),
          hinted(TINY, type(Kind.ENUM, 0, -1), "values 0=open|1=closed", 1L, "closed"),
          hinted(
              LOCAL,
              type(Kind.TIMESTAMP, 0, 0),
              "exact",
              LocalDateTime.of(2024, 1, 1, 1, 1, 1),
              LocalDateTime.of(2024, 1, 1, 1, 1, 1)),
          hinted(
              type(Kind.DECIMAL, 10, 4),
              type(Kind.DECIMAL, 10, 2),
              "exact",
              decimal("1.2500"),
              decimal("1.25")),
          there(array(TEXT), array(TEXT), List.of("a", ""), List.of("a", "")),
          there(array(LONG), array(TEXT), List.of(1L, 2L), List.of("1", "2")),
          there(array(LONG), type(Kind.JSON, 0, -1), List.of(1L, 2L), "[1,2]"),
          there(array(TEXT), TEXT, List.of("a\"b"), "[\"a\\\"b\"]"));

  private static There there(Type from, Type to, Object value, Object becomes) {
    return new There(from, to, null, value, becomes);
  }

  private static There hinted(Type from, Type to, String convert, Object value, Object becomes) {
    return new There(from, to, convert, value, becomes);
  }

  private static Type array(Type element) {
    return new Type(Kind.ARRAY, 0, -1, element.declared() + "[]", java.util.Optional.of(element));
  }

  private static BigDecimal decimal(String text) {
    return new BigDecimal(text);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static TableMapping one(
      Type from, Type to, @Nullable String convert, @Nullable String lossy) {
    return mapping(
        table("t", required("id", Kind.INTEGER), column("v", from)),
        table("t", required("id", Kind.INTEGER), column("v", to)),
        converted("v", convert, lossy));
  }

  @Test
  void everyConversionComesBack() throws RowRefused {
    for (There each : BOTH_WAYS) {
      TableMapping mapping = one(each.from(), each.to(), each.convert(), null);
      Row row = row(1L, each.value());
      Row there = Tables.there(mapping, row);
      assertThat(there.cell(1)).as(each.toString()).isEqualTo(each.becomes());
      assertThat(mapping.check(row)).as(each.toString()).isEmpty();
      Row again = Objects.requireNonNull(mapping.back(there));
      assertThat(Cells.same(each.value(), again.cell(1))).as(each.toString()).isTrue();
    }
  }

  @Test
  void nullStaysNullAndWhatAChangeLeftOutStaysLeftOut() throws RowRefused {
    for (There each : BOTH_WAYS) {
      TableMapping mapping = one(each.from(), each.to(), each.convert(), null);
      assertThat(cell(mapping, null)).as(each.toString()).isNull();
      assertThat(cell(mapping, Special.UNCHANGED)).as(each.toString()).isEqualTo(Special.UNCHANGED);
    }
  }

  private static @Nullable Object cell(TableMapping mapping, @Nullable Object value)
      throws RowRefused {
    return Tables.there(mapping, row(1L, value)).cell(1);
  }

  private static void refuses(
      Type from, Type to, @Nullable String convert, Object value, String why) {
    TableMapping mapping = one(from, to, convert, null);
    assertThatThrownBy(() -> mapping.forward(row(7L, value)))
        .as(value + " as " + to)
        .isInstanceOf(RowRefused.class)
        .hasMessageContaining("app.t, key 7, column v")
        .hasMessageContaining(why);
  }

  @Test
  void aValueThatWouldNotComeBackIsRefusedWithItsKeyAndColumn() {
    refuses(TEXT, LONG, null, "007", "can not be brought back");
    refuses(TEXT, LONG, null, "x", "type does not have");
    refuses(TINY, type(Kind.BOOLEAN, 0, -1), null, 2L, "can not be brought back");
    refuses(TEXT, type(Kind.CHAR, 9, -1), null, "blank ", "can not be brought back");
    refuses(
        TEXT,
        type(Kind.UUID, 0, -1),
        null,
        ID.toString().toUpperCase(java.util.Locale.ROOT),
        "brought back");
    refuses(LONG, type(Kind.DOUBLE, 0, -1), null, (1L << 53) + 1, "brought back");
    refuses(LONG, type(Kind.UNSIGNED, 0, -1), null, -1L, "negative");
    refuses(LONG, type(Kind.BITS, 2, -1), null, 4L, "2 bits");
    refuses(type(Kind.BYTES, 0, -1), type(Kind.UUID, 0, -1), null, bytes("00"), "16");
    refuses(
        type(Kind.DECIMAL, 9, 4),
        type(Kind.DECIMAL, 9, 2),
        "exact",
        decimal("1.2345"),
        "type does not have");
    refuses(
        LOCAL,
        type(Kind.TIMESTAMP, 0, 0),
        "exact",
        LocalDateTime.of(2024, 1, 1, 0, 0, 0, 1_000),
        "does not keep");
    refuses(MOMENT, LONG, "epoch seconds", Instant.ofEpochMilli(1), "brought back");
    refuses(TEXT, TINY, "values a=1|b=2", "c", "`values`");
  }

  @Test
  void aLocalTimeThatTheClocksSkipIsRefused() {
    refuses(
        LOCAL, MOMENT, "zone Europe/Berlin", LocalDateTime.of(2024, 3, 31, 2, 30), "brought back");
  }

  @Test
  void theSecondOfTwoEqualHoursIsRefused() throws RowRefused {
    TableMapping mapping = one(MOMENT, LOCAL, "zone Europe/Berlin", null);
    assertThat(mapping.check(row(1L, Instant.parse("2024-10-27T00:30:00Z")))).isEmpty();
    refuses(
        MOMENT, LOCAL, "zone Europe/Berlin", Instant.parse("2024-10-27T01:30:00Z"), "brought back");
  }

  @Test
  void whatOnlyOneEngineHasIsRefusedByTheOther() {
    refuses(LOCAL, LOCAL, null, Special.INFINITY, "infinity");
    refuses(LOCAL, LOCAL, null, Special.ZERO_DATE, "zeros");
    refuses(type(Kind.DECIMAL, 0, -1), type(Kind.DECIMAL, 0, -1), null, Special.NAN, "NaN");
  }

  @Test
  void aDateOfZerosBecomesWhatWasDeclared() throws RowRefused {
    assertThat(cell(one(LOCAL, LOCAL, "zero-dates null", "dates of zeros"), Special.ZERO_DATE))
        .isNull();
    assertThat(
            cell(
                one(LOCAL, LOCAL, "zero-dates 1970-01-01 00:00:00", "dates of zeros"),
                Special.ZERO_DATE))
        .isEqualTo(LocalDateTime.of(1970, 1, 1, 0, 0));
  }

  @Test
  void aValueThatDoesNotFitIsRefusedAndNeverCut() throws RowRefused {
    refuses(TEXT, type(Kind.TEXT, 3, -1), null, "abcd", "3 characters");
    refuses(LONG, TINY, null, 128L, "1 bytes");
    refuses(type(Kind.BYTES, 0, -1), type(Kind.BYTES, 1, -1), null, bytes("0000"), "1 bytes");
    refuses(
        type(Kind.DECIMAL, 9, 2), type(Kind.DECIMAL, 5, 2), null, decimal("1000.00"), "3 digits");
    assertThat(cell(one(TEXT, type(Kind.TEXT, 3, -1), null, null), "😀😀😀")).isEqualTo("😀😀😀");
    assertThat(cell(one(LONG, TINY, null, null), -128L)).isEqualTo(-128L);
  }

  @Test
  void roundingIsAsDeclared() throws RowRefused {
    Type four = type(Kind.DECIMAL, 9, 4);
    Type two = type(Kind.DECIMAL, 9, 2);
    assertThat(cell(one(four, two, "round half_up", "cents"), decimal("1.2350")))
        .isEqualTo(decimal("1.24"));
    assertThat(cell(one(four, two, "round half_even", "cents"), decimal("1.2450")))
        .isEqualTo(decimal("1.24"));
    assertThat(cell(one(four, two, "round down", "cents"), decimal("-1.2399")))
        .isEqualTo(decimal("-1.23"));
    Type seconds = type(Kind.TIMESTAMP, 0, 0);
    LocalDateTime time = LocalDateTime.of(2024, 12, 31, 23, 59, 59, 500_000_000);
    assertThat(cell(one(LOCAL, seconds, "round down", "parts"), time)).isEqualTo(time.withNano(0));
    assertThat(cell(one(LOCAL, seconds, "round half_up", "parts"), time))
        .isEqualTo(LocalDateTime.of(2025, 1, 1, 0, 0));
    Instant before = Instant.parse("1969-12-31T23:59:59.600Z");
    assertThat(cell(one(MOMENT, type(Kind.TIMESTAMP_TZ, 0, 0), "round half_up", "parts"), before))
        .isEqualTo(Instant.EPOCH);
  }
}
