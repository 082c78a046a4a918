package dev.banyan.store.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.banyan.store.rows.Transactions;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/// A few connections for any thread, over tables that are up to date.
///
/// Opening it asks nothing of the server: the tables are brought up to date before the first
/// transaction that reaches it, so that a program can be started while its store is gone.
final class Pool implements Transactions, AutoCloseable {
  private static final int CONNECTIONS = 8;
  private static final int WAIT_MILLIS = 2_000;
  private static final int VALIDATION_MILLIS = 1_000;

  private final PostgresOptions options;
  private final Failures failures;
  private final HikariDataSource connections;
  private final ReentrantLock migrating = new ReentrantLock();
  private volatile boolean migrated;

  Pool(PostgresOptions options) {
    this.options = options;
    this.failures = new Failures(options);
    HikariConfig config = new HikariConfig();
    config.setPoolName("banyan-store");
    config.setDataSource(Sources.of(options));
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(WAIT_MILLIS);
    config.setValidationTimeout(VALIDATION_MILLIS);
    config.setInitializationFailTimeout(-1);
    config.setAutoCommit(false);
    connections = new HikariDataSource(config);
  }

  /// Brings the tables up to date, unless that has been done.
  void migrate() {
    if (migrated) {
      return;
    }
    migrating.lock();
    try {
      if (!migrated) {
        Flyway.configure(Pool.class.getClassLoader())
            .dataSource(Sources.patient(options))
            .schemas(options.schema())
            .locations("classpath:dev/banyan/store/postgres")
            .loggers("slf4j")
            .load()
            .migrate();
        migrated = true;
      }
    } catch (FlywayException e) {
      throw failures.unchecked("its tables can not be brought up to date", e);
    } finally {
      migrating.unlock();
    }
  }

  @Override
  public <T> T transaction(String what, Work<T> work) {
    migrate();
    try (Connection connection = connections.getConnection()) {
      return within(connection, work);
    } catch (SQLException e) {
      throw failures.unchecked(what, e);
    }
  }

  private static <T> T within(Connection connection, Work<T> work) throws SQLException {
    try {
      T result = work.with(connection);
      connection.commit();
      return result;
    } catch (SQLException | RuntimeException e) {
      try {
        connection.rollback();
      } catch (SQLException lost) {
        e.addSuppressed(lost);
      }
      throw e;
    }
  }

  /// A connection for one thread alone, with the same tables.
  Link link() {
    return new Link(this::migrate, Sources.hasty(options), failures);
  }

  @Override
  public void close() {
    try {
      connections.close();
    } catch (RuntimeException e) {
      throw new UncheckedIOException(failures.checked("can not be closed", e));
    }
  }
}
