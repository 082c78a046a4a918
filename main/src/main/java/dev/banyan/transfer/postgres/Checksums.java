package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.Checksum;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// Counts rows and sums up their hashes where they are.
///
/// Of each cell, its length, a colon and its text, in the forms that [Sessions] holds every session
/// to: NULL is `:` and an empty text is `0:`, so that no two rows have one text. The hash is MD5,
/// in two halves that are summed without a bound.
final class Checksums {
  /// A function takes a hundred arguments, of which a cell needs three.
  private static final int CELLS = 33;

  private Checksums() {}

  static Optional<Checksum> of(
      Connection connection, Table table, List<String> columns, String where) throws SQLException {
    if ("SQL_ASCII".equals(encoding(connection))) {
      return Optional.empty(); // nobody knows what its texts mean elsewhere
    }
    // Without `offset 0` the hash would be computed once for each place that it stands at.
    String query =
        "select count(*), coalesce(sum(%s), 0), coalesce(sum(%s), 0) from (select md5(%s) as hash"
                .formatted(half("left"), half("right"), row(table, columns))
            + " from "
            + Sql.table(table.name())
            + " "
            + Sql.ALIAS
            + where
            + " offset 0) as hashed";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return Optional.of(new Checksum(row.getLong(1), number(row, 2), number(row, 3)));
    }
  }

  private static @Nullable String encoding(Connection connection) throws SQLException {
    return connection.unwrap(PGConnection.class).getParameterStatus("server_encoding");
  }

  private static String half(String side) {
    return "('x' || " + side + "(hash, 16))::bit(64)::bigint";
  }

  /// In one encoding, whatever the database's own is.
  private static String row(Table table, List<String> columns) {
    List<String> parts = new ArrayList<>();
    for (int from = 0; from < columns.size(); from += CELLS) {
      parts.add(
          columns.subList(from, Math.min(columns.size(), from + CELLS)).stream()
              .map(name -> cell(table.column(name)))
              .collect(Collectors.joining(", ", "concat(", ")")));
    }
    return "convert_to(" + String.join(" || ", parts) + ", 'UTF8')";
  }

  private static String cell(Column column) {
    String text =
        column.type().kind() == Type.Kind.BYTES
            ? "md5(" + Sql.column(column.name()) + ")"
            : Declared.text(column);
    return "length(" + text + "), ':', " + text;
  }

  private static BigInteger number(ResultSet row, int column) throws SQLException {
    BigDecimal number = row.getBigDecimal(column);
    return number == null ? BigInteger.ZERO : number.toBigInteger();
  }
}
