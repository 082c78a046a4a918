package dev.banyan.store.sqlite;

import dev.banyan.dual.OutboxStore;
import dev.banyan.dual.OutboxStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteOutboxTest extends OutboxStoreContract {
  private SqliteStore opened;

  @BeforeEach
  void open(@TempDir Path folder) throws Exception {
    opened = SqliteStore.open(folder);
  }

  @AfterEach
  void close() {
    opened.close();
  }

  @Override
  protected OutboxStore store() {
    return opened.outbox();
  }
}
