package dev.banyan.transfer.mysql;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// A MySQL 8 that somebody has unpacked.
///
/// @param home with `bin/mysqld` and `share`
record MysqlBinaries(Path home) implements ServerBinaries {

  @Override
  public List<String> command() {
    return List.of(
        home.resolve("bin/mysqld").toString(),
        "--no-defaults",
        "--user=" + System.getProperty("user.name"),
        "--basedir=" + home,
        "--lc-messages-dir=" + home.resolve("share"),
        "--character-sets-dir=" + home.resolve("share/charsets"),
        "--innodb-use-native-aio=0",
        "--innodb-log-file-size=64M",
        "--default-authentication-plugin=mysql_native_password");
  }

  @Override
  public List<String> options() {
    return List.of("--mysqlx=OFF", "--gtid-mode=ON", "--enforce-gtid-consistency=ON", "--skip-ssl");
  }

  @Override
  public Path data() throws IOException {
    Path temp = Path.of(System.getProperty("java.io.tmpdir"));
    String name = "banyan-mysql-" + Integer.toHexString(home.hashCode());
    Path there = temp.resolve(name);
    try (FileChannel lock =
            FileChannel.open(
                temp.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = lock.lock()) {
      if (held.isValid() && !Files.isDirectory(there)) {
        initialize(there);
      }
    }
    return there;
  }

  /// With a root that may come by TCP, for addresses are not looked up.
  private void initialize(Path data) throws IOException {
    Path sql = Files.createTempFile("banyan-mysql", ".sql");
    Path log = Files.createTempFile("banyan-mysql", ".log");
    Files.writeString(
        sql,
        """
        create user 'root'@'127.0.0.1' identified by '';
        grant all on *.* to 'root'@'127.0.0.1' with grant option;
        """);
    List<String> words = new ArrayList<>(command());
    words.addAll(List.of("--initialize-insecure", "--datadir=" + data, "--init-file=" + sql));
    Process process =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("MySQL was not installed:\n" + Files.readString(log));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      Files.delete(sql);
      Files.delete(log);
    }
  }
}
