package dev.banyan.transfer.reconcile;

import static dev.banyan.transfer.mapping.Tables.column;
import static dev.banyan.transfer.mapping.Tables.row;
import static dev.banyan.transfer.mapping.Tables.table;
import static dev.banyan.transfer.mapping.Tables.type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.Property;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The form must never change unnoticed: digests of two versions would differ.
class CanonicalTest {
  private static final Type TEXT = type(Kind.TEXT, 0, -1);
  private static final Type CHAR = type(Kind.CHAR, 10, -1);
  private static final Type JSON = type(Kind.JSON, 0, -1);
  private static final Type LONG = type(Kind.INTEGER, 8, 0);
  private static final Type CENTS = type(Kind.DECIMAL, 10, 2);
  private static final Type NUMERIC = type(Kind.DECIMAL, 0, -1);
  private static final Type DOUBLE = type(Kind.DOUBLE, 0, -1);
  private static final Type REAL = type(Kind.REAL, 0, -1);
  private static final Type LOCAL = type(Kind.TIMESTAMP, 0, 6);
  private static final Type NANOS = type(Kind.TIMESTAMP, 0, 9);
  private static final Type MOMENT = type(Kind.TIMESTAMP_TZ, 0, 6);
  private static final Type TIME = type(Kind.TIME, 0, 6);
  private static final Type ARRAY = new Type(Kind.ARRAY, 0, -1, "text[]", Optional.of(TEXT));

  private static String hex(Type type, @Nullable Object cell) {
    CanonicalBytes bytes = new CanonicalBytes();
    bytes.put(type, cell);
    return HexFormat.of().formatHex(bytes.array(), 0, bytes.length());
  }

  private record Vector(Type type, @Nullable Object cell, String hex) {}

  @Test
  void everyKindHasItsForm() {
    List<Vector> vectors =
        List.of(
            new Vector(TEXT, null, "00"),
            new Vector(type(Kind.BOOLEAN, 0, -1), true, "0101"),
            new Vector(LONG, 1L, "0200000100000000000000"),
            new Vector(LONG, -1L, "020000ffffffffffffffff"),
            new Vector(type(Kind.UNSIGNED, 8, -1), BigInteger.ONE, "0200000100000000000000"),
            new Vector(
                type(Kind.UNSIGNED, 8, -1),
                new BigInteger("18446744073709551615"),
                "030900ffffffffffffffff0000000000000000"),
            new Vector(CENTS, new BigDecimal("1.5"), "0202009600000000000000"),
            new Vector(NUMERIC, new BigDecimal("1.50"), "0201000f00000000000000"),
            new Vector(REAL, 1.5f, "040000c03f00000000"),
            new Vector(DOUBLE, 1.5, "05000000000000f83f"),
            new Vector(TEXT, "", "0600"),
            new Vector(TEXT, "é", "0602c3a9"),
            new Vector(type(Kind.BYTES, 0, -1), new byte[] {0, -1}, "070200ff"),
            new Vector(
                type(Kind.UUID, 0, -1),
                UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
                "087766554433221100ffeeddccbbaa9988"),
            new Vector(type(Kind.DATE, 0, -1), LocalDate.of(1970, 1, 2), "090100000000000000"),
            new Vector(TIME, LocalTime.of(0, 0, 1), "0a40420f0000000000"),
            new Vector(TIME, Duration.ofSeconds(-1), "0ac0bdf0ffffffffff"),
            new Vector(
                type(Kind.TIME_TZ, 0, 6),
                OffsetTime.of(0, 0, 0, 0, ZoneOffset.ofHours(1)),
                "0b0000000000000000100e000000000000"),
            new Vector(LOCAL, LocalDateTime.of(1970, 1, 1, 0, 0, 0, 1_000), "0c0100000000000000"),
            new Vector(
                NANOS,
                LocalDateTime.of(1970, 1, 1, 0, 0, 1, 1),
                "0c01000000000000000100000000000000"),
            new Vector(MOMENT, Instant.ofEpochMilli(-1), "0d18fcffffffffffff"),
            new Vector(LOCAL, Special.INFINITY, "0e01"),
            new Vector(LOCAL, Special.MINUS_INFINITY, "0e02"),
            new Vector(NUMERIC, Special.NAN, "0e03"),
            new Vector(LOCAL, Special.ZERO_DATE, "0e04"),
            new Vector(JSON, "{ \"b\": 1.0, \"a\": [] }", "0f0e7b2261223a5b5d2c2262223a317d"),
            new Vector(ARRAY, Arrays.asList("a", null), "100206016100"),
            new Vector(type(Kind.BITS, 2, -1), "10", "06023130"));
    for (Vector each : vectors) {
      assertThat(hex(each.type(), each.cell())).as(each.toString()).isEqualTo(each.hex());
    }
  }

