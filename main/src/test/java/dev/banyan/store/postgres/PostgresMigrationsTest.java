package dev.banyan.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.Change;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.cutover.MigrationStoreContract;
import dev.banyan.cutover.Standing;
import dev.banyan.cutover.Writing;
import dev.banyan.cutover.Written;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresMigrationsTest extends MigrationStoreContract {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901234Z");
  private static final int WRITERS = 8;
  private static final int EACH = 25;

  @RegisterExtension static final Server SERVER = new Server();

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
  protected MigrationStore store() {
    return store.migrations();
  }

  @Override
  protected void failAt(String family) throws SQLException {
    SERVER.run(
        "set search_path = "
            + schema
            + "; create function failing() returns trigger language plpgsql as"
            + " $$ begin raise exception 'failing'; end $$;"
            + " create trigger failing before insert on family for each row when (new.name = '"
            + family
            + "') execute function failing()");
  }

  private static LedgerEntry.Draft draft(FamilyState before, FamilyState after, String actor) {
    return new LedgerEntry.Draft(
        AT,
        LedgerEntry.Kind.PROMOTE,
        after.family(),
        actor,
        "racing",
        before,
        after,
        List.of(),
        null,
        null);
  }

  /// Writes one move from wherever the family stands, and returns its epoch; what others wrote
  /// meanwhile is taken up and tried from again.
  private static long move(MigrationStore store, String actor) {
    Standing from =
        store.standings().stream()
            .findFirst()
            .orElse(new Standing(FamilyState.initial("users", AT), null));
    while (true) {
      Standing to = new Standing(from.state().moved(new Phase.Shadow(), AT), null);
      switch (store.write(
          draft(from.state(), to.state(), actor), new Change.Move(from, to), null)) {
        case Written.Done _ -> {
          return to.state().epoch();
        }
        case Written.Conflict(Standing now) -> from = now;
        case Written.Fenced _, Written.Barred _ ->
            throw new IllegalStateException("a person's rollback is never refused");
      }
    }
  }

  @Test
  void noEpochRepeatsAndNoEntryIsLostWhenManyRace() throws Exception {
    List<Callable<List<Long>>> writers = new ArrayList<>();
    List<PostgresStore> stores = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      String name = "writer-" + i;
      PostgresStore own = PostgresStore.open(SERVER.options(schema, name));
      stores.add(own);
      writers.add(() -> {
        List<Long> epochs = new ArrayList<>();
        for (int n = 0; n < EACH; n++) {
          epochs.add(move(own.migrations(), name + "-" + n));
        }
        return epochs;
      });
    }
    List<Long> epochs = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<List<Long>> each : threads.invokeAll(writers)) {
        epochs.addAll(each.get());
      }
    } finally {
      stores.forEach(PostgresStore::close);
    }

    assertThat(epochs).doesNotHaveDuplicates().hasSize(WRITERS * EACH);
    List<LedgerEntry> ledger = store().page(0, 1_000);
    assertThat(ledger).hasSize(WRITERS * EACH);
    String previous = LedgerEntry.GENESIS;
    for (LedgerEntry entry : ledger) {
      assertThat(entry.previous()).isEqualTo(previous);
      assertThat(entry.after()).extracting(FamilyState::epoch).isEqualTo(entry.seq());
      previous = entry.hash();
    }
  }

  @Test
  void tellsWhichFamiliesMovedAfterAnEntry() {
    FamilyState none = FamilyState.initial("users", AT);
    Standing users = new Standing(none.moved(new Phase.Shadow(), AT), null);
    Standing orders =
        new Standing(FamilyState.initial("orders", AT).moved(new Phase.Shadow(), AT), null);
    store()
        .write(
            draft(none, users.state(), "ann"),
            new Change.Move(Standing.initial(users), users),
            null);
    store()
        .write(
            draft(none, orders.state(), "ann"),
            new Change.Move(Standing.initial(orders), orders),
            null);

    assertThat(store.decidedAfter(-1))
        .isEqualTo(new PostgresStore.Decided(2, List.of(orders, users), Optional.empty()));
    assertThat(store.decidedAfter(1))
        .isEqualTo(new PostgresStore.Decided(2, List.of(orders), Optional.empty()));
    assertThat(store.decidedAfter(2))
        .isEqualTo(new PostgresStore.Decided(2, List.of(), Optional.empty()));
  }

  @Test
  void aDecisionOfATermThatIsOverIsNotWritten() {
    FamilyState none = FamilyState.initial("users", AT);
    Standing users = new Standing(none.moved(new Phase.Shadow(), AT), null);
    Change move = new Change.Move(Standing.initial(users), users);
    try (var roster = store.roster()) {
      assertThat(roster.take(0)).hasValue(1);
      assertThat(roster.take(0)).as("a term is taken once").isEmpty();

      assertThat(store().write(draft(none, users.state(), "banyan"), move, 2L))
          .isEqualTo(new Written.Fenced());
      assertThat(store().page(0, 10)).isEmpty();
      assertThat(store().write(draft(none, users.state(), "banyan"), move, 1L))
          .isInstanceOf(Written.Done.class);
    }
  }

  @Test
  void noneOfSeveralMovesInATermThatIsOverOrOnComparisonsBegunAnewForOne() {
    List<Writing> both = new ArrayList<>();
    for (String family : List.of("users", "orders")) {
      FamilyState none = FamilyState.initial(family, AT);
      Standing after = new Standing(none.moved(new Phase.Shadow(), AT), null);
      Change move =
          new Change.Move(Standing.initial(after), after, store.sharedParity().adopted(family));
      both.add(new Writing(draft(none, after.state(), "banyan"), move));
    }
    try (var roster = store.roster();
        PostgresStore other = PostgresStore.open(SERVER.options(schema, "other"))) {
      assertThat(roster.take(0)).hasValue(1);
      assertThat(store().write(both, 2L)).isEqualTo(new Written.Fenced());
      other.sharedParity().begin("orders");

      assertThat(store().write(both, 1L)).isInstanceOf(Written.Conflict.class);
      assertThat(store().standings()).isEmpty();
      assertThat(store().page(0, 10)).isEmpty();
    }
  }

  @Test
  void aMoveThatRestsOnComparisonsBegunAnewSinceIsAConflict() {
    FamilyState none = FamilyState.initial("users", AT);
    Standing before = new Standing(none, null);
    Standing after = new Standing(none.moved(new Phase.Shadow(), AT), null);
    long seen = store.sharedParity().adopted("users");
    long begun;
    try (PostgresStore other = PostgresStore.open(SERVER.options(schema, "other"))) {
      begun = other.sharedParity().begin("users");
    }

    LedgerEntry.Draft draft = draft(none, after.state(), "banyan");
    assertThat(store().write(draft, new Change.Move(before, after, seen), null))
        .isEqualTo(new Written.Conflict(before));
    assertThat(store().page(0, 10)).isEmpty();
    assertThat(store().write(draft, new Change.Move(before, after, begun), null))
        .isInstanceOf(Written.Done.class);
    assertThat(store().write(draft, new Change.Move(before, after, begun), null))
        .as("written again, as nobody could say whether it was written")
        .isInstanceOf(Written.Done.class);
  }

  private static boolean anybodyWaits(Connection connection) throws SQLException {
    try (ResultSet row =
        connection
            .createStatement()
            .executeQuery("select exists (select from pg_locks where not granted)")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  @Test
  void whatIsStoredIsSaidBehindAWriteThatNobodyWaitsForAnyMore() throws Exception {
    move(store(), "ann");
    try (Connection lost = SERVER.connection();
        Connection looking = SERVER.connection();
        ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor()) {
      lost.setAutoCommit(false);
      lost.createStatement()
          .execute(
              "set search_path = "
                  + schema
                  + "; select seq from ledger_head for update; update family set epoch = 7");
      Future<List<Standing>> stored = asking.submit(() -> store().stored());
      while (!stored.isDone() && !anybodyWaits(looking)) {
        Thread.onSpinWait();
      }
      lost.commit();
      assertThat(stored.get().getFirst().state().epoch()).isEqualTo(7);
    }
  }
}
