package dev.banyan.transfer.mysql;

import dev.banyan.transfer.table.Special;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// Every built-in scalar type of MariaDB with the values at its edges, as the tests send them
/// round. The page of types is made from this list.
public final class MariaDbTypes {
  /// Types that MySQL has not.
  private static final Set<String> NOT_OF_MYSQL =
      Set.of("uuid", "inet4", "inet6", "decimal(38,38)");

  /// Values that MySQL has not, or has otherwise: it keeps no digits of JSON that mean nothing, and
  /// has the latitude first.
  private static final Set<String> OTHERWISE_IN_MYSQL =
      Set.of(
          "'838:59:59.999999'",
          "'{\"a\": [1, 2.50, null, \"ä\\\\\\\\\"]}'",
          "ST_GeomFromText('POINT(1 2)', 4326)");

  private MariaDbTypes() {}

  /// @param declared the column's type, as one writes it
  /// @param literal the value as SQL
  /// @param cell the value as Java
  public record Case(String declared, String literal, Object cell) {}

  public static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    numbers(cases);
    texts(cases);
    bytes(cases);
    times(cases);
    others(cases);
    if (MariaDbServer.isMysql()) {
      cases.removeIf(each ->
          NOT_OF_MYSQL.contains(each.declared()) || OTHERWISE_IN_MYSQL.contains(each.literal()));
    }
    return cases;
  }

  private static void numbers(List<Case> to) {
    to.add(new Case("tinyint", "-128", -128L));
    to.add(new Case("tinyint(1)", "1", 1L));
    to.add(new Case("tinyint unsigned", "255", 255L));
    to.add(new Case("smallint", "-32768", -32768L));
    to.add(new Case("smallint unsigned", "65535", 65535L));
    to.add(new Case("mediumint", "-8388608", -8388608L));
    to.add(new Case("mediumint unsigned", "16777215", 16777215L));
    to.add(new Case("int", "-2147483648", -2147483648L));
    to.add(new Case("int unsigned", "4294967295", 4294967295L));
    to.add(new Case("int(8) zerofill", "42", 42L));
    to.add(new Case("bigint", "-9223372036854775808", Long.MIN_VALUE));
    to.add(new Case("bigint", "9223372036854775807", Long.MAX_VALUE));
    to.add(new Case("bigint", "0", 0L));
    to.add(
        new Case(
            "bigint unsigned", "18446744073709551615", new BigInteger("18446744073709551615")));
    to.add(new Case("decimal(65,0)", "-" + "9".repeat(65), new BigDecimal("-" + "9".repeat(65))));
    to.add(
        new Case("decimal(38,38)", "0." + "9".repeat(38), new BigDecimal("0." + "9".repeat(38))));
    to.add(new Case("decimal(10,2)", "-0.01", new BigDecimal("-0.01")));
    to.add(new Case("decimal(10,2)", "0", new BigDecimal("0.00")));
    to.add(
        new Case(
            "decimal(20,10)", "1234567890.0987654321", new BigDecimal("1234567890.0987654321")));
    to.add(new Case("float", "3.4028234663852886e38", Float.MAX_VALUE));
    to.add(new Case("float", "16777217", 16777216f));
    to.add(new Case("float", "0.1", 0.1f));
    to.add(new Case("double", "1.7976931348623157e308", Double.MAX_VALUE));
    to.add(new Case("float", "-0e0", -0f));
    to.add(new Case("double", "-0.1", -0.1));
    to.add(new Case("double", "-0e0", -0.0));
    to.add(new Case("double", "2.2250738585072014e-308", Double.MIN_NORMAL));
    to.add(new Case("bit(1)", "b'1'", "1"));
    to.add(new Case("bit(10)", "b'0000000101'", "0000000101"));
    to.add(new Case("bit(64)", "b'" + "1".repeat(64) + "'", "1".repeat(64)));
  }

  private static void texts(List<Case> to) {
    String hard = "tab\\t line\\n back\\\\slash quote'' null\\0 \uD83C\uDF33 ä";
    String read = "tab\t line\n back\\slash quote' null\0 \uD83C\uDF33 ä";
    to.add(new Case("char(10)", "'ab'", "ab"));
    to.add(new Case("char(10)", "''", ""));
    to.add(new Case("char(255)", "'" + "ä".repeat(255) + "'", "ä".repeat(255)));
    to.add(new Case("varchar(200)", "'" + hard + "'", read));
    to.add(new Case("varchar(200)", "'trailing  '", "trailing  "));
    to.add(new Case("varchar(200)", "'\\\\N'", "\\N"));
    to.add(new Case("varchar(20) character set latin1", "'äö\u0081€'", "äö\u0081€"));
    to.add(new Case("varchar(20) character set ucs2", "'äöß'", "äöß"));
    to.add(new Case("varchar(20) character set utf8mb3", "'äöß'", "äöß"));
    to.add(new Case("char(5) character set cp1251", "'Жук'", "Жук"));
    to.add(new Case("text character set sjis", "'日本'", "日本"));
    to.add(new Case("tinytext", "'" + hard + "'", read));
    to.add(new Case("text", "'" + "x".repeat(65535) + "'", "x".repeat(65535)));
    to.add(new Case("mediumtext", "repeat('ab', 100000)", "ab".repeat(100000)));
    to.add(new Case("longtext", "repeat('c', 17000000)", "c".repeat(17000000)));
    to.add(
        new Case(
            "json",
            "'{\"a\": [1, 2.50, null, \"ä\\\\\\\\\"]}'",
            "{\"a\": [1, 2.50, null, \"ä\\\\\"]}"));
    to.add(
        new Case(
            "json",
            "'{\"a\": [1, 2.5, null, \"ä\\\\\\\\\"]}'",
            "{\"a\": [1, 2.5, null, \"ä\\\\\"]}"));
    to.add(new Case("enum('a','b''c','1,2','ü')", "'b''c'", "b'c"));
    to.add(new Case("enum('a','b''c','1,2','ü')", "'ü'", "ü"));
    to.add(new Case("enum('10','20','1')", "'1'", "1"));
    to.add(new Case("set('x','y','z')", "'x,z'", "x,z"));
    to.add(new Case("set('x','y','z')", "''", ""));
  }

  private static void bytes(List<Case> to) {
    byte[] every = new byte[256];
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < 256; i++) {
      every[i] = (byte) i;
      hex.append(String.format(java.util.Locale.ROOT, "%02x", i));
    }
    to.add(new Case("binary(4)", "x'01000000'", new byte[] {1, 0, 0, 0}));
    to.add(new Case("binary(4)", "x'00000000'", new byte[4]));
    to.add(
        new Case(
            "binary(16)",
            "x'000102030405060708090a0b0c0d2020'",
            new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 32, 32}));
    to.add(new Case("varbinary(300)", "x'" + hex + "'", every));
    to.add(new Case("varbinary(300)", "x''", new byte[0]));
    to.add(new Case("tinyblob", "x'00'", new byte[1]));
    to.add(new Case("blob", "x'" + hex + "'", every));
    to.add(new Case("mediumblob", "x'" + hex + "'", every));
    to.add(new Case("longblob", "x'" + hex + "'", every));
  }

  private static void times(List<Case> to) {
    to.add(new Case("date", "'1000-01-01'", LocalDate.of(1000, 1, 1)));
    to.add(new Case("date", "'9999-12-31'", LocalDate.of(9999, 12, 31)));
    to.add(new Case("date", "'0000-00-00'", Special.ZERO_DATE));
    to.add(new Case("time", "'00:00:00'", LocalTime.MIDNIGHT));
    to.add(new Case("time", "'-838:59:59'", Duration.ofSeconds(-(838 * 3600 + 59 * 60 + 59))));
    to.add(
        new Case(
            "time(6)",
            "'838:59:59.999999'",
            Duration.ofSeconds(838 * 3600 + 59 * 60 + 59, 999_999_000)));
    to.add(
        new Case(
            "time(6)",
            "'838:59:58.999999'",
            Duration.ofSeconds(838 * 3600 + 59 * 60 + 58, 999_999_000)));
    to.add(new Case("time(6)", "'-00:00:00.000001'", Duration.ofNanos(-1000)));
    to.add(new Case("time(2)", "'-00:00:01.25'", Duration.ofMillis(-1250)));
    to.add(new Case("time(4)", "'-00:00:01.0001'", Duration.ofNanos(-1_000_100_000)));
    to.add(new Case("time(3)", "'23:59:59.999'", LocalTime.of(23, 59, 59, 999_000_000)));
    to.add(
        new Case("datetime", "'2024-02-29 23:59:59'", LocalDateTime.of(2024, 2, 29, 23, 59, 59)));
    to.add(new Case("datetime", "'0000-00-00 00:00:00'", Special.ZERO_DATE));
    to.add(
        new Case(
            "datetime(1)",
            "'2024-03-31 02:30:00.1'",
            LocalDateTime.of(2024, 3, 31, 2, 30, 0, 100_000_000)));
    to.add(
        new Case(
            "datetime(6)",
            "'9999-12-31 23:59:59.999999'",
            LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_000)));
    to.add(
        new Case(
            "datetime(6)",
            "'0001-01-01 00:00:00.000001'",
            LocalDateTime.of(1, 1, 1, 0, 0, 0, 1000)));
    to.add(
        new Case(
            "timestamp(6) null",
            "'2024-03-31 02:30:00.123456'",
            Instant.parse("2024-03-31T02:30:00.123456Z")));
    to.add(new Case("timestamp null", "'1970-01-01 00:00:01'", Instant.ofEpochSecond(1)));
    to.add(new Case("timestamp null", "'2038-01-19 03:14:07'", Instant.ofEpochSecond(2147483647L)));
    to.add(new Case("timestamp null", "'0000-00-00 00:00:00'", Special.ZERO_DATE));
    to.add(
        new Case(
            "timestamp(3) null",
            "'2024-10-27 01:30:00.5'",
            Instant.parse("2024-10-27T01:30:00.5Z")));
    to.add(new Case("year", "1901", 1901L));
    to.add(new Case("year", "2155", 2155L));
    to.add(new Case("year", "0", 0L));
  }

  private static void others(List<Case> to) {
    UUID uuid = UUID.fromString("f81d4fae-7dec-11d0-a765-00a0c91e6bf6");
    to.add(new Case("uuid", "'" + uuid + "'", uuid));
    to.add(new Case("uuid", "'00000000-0000-0000-0000-000000000000'", new UUID(0, 0)));
    to.add(
        new Case(
            "uuid",
            "'123e4567-e89b-42d3-a456-426614174000'",
            UUID.fromString("123e4567-e89b-42d3-a456-426614174000")));
    to.add(new Case("inet4", "'192.168.0.1'", "192.168.0.1"));
    to.add(new Case("inet6", "'2001:db8::ff00:42:8329'", "2001:db8::ff00:42:8329"));
    to.add(new Case("inet6", "'::ffff:192.0.2.1'", "::ffff:192.0.2.1"));
    to.add(new Case("inet6", "'::'", "::"));
    to.add(
        new Case(
            "point",
            "ST_GeomFromText('POINT(1 2)', 4326)",
            "e61000000101000000000000000000f03f0000000000000040"));
    to.add(
        new Case(
            "point",
            "ST_GeomFromText('POINT(2 2)', 4326)",
            "e610000001010000000000000000000040" + "0000000000000040"));
    to.add(
        new Case(
            "geometry",
            "ST_GeomFromText('LINESTRING(0 0, 1 1)')",
            "00000000010200000002000000" + "0".repeat(32) + "000000000000f03f000000000000f03f"));
  }
}
