package dev.banyan.store.sqlite;

import dev.banyan.cutover.MigrationStore;
import dev.banyan.cutover.MigrationStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteMigrationsTest extends MigrationStoreContract {
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
  protected MigrationStore store() {
    return store.migrations();
  }
}
