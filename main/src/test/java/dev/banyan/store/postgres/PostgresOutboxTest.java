package dev.banyan.store.postgres;

import dev.banyan.dual.OutboxStore;
import dev.banyan.dual.OutboxStoreContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresOutboxTest extends OutboxStoreContract {
  @RegisterExtension static final Server SERVER = new Server();

  private PostgresStore store;

  @BeforeEach
  void open() {
    store = PostgresStore.open(SERVER.options(Server.schema(), "one"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  protected OutboxStore store() {
    return store.outbox();
  }
}
