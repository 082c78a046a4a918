package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.Database;
import dev.banyan.transfer.engine.Expressions;
import dev.banyan.transfer.engine.Fence;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.engine.IdPairs;
import dev.banyan.transfer.engine.Replica;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL, version 12 or newer, as either side of a transfer.
///
/// Its connections are bounded: each snapshot and each piece of target work holds one while it is
/// open, and a followed log has one of its own beside them.
public final class PostgresDatabase implements Database {
  private static final int CONNECTIONS = 16;

  private final String name;
  private final Sessions sessions;
  private final int version;
  private final String product;
  private final String schema;

  private PostgresDatabase(
      String name, Sessions sessions, int version, String product, String schema) {
    this.name = name;
    this.sessions = sessions;
    this.version = version;
    this.product = product;
    this.schema = schema;
  }

  /// Connects once, to learn what is there.
  ///
  /// @param url a JDBC URL, `jdbc:postgresql://host:port/database?options`
  /// @throws SQLException where the server is not reached or refuses us
  public static PostgresDatabase open(
      String name, String url, String user, @Nullable String password) throws SQLException {
    return open(name, url, user, password, CONNECTIONS);
  }

  /// @param connections how many there may be at once
  public static PostgresDatabase open(
      String name, String url, String user, @Nullable String password, int connections)
      throws SQLException {
    Sessions sessions = new Sessions(name, url, user, password, connections);
    try (Connection connection = sessions.first()) {
      DatabaseMetaData about = connection.getMetaData();
      String schema = connection.getSchema();
      return new PostgresDatabase(
          name,
          sessions,
          about.getDatabaseMajorVersion(),
          "PostgreSQL " + about.getDatabaseProductVersion().split(" ", 2)[0],
          schema == null ? "public" : schema);
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
  public boolean copiesUnread(Database to) {
    return to instanceof PostgresDatabase;
  }

  @Override
  public String defaultSchema() {
    return schema;
  }

  @Override
  public List<Table> tables(Collection<TableName> names) throws SQLException {
    try (Connection connection = sessions.connection()) {
      return Catalog.tables(connection, names);
    }
  }

  @Override
  public List<Finding> sourceFindings(List<Table> tables) throws SQLException {
    try (Connection connection = sessions.connection()) {
      return Preflight.source(connection, version, tables);
    }
  }

  @Override
  public List<Finding> targetFindings(List<Table> tables) throws SQLException {
    try (Connection connection = sessions.connection()) {
      return Preflight.target(connection, version, tables);
    }
  }

  @Override
  public Source source(String transfer, List<Table> tables) {
    return new PostgresSource(sessions, version, transfer, tables);
  }

  @Override
  public Target target(String transfer, List<Table> tables) {
    return new PostgresTarget(sessions, version, transfer, tables);
  }

  @Override
  public Fence fence(String transfer, List<Table> tables, List<String> applications) {
    return new PostgresFence(sessions, transfer, tables, applications);
  }

  @Override
  public Expressions expressions() {
    return new PostgresExpressions(sessions);
  }

  @Override
  public Optional<IdPairs> ids(String transfer) {
    return Optional.of(new PostgresIds(sessions, transfer));
  }

  @Override
  public Optional<List<Replica>> replicas() throws SQLException {
    try (Connection connection = sessions.connection()) {
      return Standbys.of(connection);
    }
  }

  @Override
  public Optional<Replica> asReplica() throws SQLException {
    try (Connection connection = sessions.connection()) {
      return Standbys.itself(connection, name);
    }
  }

  @Override
  public String ddl(Table table, Database of) {
    return Ddl.of(table, of instanceof PostgresDatabase);
  }

  @Override
  public void close() {
    sessions.close();
  }

  @Override
  public String toString() {
    return name + " (" + product + ")";
  }
}
