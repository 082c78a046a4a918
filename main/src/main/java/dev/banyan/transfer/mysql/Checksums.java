package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.Checksum;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Counts rows and sums up their hashes where they are.
///
/// Of each cell, its length, a colon and its text, in the forms that [Sessions] holds every session
/// to: NULL is `:` and an empty text is `0:`, so that no two rows have one text. The hash is MD5,
/// in two halves that are summed without a bound.
final class Checksums {
  private Checksums() {}

  /// @return empty where a row is too long for the server to put together: it would be left out of
  ///   the sum, and two of them would count as the same
  static Optional<Checksum> of(
      Connection connection, Table table, List<String> columns, String where) throws SQLException {
    String cells =
        columns.stream()
            .map(name -> cell(table.column(name)))
            .collect(Collectors.joining(", ", "concat_ws('', ", ")"));
    // A limit keeps the server from computing the hash once for each place that it stands at.
    String query =
        "select count(*), count(hash), sum(%s), sum(%s) from (select md5(%s) as hash"
                .formatted(half("left"), half("right"), cells)
            + " from "
            + Sql.name(table.name())
            + " where "
            + where
            + " limit "
            + Long.MAX_VALUE
            + ") as hashed";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      long rows = row.getLong(1);
      return row.getLong(2) == rows
          ? Optional.of(new Checksum(rows, number(row, 3), number(row, 4)))
          : Optional.empty();
    }
  }

  private static String half(String side) {
    return "cast(conv(" + side + "(hash, 16), 16, 10) as unsigned)";
  }

  private static String cell(Column column) {
    String selected = CellReader.selected(column);
    String text =
        switch (column.type().kind()) {
          case BYTES -> "md5(" + selected + ")";
          case BITS -> "hex(" + selected + ")";
          default ->
              Types.geometric(column.type())
                  ? "hex(" + selected + ")"
                  : "convert(" + selected + " using utf8mb4)";
        };
    return "length(" + text + "), ':', " + text;
  }

  private static BigInteger number(ResultSet row, int column) throws SQLException {
    @Nullable BigDecimal number = row.getBigDecimal(column);
    return number == null ? BigInteger.ZERO : number.toBigInteger();
  }
}
