package dev.banyan.store.sqlite;

import dev.banyan.store.rows.Transactions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// One connection to one file, used by one thread at a time.
final class Database implements Transactions, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final int BUSY_MILLIS = 5_000;

  private final Path file;
  private final Connection connection;
  private final ReentrantLock turn = new ReentrantLock();

  private final Reserve reserve;

  private Database(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
    this.reserve = new Reserve(file.resolveSibling(file.getFileName() + ".reserve"));
    reserve.take();
  }

  /// Opens the file and brings its tables up to date.
  static Database open(Path file) throws IOException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(BUSY_MILLIS);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    try {
      Flyway.configure(Database.class.getClassLoader())
          .dataSource(source)
          .locations("classpath:dev/banyan/store/sqlite")
          .loggers("slf4j")
          .load()
          .migrate();
      return new Database(file, source.getConnection());
    } catch (SQLException e) {
      throw failure(file, "can not be opened", e);
    } catch (FlywayException e) {
      throw failure(file, "can not be opened", e);
    }
  }

  @Override
  public <T> T transaction(String what, Work<T> work) {
    turn.lock();
    try {
      execute("begin");
      T result = work.with(connection);
      execute("commit");
      reserve.take(); // what was given up once is kept again as soon as there is room
      return result;
    } catch (SQLException e) {
      UncheckedIOException failure = new UncheckedIOException(failure(file, what, e));
      undo(failure);
      throw failure;
    } catch (RuntimeException e) {
      undo(e);
      throw e;
    } finally {
      turn.unlock();
    }
  }

  @Override
  public <T> T urgent(String what, Work<T> work) {
    turn.lock();
    try {
      return transaction(what, work);
    } catch (UncheckedIOException e) {
      if (!isFull(e) || !reserve.release()) {
        throw e;
      }
      LOG.warn("{}: what was kept for a full disk is given up", file);
      return transaction(what, work);
    } finally {
      turn.unlock();
    }
  }

  private static boolean isFull(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLiteException sqlite) {
        return (sqlite.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_FULL.code;
      }
    }
    return false;
  }

  /// Not through the driver's own transactions: those lose count when SQLite has rolled back by
  /// itself, as it does on a full disk.
  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void undo(RuntimeException failure) {
    try {
      execute("rollback");
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private static IOException failure(Path file, String what, Exception e) {
    return new IOException("'" + file + "': " + what + ": " + meaning(e), e);
  }

  private static String meaning(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLiteException sqlite) {
        return meaning(sqlite.getResultCode(), sqlite);
      }
    }
    return String.valueOf(e.getMessage());
  }

  private static String meaning(SQLiteErrorCode code, SQLiteException e) {
    // Extended codes carry the plain one in their low byte.
    int plain = code.code & 0xff;
    if (plain == SQLiteErrorCode.SQLITE_FULL.code) {
      return "the disk is full; make room, what is in force stays in force";
    }
    if (plain == SQLiteErrorCode.SQLITE_CORRUPT.code
        || plain == SQLiteErrorCode.SQLITE_NOTADB.code) {
      return "the file is damaged, or is no Banyan store; put a copy of it back, or move it away"
          + " to begin anew";
    }
    if (plain == SQLiteErrorCode.SQLITE_READONLY.code
        || plain == SQLiteErrorCode.SQLITE_CANTOPEN.code
        || plain == SQLiteErrorCode.SQLITE_PERM.code) {
      return "the file or its directory can not be written to; check who owns it";
    }
    return String.valueOf(e.getMessage());
  }

  @Override
  public void close() {
    turn.lock();
    try {
      connection.close();
    } catch (SQLException e) {
      throw new UncheckedIOException(failure(file, "can not be closed", e));
    } finally {
      turn.unlock();
    }
  }
}
