package dev.banyan.transfer.mysql;

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
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/// A MariaDB or MySQL. For many threads.
public final class MysqlDatabase implements Database {
  private static final int CONNECTIONS = 16;

  private final String name;
  private final Sessions sessions;
  private final Catalog catalog;
  private final ThreadFactory threads;
  private final boolean mariaDb;
  private final String product;

  private MysqlDatabase(String name, Sessions sessions, ThreadFactory threads) throws SQLException {
    this.name = name;
    this.sessions = sessions;
    this.catalog = new Catalog(sessions);
    this.threads = threads;
    this.mariaDb = sessions.mariaDb();
    this.product = (mariaDb ? "MariaDB " : "MySQL ") + sessions.version();
  }

  /// Connects, and closes again what can not be used.
  ///
  /// @param url `jdbc:mariadb://host:3306/database` or `jdbc:mysql://…`; tables of our own are kept
  ///   in the database that it names. Options are those of MariaDB Connector/J
  /// @param threads makes the thread that reads a log
  public static MysqlDatabase open(
      String name, String url, String user, String password, ThreadFactory threads)
      throws SQLException {
    return open(name, url, user, password, CONNECTIONS, threads);
  }

  /// @param connections how many there may be at once, those that follow a log not counted
  public static MysqlDatabase open(
      String name, String url, String user, String password, int connections, ThreadFactory threads)
      throws SQLException {
    Sessions sessions = Sessions.open(name, url, user, password, connections);
    try {
      return new MysqlDatabase(name, sessions, threads);
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
    return sessions.database();
  }

  @Override
  public List<Table> tables(Collection<TableName> names) throws SQLException {
    return catalog.tables(names);
  }

  @Override
  public List<Finding> sourceFindings(List<Table> tables) throws SQLException {
    return new SourceFindings(sessions, catalog).of(tables);
  }

  @Override
  public List<Finding> targetFindings(List<Table> tables) throws SQLException {
    return new TargetFindings(sessions, catalog).of(tables);
  }

  @Override
  public Source source(String transfer, List<Table> tables) {
    return new MysqlSource(sessions, catalog, transfer, tables, threads);
  }

  @Override
  public Target target(String transfer, List<Table> tables) {
    return new MysqlTarget(sessions, catalog, transfer, tables);
  }

  @Override
  public Fence fence(String transfer, List<Table> tables, List<String> applications) {
    return new MysqlFence(sessions, transfer, tables, applications);
  }

  @Override
  public Expressions expressions() {
    return new MysqlExpressions(sessions);
  }

  @Override
  public Optional<IdPairs> ids(String transfer) {
    return Optional.of(new MysqlIds(sessions, transfer));
  }

  @Override
  public Optional<Replica> asReplica() throws SQLException {
    try (Connection connection = sessions.connection()) {
      return ReplicaStatus.of(connection, name);
    }
  }

  @Override
  public String ddl(Table table, Database of) {
    return new Ddl(mariaDb, of instanceof MysqlDatabase, defaultSchema()).of(table);
  }

  @Override
  public void close() {
    sessions.close();
  }
}
