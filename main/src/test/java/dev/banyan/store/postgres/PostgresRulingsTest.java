package dev.banyan.store.postgres;

import dev.banyan.parity.RulingStore;
import dev.banyan.parity.RulingStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class PostgresRulingsTest extends RulingStoreContract {
  @TempDir private static Path directory;
  private static Server server;
  private PostgresStore store;

  @BeforeAll
  static void start() throws IOException {
    server = Server.start(directory);
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @BeforeEach
  void open() {
    store = PostgresStore.open(server.options(Server.schema(), "one"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  protected RulingStore store() {
    return store.rulings();
  }
}
