package dev.banyan.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.replica.Digest;
import dev.banyan.replica.Mailbox;
import dev.banyan.replica.Roster;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresMailboxTest {
  private static final int TICKS = 60;

  @RegisterExtension static final Server SERVER = new Server();

  private String schema;
  private PostgresStore store;

  @BeforeEach
  void open() {
    schema = Server.schema();
    store = PostgresStore.open(SERVER.options(schema, "one"));
    store.migrate();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static Digest digest(String replica, int number) {
    return new Digest(replica, "users", 1, new byte[] {(byte) number});
  }

  private Void give(String replica) {
    try (PostgresStore own = PostgresStore.open(SERVER.options(schema, replica));
        Mailbox mailbox = own.mailbox()) {
      for (int i = 0; i < TICKS; i++) {
        mailbox.give(i, List.of(digest(replica, i)));
      }
    }
    return null;
  }

  @Test
  void whatSeveralHandOverIsReadByEachOnceAndInTheirOrder() throws Exception {
    List<String> givers = List.of("a", "b", "c");
    List<List<Digest>> read = List.of(new ArrayList<>(), new ArrayList<>());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Mailbox first = store.mailbox();
        Mailbox second = store.mailbox()) {
      first.read(1);
      second.read(1);
      List<Future<Void>> giving =
          givers.stream().map(giver -> threads.submit(() -> give(giver))).toList();
      while (giving.stream().anyMatch(each -> !each.isDone())) {
        Future<List<Digest>> beside = threads.submit(() -> second.read(7));
        read.getFirst().addAll(first.read(7));
        read.getLast().addAll(beside.get());
      }
      for (Future<Void> each : giving) {
        each.get();
      }
      read.getFirst().addAll(first.read(1_000));
      read.getLast().addAll(second.read(1_000));
    }

    for (String giver : givers) {
      for (List<Digest> one : read) {
        assertThat(one)
            .filteredOn(digest -> digest.replica().equals(giver))
            .extracting(digest -> (int) digest.bytes()[0])
            .as(giver)
            .containsExactlyElementsOf(IntStream.range(0, TICKS).boxed().toList());
      }
    }
  }

  @Test
  void whatIsOlderThanTenSecondsIsThrownAway() {
    try (Mailbox mailbox = store.mailbox()) {
      for (int tick = 1; tick <= 120; tick++) {
        mailbox.give(tick, List.of(digest("one", tick)));
      }
      assertThat(mailbox.read(1_000))
          .containsExactlyElementsOf(
              IntStream.rangeClosed(21, 120).mapToObj(i -> digest("one", i)).toList());
    }
  }

  @Test
  void whatAFormerLifeHandedOverIsNotCounted() {
    try (Mailbox former = store.mailbox()) {
      former.give(500, List.of(digest("one", 1)));
    }
    try (Mailbox present = store.mailbox()) {
      present.give(1, List.of(digest("one", 2)));
      assertThat(present.read(10)).containsExactly(digest("one", 2));
    }
  }

  /// A replica that is started in the same epoch would judge by what was seen hours ago.
  @Test
  void whatWasHandedOverBeforeThisOneFirstLookedIsNotRead() {
    try (Mailbox other = store.mailbox();
        Mailbox fresh = store.mailbox()) {
      other.give(1, List.of(digest("one", 1)));
      assertThat(fresh.read(10)).isEmpty();
      other.give(2, List.of(digest("one", 2)));
      assertThat(fresh.read(10)).containsExactly(digest("one", 2));
    }
  }

  @Test
  void whatAReplicaThatIsGoneHasHandedOverIsThrownAway() throws Exception {
    give("gone");
    try (Roster roster = store.roster()) {
      roster.forget(Set.of("gone", "one"));
    }
    try (Connection connection = SERVER.connection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from " + schema + ".digest")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getLong(1)).isZero();
    }
  }

  /// The table is empty after that, for it is not logged; what is handed over from then on must not
  /// be taken for what was read before.
  @Test
  void whatIsHandedOverAfterTheServerHasCrashedIsRead() throws Exception {
    try (Mailbox giver = store.mailbox();
        Mailbox reader = store.mailbox()) {
      reader.read(1);
      for (int tick = 1; tick <= TICKS; tick++) {
        giver.give(tick, List.of(digest("one", tick)));
      }
      assertThat(reader.read(1_000)).hasSize(TICKS);

      SERVER.run("checkpoint"); // what is set for speed here must not lose the tables
      SERVER.crash();
      assertThatThrownBy(() -> giver.give(TICKS + 1, List.of(digest("one", TICKS + 1))))
          .isInstanceOf(UncheckedIOException.class);
      assertThatThrownBy(() -> reader.read(1_000)).isInstanceOf(UncheckedIOException.class);
      giver.give(TICKS + 2, List.of(digest("one", TICKS + 2)));

      assertThat(reader.read(1_000)).containsExactly(digest("one", TICKS + 2));
    }
  }
}
