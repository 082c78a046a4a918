package dev.banyan.transfer.mysql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    String name = "banyan-mysql-" + Integer.toHexString(home.hashCode());
    return ServerBinaries.once(name, this::initialize).resolve("data");
  }

  /// With a root that may come by TCP, for addresses are not looked up.
  private void initialize(Path folder) throws IOException {
    Path sql = folder.resolve("init.sql");
    Files.writeString(
        sql,
        """
        create user 'root'@'127.0.0.1' identified by '';
        grant all on *.* to 'root'@'127.0.0.1' with grant option;
        """);
    List<String> words = new ArrayList<>(command());
    words.addAll(
        List.of(
            "--initialize-insecure", "--datadir=" + folder.resolve("data"), "--init-file=" + sql));
    ServerBinaries.install(new ProcessBuilder(words), folder.resolve("install.log"));
  }
}
