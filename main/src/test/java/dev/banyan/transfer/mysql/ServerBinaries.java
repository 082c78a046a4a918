package dev.banyan.transfer.mysql;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A server's program, and a fresh data directory made by it.
sealed interface ServerBinaries permits MariaDbBinaries, MysqlBinaries {

  /// The program and what it always needs, without a data directory.
  List<String> command() throws IOException;

  /// What a server is started with beyond that.
  List<String> options();

  /// To be copied. Made by whoever comes first on a machine.
  Path data() throws IOException;

  static ServerBinaries chosen() {
    String home = System.getProperty("mysql.home");
    return home == null ? new MariaDbBinaries() : new MysqlBinaries(Path.of(home));
  }
}
