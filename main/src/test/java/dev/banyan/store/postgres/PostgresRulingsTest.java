package dev.banyan.store.postgres;

import dev.banyan.parity.RulingStore;
import dev.banyan.parity.RulingStoreContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresRulingsTest extends RulingStoreContract {
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
  protected RulingStore store() {
    return store.rulings();
  }
}
