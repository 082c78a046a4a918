package dev.banyan.store.sqlite;

import dev.banyan.parity.RulingStore;
import dev.banyan.parity.RulingStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteRulingsTest extends RulingStoreContract {
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
  protected RulingStore store() {
    return store.rulings();
  }
}
