package dev.banyan.store.sqlite;

import dev.banyan.cutover.MigrationStore;
import dev.banyan.cutover.MigrationStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Statement;
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

  @Override
  protected void failAt(String family) {
    store
        .database()
        .transaction(
            "a trigger",
            connection -> {
              try (Statement statement = connection.createStatement()) {
                return statement.execute(
                    "create trigger failing before insert on family when new.name = '"
                        + family
                        + "' begin select raise(abort, 'failing'); end");
              }
            });
  }
}
