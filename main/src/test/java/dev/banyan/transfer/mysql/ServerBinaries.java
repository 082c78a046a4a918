package dev.banyan.transfer.mysql;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A server's program, and a fresh data directory made by it.
sealed interface ServerBinaries permits MariaDbBinaries, MysqlBinaries {

  /// The program and what it always needs, without a data directory.
  List<String> command() throws IOException;

  /// What a server is started with beyond that.
  List<String> options();

  /// To be copied. Made by whoever comes first on a machine.
  Path data() throws IOException;

  /// Makes what is the same for every test.
  interface Making {
    void into(Path empty) throws IOException;
  }

  /// A folder that lasts, made by whoever comes first on a machine.
  static Path once(String name, Making making) throws IOException {
    Path temp = Path.of(System.getProperty("java.io.tmpdir"));
    Path there = temp.resolve(name);
    try (FileChannel lock =
            FileChannel.open(
                temp.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = lock.lock()) {
      if (held.isValid() && !Files.isDirectory(there)) {
        Path fresh = Files.createTempDirectory(temp, name);
        making.into(fresh);
        Files.move(fresh, there, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    return there;
  }

  /// Has a server make its data directory.
  ///
  /// @param log gets what it says
  static void install(ProcessBuilder builder, Path log) throws IOException {
    Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("the server was not installed:\n" + Files.readString(log));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  static ServerBinaries chosen() {
    String home = System.getProperty("mysql.home");
    return home == null ? new MariaDbBinaries() : new MysqlBinaries(Path.of(home));
  }
}
