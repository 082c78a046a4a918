package dev.banyan.transfer.embedded;

import dev.banyan.transfer.engine.Database;
import dev.banyan.transfer.engine.Fence;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// A file of SQLite, or a database of H2. For many threads.
public final class EmbeddedDatabase implements Database {
  /// There and back.
  private static final int LOGS = 2;

  private final String name;
  private final Dialect dialect;
  private final Sessions sessions;
  private final String product;

  private EmbeddedDatabase(String name, Dialect dialect, Sessions sessions) throws SQLException {
    this.name = name;
    this.dialect = dialect;
    this.sessions = sessions;
    try (Connection connection = sessions.connection()) {
      this.product = dialect.product(connection);
    }
  }

  /// Opens a file that is there.
  ///
  /// @param url `jdbc:sqlite:` and a file
  /// @param connections the most at one time, those that follow a log not counted
  public static EmbeddedDatabase sqlite(String name, String url, int connections)
      throws SQLException {
    return open(name, new SqliteDialect(), Sqlite.sessions(name, url, connections + LOGS));
  }

  /// Connects to a database that is there.
  ///
  /// @param url `jdbc:h2:` and what H2 takes; it is in this process's memory, in a file that nobody
  ///   else has open, or at a server
  /// @param connections the most at one time, those that follow a log not counted
  public static EmbeddedDatabase h2(
      String name, String url, String user, String password, int connections) throws SQLException {
    Sessions sessions = H2.sessions(name, url, user, password, connections + LOGS);
    try {
      String schema =
          sessions.list("select current_schema", row -> Sessions.text(row, 1)).getFirst();
      return open(name, new H2Dialect(schema), sessions);
    } catch (SQLException e) {
      sessions.close();
      throw e;
    }
  }

  private static EmbeddedDatabase open(String name, Dialect dialect, Sessions sessions)
      throws SQLException {
    try {
      return new EmbeddedDatabase(name, dialect, sessions);
    } catch (SQLException e) {
      sessions.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String product() {
    return product;
  }

  @Override
  public String defaultSchema() {
    return dialect.defaultSchema();
  }

  @Override
  public List<Table> tables(Collection<TableName> names) throws SQLException {
    List<Table> tables = new ArrayList<>();
    try (Connection connection = sessions.connection()) {
      for (TableName each : Set.copyOf(names).stream().sorted().toList()) {
        dialect.table(connection, each).ifPresent(tables::add);
      }
    }
    return tables;
  }

  @Override
  public List<Finding> sourceFindings(List<Table> tables) throws SQLException {
    List<Finding> findings = new ArrayList<>();
    try (Connection connection = sessions.connection()) {
      dialect.findings(connection, findings);
      for (Table table : tables) {
        keyed(table, findings);
        dialect.sourceFindings(connection, table, findings);
      }
    }
    return List.copyOf(findings);
  }

  @Override
  public List<Finding> targetFindings(List<Table> tables) throws SQLException {
    List<Finding> findings = new ArrayList<>();
    try (Connection connection = sessions.connection()) {
      dialect.findings(connection, findings);
      for (Table table : tables) {
        keyed(table, findings);
        dialect.targetFindings(connection, table, findings);
        rows(connection, table, findings);
      }
    }
    return List.copyOf(findings);
  }

  private static void keyed(Table table, List<Finding> findings) {
    if (table.key().isEmpty()) {
      findings.add(
          new Finding(
              true,
              "no_key",
              table.name().toString(),
              "it has no primary key and no unique index over columns that are never NULL: add"
                  + " one"));
    }
    for (Column column : table.columns()) {
      if (column.type().kind() == dev.banyan.transfer.table.Type.Kind.OTHER) {
        String declared = column.type().declared();
        findings.add(
            new Finding(
                true,
                "type",
                table.name() + "." + column.name(),
                (declared.isEmpty() ? "a column without a type" : "the type " + declared)
                    + " is not supported"));
      }
    }
  }

  private static void rows(Connection connection, Table table, List<Finding> findings)
      throws SQLException {
    String any = "select 1 from " + Sql.name(table.name()) + " limit 1";
    if (!Sessions.list(connection, any, row -> 1).isEmpty()) {
      findings.add(
          new Finding(
              false,
              "not_empty",
              table.name().toString(),
              "it has rows already: those in a copied range are replaced"));
    }
  }

  @Override
  public Source source(String transfer, List<Table> tables) {
    return new EmbeddedSource(dialect, sessions, transfer, tables);
  }

  @Override
  public Target target(String transfer, List<Table> tables) {
    return new EmbeddedTarget(dialect, sessions, transfer, tables);
  }

  @Override
  public Fence fence(String transfer, List<Table> tables, List<String> applications) {
    return new EmbeddedFence(dialect, sessions, transfer, tables, applications);
  }

  @Override
  public String ddl(Table table, Database of) {
    List<String> lines = new ArrayList<>();
    for (Column column : table.columns()) {
      boolean key = table.key().contains(column.name());
      lines.add(
          "  "
              + Sql.name(column.name())
              + " "
              + dialect.declared(column.type(), key)
              + (column.nullable() && !key ? "" : " not null"));
    }
    if (!table.key().isEmpty()) {
      lines.add("  primary key (" + Sql.names(table.key()) + ")");
    }
    return "create table "
        + Sql.name(table.name().name())
        + " (\n"
        + String.join(",\n", lines)
        + "\n)"
        + dialect.tableOptions()
        + ";\n";
  }

  @Override
  public void close() {
    sessions.close();
  }
}
