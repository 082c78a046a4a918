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
    return EmbeddedDatabase.sqlite(file, "jdbc:sqlite:" + files.resolve(file), 14);
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

  private static Connection h2Sql(String name) throws SQLException {
    return DriverManager.getConnection(h2Url(name) + ";LOCK_TIMEOUT=20000", "sa", "");
  }

  private static String h2Url(String name) {
    return "jdbc:h2:mem:" + name + ";DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=0";
  }

  @Nested
  final class FromH2ToPostgres extends TransferContract {
    @Override
    Pair open() throws Exception {
      Connection sql = h2Sql("pairs_a");
      return new Pair(h2("pairs_a"), postgres("new"), sql, postgresSql(), false);
    }

    /// H2 goes through a table's triggers while another is created.
    @Override
    boolean triesAgain(SQLException failure) {
      return failure.getErrorCode() == 50_000;
    }
  }

  @Nested
  final class FromPostgresToH2 extends TransferContract {
    @Override
    Pair open() throws Exception {
      Connection sql = h2Sql("pairs_b");
      return new Pair(postgres("old"), h2("pairs_b"), postgresSql(), sql, false);
    }
  }

  private static EmbeddedDatabase h2(String name) throws SQLException {
    return EmbeddedDatabase.h2(name, h2Url(name), "sa", "", 14);
  }
}
