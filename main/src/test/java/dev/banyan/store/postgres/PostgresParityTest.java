package dev.banyan.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.ParityEvidence;
import dev.banyan.parity.ParityStore;
import dev.banyan.parity.ParityStore.Kept;
import dev.banyan.parity.ParityStoreContract;
import dev.banyan.parity.SharedParity.Counted;
import dev.banyan.replica.Roster;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresParityTest extends ParityStoreContract {
  private static final Kept COUNTED = new Kept("sides", ParityEvidence.none(Instant.EPOCH));

  @RegisterExtension static final Server SERVER = new Server();

  private String schema;
  private PostgresStore one;
  private PostgresStore two;

  @BeforeEach
  void open() {
    schema = Server.schema();
    one = PostgresStore.open(SERVER.options(schema, "one"));
    two = PostgresStore.open(SERVER.options(schema, "two"));
    beat(one);
    beat(two);
  }

  private static void beat(PostgresStore store) {
    try (Roster roster = store.roster()) {
      roster.beat(new Roster.Hello(0, Set.of(), false));
    }
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
    try (PostgresStore before = PostgresStore.open(SERVER.options(schema, "again"))) {
      beat(before);
      before.parity().save("orders", COUNTED);
      before.sharedParity().begin("users");
      before.parity().save("users", COUNTED); // not adopted yet: void
    }
    try (PostgresStore again = PostgresStore.open(SERVER.options(schema, "again"))) {
      assertThat(again.parity().load()).isEqualTo(Map.of("orders", COUNTED));
      assertThat(again.sharedParity().begun()).isEmpty();
    }
  }

  private static Kept counted(String sides, long matched) {
    return new Kept(
        sides,
        new ParityEvidence(
            Instant.EPOCH, matched, matched, 0, 0, 0, Map.of(), Map.of(), List.of()));
  }

  private long sum(PostgresStore of, String sides) {
    Counted all = of.sharedParity().others().get("users");
    return all == null
        ? 0
        : all.kept().stream()
            .filter(kept -> kept.sides().equals(sides))
            .mapToLong(kept -> kept.evidence().compared())
            .sum();
  }

  @Test
  void whatManyForgottenReplicasHaveCountedIsOneRowAndCountsOnce() {
    two.parity().save("users", counted("sides", 100));
    long expected = 100;
    for (int i = 1; i <= 4; i++) {
      try (PostgresStore gone = PostgresStore.open(SERVER.options(schema, "pod-" + i))) {
        gone.parity().save("users", counted(i == 4 ? "others" : "sides", i));
        expected += i == 4 ? 0 : i;
      }
      one.sharedParity().gather();
      assertThat(sum(one, "sides")).isEqualTo(expected);
    }
    one.sharedParity().gather();
    two.sharedParity().gather();
    two.sharedParity().gather();

    assertThat(one.sharedParity().others())
        .extractingByKey("users")
        .satisfies(all ->
            assertThat(all.kept())
                .as("two's, and those of the forgotten, by the sides that they compared")
                .hasSize(3));
    assertThat(sum(one, "sides")).isEqualTo(expected);
    assertThat(sum(one, "others")).isEqualTo(4);

    try (PostgresStore back = PostgresStore.open(SERVER.options(schema, "pod-1"))) {
      assertThat(back.parity().load()).as("the others have it").isEmpty();
      back.parity().save("users", counted("sides", 50)); // never listed
      assertThat(back.parity().load()).isEmpty();
      assertThat(sum(one, "sides")).isEqualTo(expected + 50);
      assertThat(sum(back, "sides")).isEqualTo(expected + 50);
    }
    one.sharedParity().begin("users");
    assertThat(two.sharedParity().others()).isEmpty();
  }

  @Test
  void whoHasJustBegunAndIsNotOnTheListYetIsNotForgotten() {
    one.sharedParity().gather();
    try (PostgresStore fresh = PostgresStore.open(SERVER.options(schema, "fresh"))) {
      fresh.parity().save("users", counted("sides", 7));
      one.sharedParity().gather();
      beat(fresh);
      fresh.parity().save("users", counted("sides", 8));
      one.sharedParity().gather();
      assertThat(sum(one, "sides")).isEqualTo(8);
      assertThat(fresh.parity().load()).containsOnlyKeys("users");
    }
  }
}
