package dev.banyan.store.postgres;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What a person is told when the store can not be had.
class LostServerTest {
  @RegisterExtension static final Server SERVER = new Server();

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
    PostgresOptions good = SERVER.options("banyan", "one");
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
    try (PostgresStore store = PostgresStore.open(SERVER.options("kept", "one"))) {
      store.migrate();
    }
    assertThatThrownBy(() -> SERVER.run("update kept.ledger set actor = 'bob'"))
        .hasMessageContaining("only ever appended to");
  }
}
