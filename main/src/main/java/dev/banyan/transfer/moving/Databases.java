package dev.banyan.transfer.moving;

import dev.banyan.transfer.embedded.EmbeddedDatabase;
import dev.banyan.transfer.engine.Database;
import dev.banyan.transfer.mysql.MysqlDatabase;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Password;
import dev.banyan.transfer.postgres.PostgresDatabase;
import dev.banyan.transfer.report.TransferFailed;
import dev.banyan.transfer.report.TransferFailed.Reason;
import java.sql.SQLException;
import java.util.concurrent.ThreadFactory;

/// Opens databases by what is declared of them.
final class Databases {
  private Databases() {}

  /// @throws TransferFailed where it can not be reached; the message names no secret
  static Database open(DatabaseOptions options, ThreadFactory threads) throws TransferFailed {
    String user = options.user() == null ? "" : options.user();
    Password password = options.password();
    String secret = password == null ? "" : password.reveal();
    try {
      return switch (options.engine()) {
        case POSTGRESQL ->
            PostgresDatabase.open(
                options.name(), options.url(), user, secret, options.connections());
        case MARIADB, MYSQL ->
            MysqlDatabase.open(
                options.name(), options.url(), user, secret, options.connections(), threads);
        case SQLITE ->
            EmbeddedDatabase.sqlite(options.name(), options.url(), options.connections());
        case H2 ->
            EmbeddedDatabase.h2(options.name(), options.url(), user, secret, options.connections());
      };
    } catch (SQLException e) {
      throw new TransferFailed(
          Reason.UNREACHABLE, "database " + options.name() + ": " + e.getMessage(), e);
    }
  }
}
