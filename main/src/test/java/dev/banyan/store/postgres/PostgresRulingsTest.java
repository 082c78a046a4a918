package dev.banyan.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.parity.Ruling;
import dev.banyan.parity.RulingStore;
import dev.banyan.parity.RulingStoreContract;
import dev.banyan.parity.Rulings;
import dev.banyan.parity.Scope;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresRulingsTest extends RulingStoreContract {
  @RegisterExtension static final Server SERVER = new Server();

  private static final int REPLICAS = 3;
  private static final int EACH = 20;

  private String schema;
  private PostgresStore store;

  @BeforeEach
  void open() {
    schema = Server.schema();
    store = PostgresStore.open(SERVER.options(schema, "one"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Override
  protected RulingStore store() {
    return store.rulings();
  }

  @Test
  void ofManyWhoRuleAtOnceNobodysRulingIsLost() throws Exception {
    store.migrate();
    try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> ruling = new ArrayList<>();
      for (int i = 0; i < REPLICAS; i++) {
        String replica = "replica" + i;
        ruling.add(all.submit(() -> rule(replica)));
      }
      for (Future<?> each : ruling) {
        each.get();
      }
    }
    assertThat(store().load().get("users")).hasSize(REPLICAS * EACH).doesNotHaveDuplicates();
  }

  private void rule(String replica) {
    try (PostgresStore own = PostgresStore.open(SERVER.options(schema, replica))) {
      Rulings rulings = new Rulings(own.rulings(), () -> LocalDate.EPOCH);
      for (int i = 0; i < EACH; i++) {
        Scope place = new Scope(Optional.empty(), "body:$." + replica + i, Optional.empty());
        assertThat(rulings.keep("users", new Ruling.Critical(place, "money", "ann"))).isTrue();
      }
    }
  }
}
