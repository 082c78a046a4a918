package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.banyan.transfer.engine.Pools;
import dev.banyan.transfer.mysql.MariaDbServer;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Password;
import dev.banyan.transfer.report.TransferFailed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A database that can not be opened says why, in the driver's own words and without a secret.
@Timeout(60)
final class DatabasesTest {
  @RegisterExtension static final MariaDbServer MARIA_DB = new MariaDbServer();

  private static TransferFailed failure(String url, String password) {
    DatabaseOptions options =
        new DatabaseOptions("old", url, "banyan", new Password(password), 4, List.of());
    return catchThrowableOfType(
        TransferFailed.class, () -> Databases.open(options, Thread.ofVirtual().factory()));
  }

  private static int deadPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "mariadb", "mysql", "h2:tcp"})
  void aServerThatIsDownIsNamedOnce(String engine) throws Exception {
    TransferFailed failed =
        failure("jdbc:" + engine + "://127.0.0.1:" + deadPort() + "/shop", "hush-hush");
    assertThat(failed.reason()).isEqualTo(TransferFailed.Reason.UNREACHABLE);
    assertThat(failed)
        .hasMessageStartingWith("database old: ")
        .hasMessageMatching("(?is).*(refused|broken).*")
        .hasMessageNotContaining("hush-hush");
    assertThat(String.valueOf(failed.getMessage()).split("database old", -1)).hasSize(2);
  }

  @Test
  void aPasswordThatIsWrongIsSaidToBeSo() throws Exception {
    MARIA_DB.run("create user banyan identified by 'right'");
    assertThat(failure(MARIA_DB.url(MARIA_DB.schema()), "hush-hush"))
        .hasMessageContaining("Access denied for user 'banyan'")
        .hasMessageNotContaining("hush-hush");
  }

  @Test
  void whatIsLostLaterIsSaidByThePoolAsWell() throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:mariadb://127.0.0.1:" + deadPort() + "/shop");
    config.setConnectionTimeout(250);
    try (HikariDataSource pool = Pools.lazy(config)) {
      assertThatThrownBy(() -> Pools.connection(pool).close())
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("no connection could be made: Socket fail to connect");
    }
  }
}
