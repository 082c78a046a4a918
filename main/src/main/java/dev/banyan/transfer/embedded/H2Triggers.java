package dev.banyan.transfer.embedded;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The triggers that write a change log. H2 has them in Java: they are handed over as source, and
/// the JVM that the database runs in compiles it.
///
/// A statement takes the counter's row before any other, so that transactions wait for one another
/// there, and not crosswise. A row's image is read from the table itself by its key, because what a
/// trigger is given has been through the zone of that JVM.
final class H2Triggers {
  private static final String MARK = "coalesce(@banyan_mark, '')";
  private static final String AT = "cast(? as bigint)";

  private final Log.Names names;
  private final Table table;
  private final String log;
  private final String counter;

  H2Triggers(Log.Names names, Table table) {
    this.names = names;
    this.table = table;
    this.log = Sql.name(names.log(table.name()));
    this.counter = Sql.name(Log.COUNTER) + " where \"transfer\" = " + Sql.text(names.transfer());
  }

  /// Beside the log an empty table that refers to this one: where there is one, TRUNCATE, which
  /// fires no triggers, is refused.
  List<String> tables() {
    List<String> columns = new ArrayList<>();
    columns.add(
        "\"id\" bigint primary key, \"op\" varchar(1), \"at\" bigint, \"mark\" varchar(64)");
    List<String> key = new ArrayList<>();
    for (Column column : Log.keyColumns(table)) {
      columns.add("\"b" + key.size() + "\" " + type(column.type()));
      key.add("\"k" + key.size() + "\"");
    }
    for (int i = 0; i < table.columns().size(); i++) {
      columns.add("\"c" + i + "\" " + type(table.columns().get(i).type()));
    }
    String refers = Sql.name(names.replaced(table.name()));
    String declared =
        IntStream.range(0, key.size())
            .mapToObj(i -> key.get(i) + " " + own(Log.keyColumns(table).get(i).type()))
            .collect(Collectors.joining(", "));
    return List.of(
        "create table if not exists " + log + " (" + String.join(", ", columns) + ")",
        "create table if not exists "
            + refers
            + " ("
            + declared
            + ", foreign key ("
            + String.join(", ", key)
            + ") references "
            + Sql.name(table.name())
            + " ("
            + Sql.names(table.key())
            + "))");
  }

  /// A type that holds all that a column can.
  static String type(Type type) {
    return switch (type.kind()) {
      case BOOLEAN -> "boolean";
      case INTEGER -> "bigint";
      case DECIMAL -> own(type);
      case REAL -> "real";
      case DOUBLE -> "double precision";
      case BYTES -> type.declared().endsWith("OBJECT") ? "blob" : "varbinary";
      case DATE -> "date";
      case TIME -> "time(9)";
      case TIME_TZ -> "time(9) with time zone";
      case TIMESTAMP -> "timestamp(9)";
      case TIMESTAMP_TZ -> "timestamp(9) with time zone";
      case UUID -> "uuid";
      case JSON -> "json";
      case TEXT, CHAR, ENUM, OTHER, UNSIGNED, BITS, ARRAY ->
          type.declared().endsWith("OBJECT") ? "clob" : "varchar";
    };
  }

  private static String own(Type type) {
    return switch (type.declared()) {
      case "NUMERIC", "DECIMAL" -> "numeric(" + type.length() + ", " + type.scale() + ")";
      case "CHARACTER", "CHARACTER VARYING", "VARCHAR_IGNORECASE", "BINARY", "BINARY VARYING" ->
          type.declared() + "(" + type.length() + ")";
      default -> type.declared();
    };
  }

  List<Dialect.Trigger> triggers() {
    return List.of(
        create(names.trigger(table.name(), "binsert"), "before", "", held(), ""),
        create(names.trigger(table.name(), "ainsert"), "after", " for each row", entered(), put()));
  }

  /// A query in a trigger of a statement would commit where each statement is a transaction, which
  /// H2 sees to for the triggers of rows only.
  private String held() {
    return "    org.h2.engine.Session s = ((org.h2.jdbc.JdbcConnection) c).getSession();\n"
        + "    boolean each = s.getAutoCommit();\n"
        + "    s.setAutoCommit(false);\n"
        + "    try { rows(c, "
        + java("select 1 from " + counter + " for update")
        + "); } finally { s.setAutoCommit(each); }\n";
  }

  private Dialect.Trigger create(
      String name, String when, String each, String body, String further) {
    return create(name, table, when, each, body, further);
  }

