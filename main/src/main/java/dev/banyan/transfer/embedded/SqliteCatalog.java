package dev.banyan.transfer.embedded;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Tables as SQLite describes them.
///
/// Outside of STRICT tables a declaration only says what a column prefers, so that any cell may be
/// of any type: the declaration is what the column is taken for, and a cell that is another stays
/// what it is.
final class SqliteCatalog {
  private static final Pattern SIZES = Pattern.compile("\\(\\s*(\\d+)\\s*(?:,\\s*(\\d+)\\s*)?\\)");

  private SqliteCatalog() {}

  /// @param rowid whether its rows have numbers of their own
  record Kept(boolean rowid, boolean strict) {}

  /// A unique index.
  ///
  /// @param columns with an empty name for an expression
  /// @param whole of all rows
  record Unique(String name, boolean primary, boolean whole, List<Part> columns) {}

  record Part(String column, String collation) {}

  /// Empty where it is no table, but a view or a virtual one.
  static Optional<Kept> kept(Connection connection, TableName name) throws SQLException {
    return name.schema().equals("main")
        ? Sessions.list(
                connection,
                "select wr, strict from pragma_table_list where schema = 'main' and type = 'table'"
                    + " and name = ?",
                row -> new Kept(row.getInt(1) == 0, row.getInt(2) == 1),
                name.name())
            .stream()
            .findFirst()
        : Optional.empty();
  }

  static List<Unique> uniques(Connection connection, TableName name) throws SQLException {
    record Index(String name, boolean primary, boolean whole) {}
    List<Index> indexes =
        Sessions.list(
            connection,
            "select name, origin, partial from pragma_index_list(?) where \"unique\" = 1"
                + " order by origin <> 'pk', seq desc",
            row ->
                new Index(
                    Sessions.text(row, 1), Sessions.text(row, 2).equals("pk"), row.getInt(3) == 0),
            name.name());
    List<Unique> uniques = new ArrayList<>();
    for (Index index : indexes) {
      List<Part> parts =
          Sessions.list(
              connection,
              "select name, coll from pragma_index_xinfo(?) where key = 1 order by seqno",
              row -> new Part(Sessions.text(row, 1), Sessions.text(row, 2)),
              index.name());
      uniques.add(new Unique(index.name(), index.primary(), index.whole(), parts));
    }
    return uniques;
  }

  private record Found(
      String name,
      String declared,
      boolean notNull,
      boolean defaulted,
      int key,
      boolean computed) {}

  static Optional<Table> table(Connection connection, TableName name) throws SQLException {
    Optional<Kept> kept = kept(connection, name);
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    List<Found> found =
        Sessions.list(
            connection,
            "select name, type, \"notnull\", dflt_value is not null, pk, hidden"
                + " from pragma_table_xinfo(?) order by cid",
            row ->
                new Found(
                    Sessions.text(row, 1),
                    Sessions.text(row, 2),
                    row.getInt(3) == 1,
                    row.getInt(4) == 1,
                    row.getInt(5),
                    row.getInt(6) > 1),
            name.name());
    List<Unique> uniques = uniques(connection, name);
    Optional<String> rowid = kept.get().rowid() ? rowid(found, uniques) : Optional.empty();
    Set<String> never = new HashSet<>();
    found.stream()
        .filter(each -> each.notNull() || (!kept.get().rowid() && each.key() > 0))
        .forEach(each -> never.add(each.name()));
    rowid.ifPresent(never::add);
    Optional<Unique> key = rowid.isPresent() ? Optional.empty() : key(uniques, never);
    Set<String> bytewise = bytewise(connection, key);
    List<Column> columns = new ArrayList<>();
    for (Found each : found) {
      Type type = type(each.declared(), kept.get().strict());
      columns.add(
          new Column(
              each.name(),
              type,
              !never.contains(each.name()),
              each.computed(),
              rowid.equals(Optional.of(each.name())),
              type.kind() == Kind.BYTES || bytewise.contains(each.name()),
              each.defaulted()));
    }
    List<String> keyColumns =
        rowid
            .map(List::of)
            .orElse(
                key.map(unique -> unique.columns().stream().map(Part::column).toList())
                    .orElse(List.of()));
    return Optional.of(
        new Table(name, columns, keyColumns, rows(connection, name, kept.get()), -1));
  }