  private record Pair(Type type, @Nullable Object a, @Nullable Object b) {}

  @Test
  void whatIsTheSameValueHasTheSameForm() {
    for (Pair each :
        List.of(
            new Pair(CENTS, new BigDecimal("1.5"), new BigDecimal("1.50")),
            new Pair(CENTS, new BigDecimal("1E+1"), new BigDecimal("10.00")),
            new Pair(CENTS, 10L, new BigDecimal("10.00")),
            new Pair(NUMERIC, new BigDecimal("0.000"), BigDecimal.ZERO),
            new Pair(NUMERIC, new BigDecimal("1E+30"), BigDecimal.TEN.pow(30)),
            new Pair(DOUBLE, 0.0, -0.0),
            new Pair(DOUBLE, Double.NaN, Double.longBitsToDouble(0x7ff8_0000_0000_0001L)),
            new Pair(REAL, 0.0f, -0.0f),
            new Pair(CHAR, "a", "a   "),
            new Pair(JSON, "{\"a\":1,\"b\":[1e2,null]}", "{ \"b\" : [100.0, null], \"a\": 1}"),
            new Pair(JSON, "{\"a\":1,\"a\":2}", "{\"a\":2}"),
            new Pair(JSON, "\"\\u00e9\"", "\"é\""),
            new Pair(JSON, "-0.0", "0"),
            new Pair(TIME, LocalTime.of(1, 2), Duration.ofMinutes(62)),
            new Pair(LONG, 5L, BigInteger.valueOf(5)))) {
      assertThat(hex(each.type(), each.a()))
          .as(each.toString())
          .isEqualTo(hex(each.type(), each.b()));
    }
  }

  @Test
  void whatIsAnotherValueHasAnotherForm() {
    for (Pair each :
        List.of(
            new Pair(TEXT, null, ""),
            new Pair(TEXT, "a", "A"),
            new Pair(TEXT, "a", "a "),
            new Pair(CHAR, " a", "a"),
            new Pair(TEXT, "e\u0301", "é"),
            new Pair(LONG, 1L, "1"),
            new Pair(LONG, 1L, 1.0),
            new Pair(LONG, null, 0L),
            new Pair(CENTS, new BigDecimal("1.00"), new BigDecimal("1.01")),
            new Pair(CENTS, new BigDecimal("1.00"), new BigDecimal("1.001")),
            new Pair(
                NUMERIC,
                new BigDecimal("9223372036854775807"),
                new BigDecimal("9223372036854775808")),
            new Pair(DOUBLE, 0.1, 0.1 + Math.ulp(0.1)),
            new Pair(DOUBLE, Double.NaN, Double.POSITIVE_INFINITY),
            new Pair(LOCAL, Special.INFINITY, Special.MINUS_INFINITY),
            new Pair(LOCAL, Special.ZERO_DATE, null),
            new Pair(LOCAL, LocalDateTime.MIN.withYear(1), Instant.EPOCH),
            new Pair(type(Kind.BYTES, 0, -1), new byte[] {97}, "a"),
            new Pair(type(Kind.BYTES, 0, -1), new byte[0], new byte[1]),
            new Pair(JSON, "[1,2]", "[2,1]"),
            new Pair(JSON, "1", "\"1\""),
            new Pair(JSON, "null", null),
            new Pair(JSON, "9007199254740993", "9007199254740992"),
            new Pair(JSON, "{\"a\":null}", "{}"),
            new Pair(JSON, "not json", "not  json"),
            new Pair(ARRAY, List.of(), null),
            new Pair(ARRAY, List.of("a", "b"), List.of("ab")),
            new Pair(ARRAY, List.of("ab"), List.of("a", "b")),
            new Pair(ARRAY, List.of(List.of("a"), List.of("b")), List.of(List.of("a", "b"))),
            new Pair(type(Kind.BITS, 0, -1), "01", "1"))) {
      assertThat(hex(each.type(), each.a()))
          .as(each.toString())
          .isNotEqualTo(hex(each.type(), each.b()));
    }
  }

  @Test
  void whereOneCellEndsAndTheNextBeginsMatters() {
    Table two = table("t", column("a", TEXT), column("b", TEXT));
    assertThat(kept(two, row("ab", "c"))).isNotEqualTo(kept(two, row("a", "bc")));
    assertThat(kept(two, row(null, "a"))).isNotEqualTo(kept(two, row("a", null)));
    String longer = "x".repeat(200);
    assertThat(kept(two, row(longer, "c"))).isNotEqualTo(kept(two, row(longer + "c", "")));
  }

