package dev.banyan.transfer;

import dev.banyan.transfer.embedded.EmbeddedDatabase;
import dev.banyan.transfer.postgres.LogicalServer;
import dev.banyan.transfer.postgres.PostgresDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The contract over pairs with a database that has no log.
final class EmbeddedPairsTest {
  private static final LogicalServer SERVER = new LogicalServer();

  @TempDir static Path files;

  @BeforeAll
  static void start() throws IOException {
    SERVER.start();
  }

  @AfterAll
  static void stop() throws IOException {
    SERVER.close();
  }

  private static PostgresDatabase postgres(String name) throws SQLException {
    return PostgresDatabase.open(name, SERVER.url(), "postgres", "postgres");
  }

  private static Connection postgresSql() throws SQLException {
    return DriverManager.getConnection(SERVER.url(), "postgres", "postgres");
  }

  private static Connection sqliteSql(String file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + files.resolve(file));
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma journal_mode = wal");
      statement.execute("pragma synchronous = off");
      statement.execute("pragma busy_timeout = 20000");
    }
    return connection;
  }

  private static EmbeddedDatabase sqlite(String file) throws SQLException {
    return EmbeddedDatabase.sqlite(file, "jdbc:sqlite:" + files.resolve(file));
  }

  @Nested
  final class FromSqliteToPostgres extends TransferContract {
    @Override
    Pair open() throws Exception {
      Connection sql = sqliteSql("a.db");
      return new Pair(sqlite("a.db"), postgres("new"), sql, postgresSql(), false);
    }
  }

  @Nested
  final class FromPostgresToSqlite extends TransferContract {
    @Override
    Pair open() throws Exception {
      Connection sql = sqliteSql("b.db");
      return new Pair(postgres("old"), sqlite("b.db"), postgresSql(), sql, false);
    }
  }

  @Nested
  final class FromSqliteToSqlite extends TransferContract {
    @Override
    Pair open() throws Exception {
      Connection from = sqliteSql("c.db");
      Connection to = sqliteSql("d.db");
      return new Pair(sqlite("c.db"), sqlite("d.db"), from, to, false);
    }
  }
}