  /// The column that is another name for the row's number: an INTEGER PRIMARY KEY, which needs no
  /// index.
  private static Optional<String> rowid(List<Found> found, List<Unique> uniques) {
    List<Found> key = found.stream().filter(each -> each.key() > 0).toList();
    boolean alias =
        key.size() == 1
            && key.getFirst().declared().equalsIgnoreCase("INTEGER")
            && uniques.stream().noneMatch(Unique::primary);
    return alias ? Optional.of(key.getFirst().name()) : Optional.empty();
  }

  private static Optional<Unique> key(List<Unique> uniques, Set<String> never) {
    return uniques.stream()
        .filter(Unique::whole)
        .filter(unique -> unique.columns().stream().allMatch(part -> never.contains(part.column())))
        .findFirst();
  }

  private static Set<String> bytewise(Connection connection, Optional<Unique> key)
      throws SQLException {
    Set<String> columns = new HashSet<>();
    boolean utf8 =
        Sessions.list(connection, "pragma encoding", row -> Sessions.text(row, 1))
            .equals(List.of("UTF-8"));
    for (Part part : key.map(Unique::columns).orElse(List.of())) {
      if (utf8 && part.collation().equalsIgnoreCase("BINARY")) {
        columns.add(part.column());
      }
    }
    return columns;
  }

  /// By the rows' numbers, between which some may be missing.
  private static long rows(Connection connection, TableName name, Kept kept) throws SQLException {
    return kept.rowid()
        ? Sessions.list(
                connection,
                "select coalesce((select max(_rowid_) from "
                    + Sql.name(name)
                    + ") - (select min(_rowid_) from "
                    + Sql.name(name)
                    + ") + 1, 0)",
                row -> row.getLong(1))
            .getFirst()
        : -1;
  }

  static Type type(String declared, boolean strict) {
    String word = declared.replaceFirst("\\(.*", "").strip().toUpperCase(Locale.ROOT);
    if (word.isEmpty() || (strict && word.equals("ANY"))) {
      return new Type(Kind.OTHER, 0, -1, declared);
    }
    if (word.equals("BOOL") || word.equals("BOOLEAN")) {
      return new Type(Kind.BOOLEAN, 0, -1, declared);
    }
    if (word.contains("INT")) {
      return new Type(Kind.INTEGER, 8, -1, declared);
    }
    if (word.contains("CHAR") || word.contains("CLOB") || word.contains("TEXT")) {
      return new Type(Kind.TEXT, 0, -1, declared);
    }
    if (word.contains("BLOB") || word.contains("BINARY") || word.equals("BYTEA")) {
      return new Type(Kind.BYTES, 0, -1, declared);
    }
    if (word.contains("REAL") || word.contains("FLOA") || word.contains("DOUB")) {
      return new Type(Kind.DOUBLE, 0, -1, declared);
    }
    if (word.equals("DECIMAL") || word.equals("NUMERIC") || word.equals("NUMBER")) {
      return decimal(declared);
    }
    return new Type(word.startsWith("JSON") ? Kind.JSON : Kind.TEXT, 0, -1, declared);
  }

  private static Type decimal(String declared) {
    Matcher sizes = SIZES.matcher(declared);
    if (!sizes.find()) {
      return new Type(Kind.DECIMAL, 0, -1, declared);
    }
    String scale = sizes.group(2);
    return new Type(
        Kind.DECIMAL,
        Integer.parseInt(sizes.group(1)),
        scale == null ? 0 : Integer.parseInt(scale),
        declared);
  }

  /// Whether the column makes numbers of texts that look like one.
  static boolean prefersNumbers(Type type) {
    String word = type.declared().toUpperCase(Locale.ROOT);
    return type.kind() != Kind.BYTES
        && !word.contains("CHAR")
        && !word.contains("CLOB")
        && !word.contains("TEXT")
        && !word.contains("BLOB");
  }
}