  private static List<Byte> kept(Table table, Row row) {
    List<Byte> bytes = new ArrayList<>();
    for (byte each : new CanonicalRow(table).encode(row).keep().bytes()) {
      bytes.add(each);
    }
    return bytes;
  }

  @Test
  void aCellThatWasLeftOutIsNeverCompared() {
    assertThatThrownBy(() -> hex(TEXT, Special.UNCHANGED))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aChangedRowStaysInItsBucketAndItsColumnsAreNamed() {
    Table keyLast =
        new Table(
            new TableName("app", "t"),
            List.of(column("a", TEXT), column("b", TEXT), column("id", LONG)),
            List.of("id"),
            -1,
            -1);
    CanonicalRow canonical = new CanonicalRow(keyLast);
    int bucket = canonical.encode(row("x", "y", 1L)).bucket();
    CanonicalRow.Kept before = canonical.keep();
    assertThat(canonical.encode(row("x", "z", 1L)).bucket()).isEqualTo(bucket);
    assertThat(canonical.differing(before, canonical.keep())).containsExactly("b");
  }

  @Test
  void theOrderOfRowsAndTheirPartsDoesNotMatter() throws Exception {
    Table texts = table("t", column("id", LONG), column("v", TEXT));
    Property.forAll(
        50,
        random -> {
          List<Row> rows = new ArrayList<>();
          for (long id = 0; id < 200; id++) {
            rows.add(row(id, text(random)));
          }
          Buckets whole = buckets(texts, rows);
          Collections.shuffle(rows, random);
          int cut = random.nextInt(rows.size());
          Buckets parts = buckets(texts, rows.subList(0, cut));
          parts.add(buckets(texts, rows.subList(cut, rows.size())));
          assertThat(parts.differing(whole).isEmpty()).isTrue();
          assertThat(parts.digest()).isEqualTo(whole.digest());
          assertThat(whole.digest().rows()).isEqualTo(200);
          Buckets first = buckets(texts, rows.subList(0, cut));
          assertThat(first.digest().plus(buckets(texts, rows.subList(cut, 200)).digest()))
              .isEqualTo(whole.digest());

          int at = random.nextInt(rows.size());
          rows.set(at, row(rows.get(at).cell(0), text(random) + "!"));
          assertThat(buckets(texts, rows).differing(whole).cardinality()).isEqualTo(1);
        });
  }

  private static Buckets buckets(Table table, List<Row> rows) {
    CanonicalRow canonical = new CanonicalRow(table);
    Buckets buckets = new Buckets();
    for (Row row : rows) {
      canonical.encode(row);
      var hash = canonical.hash();
      buckets.add(
          canonical.bucket(), hash.getMostSignificantBits(), hash.getLeastSignificantBits());
    }
    return buckets;
  }

  private static @Nullable String text(Random random) {
    if (random.nextInt(10) == 0) {
      return null;
    }
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(random.nextInt(10) == 0 ? 3_000 : 80);
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(
          switch (random.nextInt(20)) {
            case 0 -> 0x1f600 + random.nextInt(64);
            case 1 -> 0xe0 + random.nextInt(0x200);
            default -> ' ' + random.nextInt(0x5f);
          });
    }
    return text.toString();
  }

  /// Two rows have the same bytes exactly where each cell is the same value.
  @Test
  void rowsAreEqualExactlyWhereTheirBytesAre() throws Exception {
    Column[] columns = {
      column("id", LONG), column("a", TEXT), column("b", TEXT), column("c", NUMERIC)
    };
    Table table = table("t", columns);
    Property.forAll(
        5_000,
        random -> {
          Row one = small(random);
          Row two = small(random);
          boolean same = true;
          for (int i = 0; i < columns.length; i++) {
            Object a = one.cell(i);
            Object b = two.cell(i);
            same &=
                (a instanceof BigDecimal x && b instanceof BigDecimal y)
                    ? x.compareTo(y) == 0
                    : java.util.Objects.equals(a, b);
          }
          assertThat(kept(table, one).equals(kept(table, two)))
              .as(Arrays.toString(one.cells()) + " and " + Arrays.toString(two.cells()))
              .isEqualTo(same);
        });
  }

  private static Row small(Random random) {
    @Nullable String[] texts = {null, "", "\0", "\1", "\6", "\6\0"};
    return row(
        (long) random.nextInt(2),
        texts[random.nextInt(texts.length)],
        texts[random.nextInt(texts.length)],
        new BigDecimal(List.of("1", "1.0", "10", "1E+1").get(random.nextInt(4))));
  }
}
