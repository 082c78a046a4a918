package dev.banyan.store.sqlite;

import dev.banyan.parity.ParityStore;
import dev.banyan.parity.ParityStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteParityTest extends ParityStoreContract {
  @TempDir private Path directory;
  private SqliteStore store;

  @BeforeEach
  void open() throws IOException {
    store = SqliteStore.open(directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  protected ParityStore store() {
    return store.parity();
  }
}
