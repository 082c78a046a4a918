package dev.banyan.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.ParityEvidence;
import dev.banyan.parity.ParityStore;
import dev.banyan.parity.ParityStore.Kept;
import dev.banyan.parity.ParityStoreContract;
import dev.banyan.parity.SharedParity.Counted;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresParityTest extends ParityStoreContract {
  private static final Kept COUNTED = new Kept("sides", ParityEvidence.none(Instant.EPOCH));

  @RegisterExtension static final Server SERVER = new Server();

  private PostgresStore one;
  private PostgresStore two;

  @BeforeEach
  void open() {
    String schema = Server.schema();
    one = PostgresStore.open(SERVER.options(schema, "one"));
    two = PostgresStore.open(SERVER.options(schema, "two"));
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  @Override
  protected ParityStore store() {
    return one.parity();
  }

  @Test
  void eachReplicaHasItsOwnAndSeesWhatTheOthersCounted() {
    one.parity().save("users", COUNTED);

    assertThat(two.parity().load()).isEmpty();
    assertThat(two.sharedParity().others())
        .isEqualTo(Map.of("users", new Counted(0, List.of(COUNTED))));
    assertThat(one.sharedParity().others()).isEmpty();
  }

  @Test
  void whatWasCountedBeforeAPeriodBeganIsVoidForAll() {
    one.parity().save("users", COUNTED);
    two.parity().save("users", COUNTED);

    long period = two.sharedParity().begin("users");
    two.sharedParity().adopt("users", period);
    assertThat(two.sharedParity().begun()).isEmpty();
    assertThat(one.sharedParity().begun()).isEqualTo(Map.of("users", period));
    one.parity().save("users", COUNTED);
    assertThat(two.sharedParity().others()).as("of the former period still").isEmpty();

    one.sharedParity().adopt("users", period);
    one.parity().save("users", COUNTED);
    assertThat(two.sharedParity().others())
        .isEqualTo(Map.of("users", new Counted(period, List.of(COUNTED))));
  }

  @Test
  void aReplicaThatStartsAgainTakesUpThePresentPeriod() {
    String schema = Server.schema();
    try (PostgresStore before = PostgresStore.open(SERVER.options(schema, "again"))) {
      before.parity().save("orders", COUNTED);
      before.sharedParity().begin("users");
      before.parity().save("users", COUNTED); // not adopted yet: void
    }
    try (PostgresStore again = PostgresStore.open(SERVER.options(schema, "again"))) {
      assertThat(again.parity().load()).isEqualTo(Map.of("orders", COUNTED));
      assertThat(again.sharedParity().begun()).isEmpty();
    }
  }
}
