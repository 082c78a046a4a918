package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Password;
import dev.banyan.transfer.options.TableOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The application has its H2 in another process, where the triggers run that tell of its writes.
@Timeout(180)
final class H2ProcessesTest {
  @TempDir Path files;

  private static Process application(Path says, String... arguments) throws IOException {
    return new ProcessBuilder(
            Stream.concat(
                    Stream.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        H2Application.class.getName()),
                    Stream.of(arguments))
                .toList())
        .redirectError(says.toFile())
        .start();
  }

  private static DatabaseOptions database(String name, String url) {
    return new DatabaseOptions(name, url, "sa", new Password(""), 8, List.of());
  }

  @Test
  void aFileIsFollowedThatAnotherProcessHasOpenWithAutoServer() throws Exception {
    String url = "jdbc:h2:" + files.resolve("old") + ";AUTO_SERVER=TRUE";
    Process process = application(files.resolve("says.log"), url);
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(said.readLine()).isEqualTo("ready");
      isFollowed(process, said, url);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aServerIsFollowed() throws Exception {
    Path file = files.resolve("old");
    Process process = application(files.resolve("says.log"), "jdbc:h2:" + file, "serve");
    try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
      String port = said.readLine();
      assertThat(port).isNotNull().containsOnlyDigits();
      isFollowed(process, said, "jdbc:h2:tcp://127.0.0.1:" + port + "/" + file);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /// What is written while it follows arrives.
  private void isFollowed(Process process, BufferedReader said, String url) throws Exception {
    String next = "jdbc:h2:" + files.resolve("new");
    sql(next, "create table orders (id bigint primary key, cents int not null)");
    String rows;
    try (Pair pair =
        new Pair(
            database("old", url),
            database("new", next + ";IFEXISTS=TRUE"),
            List.of(TableOptions.same("PUBLIC.ORDERS")))) {
      assertThat(pair.blocking()).isEmpty();
      pair.start();
      pair.awaitCompared();
      pair.assertSame();
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      rows = said.readLine();
      assertThat(rows).isNotNull();
      assertThat(Integer.parseInt(rows)).as("it wrote meanwhile").isGreaterThan(1_000);
      pair.assertSame();
    }
    try (Connection connection = DriverManager.getConnection(next, "sa", "");
        Statement statement = connection.createStatement();
        var all = statement.executeQuery("select count(*), max(id) from orders")) {
      assertThat(all.next()).isTrue();
      assertThat(all.getString(1)).isEqualTo(rows);
      assertThat(all.getString(2)).isEqualTo(rows);
    }
  }

  private static void sql(String url, String statement) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, "sa", "");
        Statement each = connection.createStatement()) {
      each.execute(statement);
    }
  }
}
