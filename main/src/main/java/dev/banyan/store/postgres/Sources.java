package dev.banyan.store.postgres;

import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// Connections with bounds on both ends: a cut network is noticed here within seconds, and the
/// server gives up what a stopped or unreachable process has locked.
final class Sources {
  /// For a connection to be made, and for each answer.
  private static final int ANSWER_SECONDS = 2;

  private static final Duration STATEMENT = Duration.ofMillis(1_500);

  /// How long the server lets a transaction rest: its locks hold up every other writer.
  private static final Duration REST = Duration.ofSeconds(2);

  private static final int MIGRATION_SECONDS = 60;

  private Sources() {}

  static DataSource of(PostgresOptions options) {
    PGSimpleDataSource source = plain(options, ANSWER_SECONDS);
    source.setOptions(
        "-c statement_timeout="
            + STATEMENT.toMillis()
            + " -c lock_timeout="
            + STATEMENT.toMillis()
            + " -c idle_in_transaction_session_timeout="
            + REST.toMillis()
            + " -c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3"
            + " -c tcp_user_timeout=5000");
    return source;
  }

  /// What is lost in a crash of the server is said again within a second.
  static DataSource hasty(PostgresOptions options) {
    PGSimpleDataSource source = (PGSimpleDataSource) of(options);
    source.setOptions(source.getOptions() + " -c synchronous_commit=off");
    return source;
  }

  /// For bringing tables up to date, which may take its time.
  static DataSource patient(PostgresOptions options) {
    return plain(options, MIGRATION_SECONDS);
  }

  private static PGSimpleDataSource plain(PostgresOptions options, int seconds) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(options.url());
    if (options.user() != null) {
      source.setUser(options.user());
    }
    if (options.password() != null) {
      source.setPassword(options.password());
    }
    source.setCurrentSchema(options.schema());
    source.setConnectTimeout(ANSWER_SECONDS);
    source.setSocketTimeout(seconds);
    source.setTcpKeepAlive(true);
    source.setApplicationName("banyan " + options.replica());
    return source;
  }
}