  private static Dialect.Trigger create(
      String name, Table table, String when, String each, String body, String further) {
    String source =
        "org.h2.api.Trigger create() { return new org.h2.api.Trigger() {\n"
            + "  public void fire(java.sql.Connection c, Object[] o, Object[] n)"
            + " throws java.sql.SQLException {\n"
            + body
            + "  }\n"
            + "  private int rows(java.sql.Connection c, String sql) throws java.sql.SQLException"
            + " {\n"
            + "    try (java.sql.Statement s = c.createStatement(); java.sql.ResultSet r ="
            + " s.executeQuery(sql)) { return r.next() ? r.getInt(1) : 0; }\n"
            + "  }\n"
            + further
            + "}; }";
    return new Dialect.Trigger(
        name,
        "create trigger "
            + Sql.name(new dev.banyan.transfer.table.TableName(table.name().schema(), name))
            + " "
            + when
            + " insert, update, delete on "
            + Sql.name(table.name())
            + each
            + " as "
            + Sql.text(source));
  }

  private String entered() {
    String before =
        Log.keyColumns(table).stream()
            .map(column -> "cast(? as " + type(column.type()) + ")")
            .collect(Collectors.joining(", "));
    String head = "insert into " + log + " (" + Log.columns(table) + ") ";
    String number = "(select \"n\" from " + counter + ")";
    String upsert =
        head
            + "select "
            + number
            + ", 'u', "
            + AT
            + ", "
            + MARK
            + ", "
            + before
            + ", "
            + Sql.names(table.columns().stream().map(Column::name).toList())
            + " from "
            + Sql.name(table.name())
            + " where "
            + table.key().stream()
                .map(key -> Sql.name(key) + " = ?")
                .collect(Collectors.joining(" and "));
    String delete =
        "insert into "
            + log
            + " ("
            + Log.columns(table).substring(0, Log.columns(table).indexOf(", \"c0\""))
            + ") select "
            + number
            + ", 'd', "
            + AT
            + ", "
            + MARK
            + ", "
            + before;
    String altered = altered(number);
    return "    put(c, "
        + java("update " + counter.replace(" where ", " set \"n\" = \"n\" + 1 where "))
        + ");\n    Object[] b = o == null ? n : o;\n    Object at = System.currentTimeMillis();\n"
        + "    try {\n      if (b.length != "
        + table.columns().size()
        + ") { put(c, "
        + java(altered)
        + ", at); return; }\n      if (n != null && put(c, "
        + java(upsert)
        + ", at, "
        + cells("b")
        + ", "
        + cells("n")
        + ") > 0) { return; }\n      if (o != null) { put(c, "
        + java(delete)
        + ", at, "
        + cells("o")
        + "); }\n    } catch (java.sql.SQLException e) {\n"
        // A lock that was not had in time, and a deadlock, are the application's to know.
        + "      if (e.getErrorCode() == 50200 || e.getErrorCode() == 40001 || e.getErrorCode() =="
        + " 90131) { throw e; }\n      put(c, "
        + java(altered)
        + ", at);\n    }\n";
  }

  /// A row that can not be entered, because the table is not what it was.
  private String altered(String number) {
    return "insert into "
        + log
        + " (\"id\", \"op\", \"at\", \"mark\") select "
        + number
        + ", 'x', "
        + AT
        + ", "
        + MARK;
  }

  private static String put() {
    return "  private int put(java.sql.Connection c, String sql, Object... cells)"
        + " throws java.sql.SQLException {\n"
        + "    try (java.sql.PreparedStatement s = c.prepareStatement(sql)) {\n"
        + "      for (int i = 0; i < cells.length; i++) { s.setObject(i + 1, cells[i]); }\n"
        + "      return s.executeUpdate();\n    }\n  }\n";
  }

  private String cells(String row) {
    return IntStream.of(table.keyIndexes())
        .mapToObj(i -> row + "[" + i + "]")
        .collect(Collectors.joining(", "));
  }

  /// A text as Java's source has it.
  private static String java(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  static Dialect.Trigger guard(String transfer, Table table, List<String> applications) {
    String who =
        applications.isEmpty()
            ? ""
            : " and upper(current_user) in ("
                + applications.stream()
                    .map(each -> "upper(" + Sql.text(each) + ")")
                    .collect(Collectors.joining(", "))
                + ")";
    String asked = "select case when @banyan_mark is null" + who + " then 1 else 0 end";
    return create(
        Log.Names.guard(transfer, table.name(), "write"),
        table,
        "before",
        " for each row",
        "    if (rows(c, "
            + java(asked)
            + ") == 1) {\n      throw new java.sql.SQLException("
            + java("banyan: the writes of this table have moved (" + transfer + ")")
            + ", \"42501\");\n    }\n",
        "");
  }
}
