package dev.banyan.store.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.Written;
import dev.banyan.migration.Phase;
import dev.banyan.replica.Acknowledged;
import dev.banyan.replica.Fleet;
import dev.banyan.replica.Hint;
import dev.banyan.replica.Petition;
import dev.banyan.replica.Petitions;
import dev.banyan.replica.WriteHold;
import dev.banyan.replica.WriteHolds;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Several replicas in one process, each with connections of its own, on one PostgreSQL.
class ReplicasTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @RegisterExtension static final Server SERVER = new Server();

  private final String schema = Server.schema();
  private final List<LiveReplica> replicas = new ArrayList<>();

  @AfterEach
  void end() {
    replicas.forEach(LiveReplica::close);
  }

  private LiveReplica replica(String name) {
    return replica(SERVER.options(schema, name));
  }

  private LiveReplica replica(PostgresOptions options) {
    LiveReplica replica = new LiveReplica(options).start();
    replicas.add(replica);
    return replica;
  }

  private static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("waited in vain: " + what).isNegative();
      LockSupport.parkNanos(5_000_000);
    }
  }

  private LiveReplica controller(List<LiveReplica> of) {
    until("one of them decides", () -> of.stream().anyMatch(LiveReplica::controls));
    return of.stream().filter(LiveReplica::controls).findFirst().orElseThrow();
  }

  private List<LiveReplica> three() {
    List<LiveReplica> all = List.of(replica("a"), replica("b"), replica("c"));
    until(
        "all know of each other",
        () ->
            all.stream()
                .allMatch(each ->
                    each.life.fleet().members().stream().filter(Fleet.Member::live).count() == 3));
    return all;
  }

  private static List<LiveReplica> others(List<LiveReplica> all, LiveReplica one) {
    return all.stream().filter(each -> each != one).toList();
  }

  private static boolean lives(LiveReplica replica) {
    return replica.life.lease().holds(System.nanoTime()) && replica.life.applied() >= 0;
  }

  private static long seq(Written written) {
    return ((Written.Done) written).entry().seq();
  }

  @Test
  void oneOfThemDecidesAndADecisionIsKnownToAllOnceItIsAcknowledged() {
    List<LiveReplica> all = three();
    LiveReplica controller = controller(all);
    assertThat(all).filteredOn(LiveReplica::controls).hasSize(1);
    assertThat(controller.term().orElseThrow()).isPositive();

    for (long epoch = 1; epoch <= 50; epoch++) {
      long seq = seq(all.getFirst().move("users", null));
      Acknowledged acknowledged = all.getFirst().life.await(seq, LONG);

      assertThat(acknowledged.everywhere()).isTrue();
      assertThat(acknowledged.acknowledged()).isEqualTo(acknowledged.of()).isEqualTo(3);
      for (LiveReplica each : all) {
        assertThat(each.epochs.get("users")).as(each.name).isEqualTo(epoch);
      }
    }
    Fleet fleet = controller.life.fleet();
    assertThat(fleet.controller()).isEqualTo(controller.name);
    assertThat(fleet.members()).extracting(Fleet.Member::name).containsExactly("a", "b", "c");
  }

  @Test
  void aWarningReachesAllOthersThoughWritersWait() throws Exception {
    List<LiveReplica> all = three();
    Hint hint = new Hint("a family of spaces", 7, Phase.Name.SHADOW);
    try (PostgresHints hints = all.getFirst().store.hints();
        Connection writer = SERVER.connection();
        Statement lock = writer.createStatement()) {
      writer.setAutoCommit(false);
      lock.execute("select seq from " + schema + ".ledger_head for update");
      hints.tell(hint);
      until(
          "all are warned",
          () -> all.stream().allMatch(each -> each.told.contains(hint.toString())));
    }
    assertThat(PostgresWire.said("deny much")).isNull();
    assertThat(PostgresWire.said("deny 7 UNHEARD_OF users")).isNull();
    assertThat(PostgresWire.said("what a later version says")).isNull();
  }

  @Test
  void aControllerThatIsStoppedIsDeposedAndWritesNothingWhenItWakes() {
    List<LiveReplica> all = three();
    LiveReplica first = controller(all);
    long term = first.term().orElseThrow();

    first.pause();
    List<LiveReplica> rest = others(all, first);
    LiveReplica second = controller(rest);
    assertThat(second.term().orElseThrow()).isGreaterThan(term);
    assertThat(first.controls()).as("its lease ended before").isFalse();

    assertThat(first.move("users", term)).isEqualTo(new Written.Fenced());
    until("a decision of the present term is written", () -> rest.stream().anyMatch(this::decides));
    first.wake();
    until("it knows", () -> first.told.contains("deposed"));
    until("it serves again", () -> first.epochs.containsKey("users"));
    assertThat(first.move("users", term)).isEqualTo(new Written.Fenced());
  }

  private boolean decides(LiveReplica replica) {
    OptionalLong term = replica.term();
    return term.isPresent() && replica.move("users", term.getAsLong()) instanceof Written.Done;
  }

  @Test
  void aStoppedReplicaIsWaitedForUntilItsLeaseHasRunOut() {
    List<LiveReplica> all = three();
    LiveReplica stopped = others(all, controller(all)).getFirst();
    LiveReplica asker = others(all, stopped).getFirst();
    stopped.pause();

    Acknowledged acknowledged = asker.life.await(seq(asker.move("users", null)), LONG);

    assertThat(acknowledged.everywhere()).isTrue();
    assertThat(acknowledged.acknowledged()).isLessThan(acknowledged.of());
    long now = System.nanoTime();
    assertThat(stopped.life.lease().holds(now)).isFalse();
    assertThat(stopped.life.pulse().validUntil() - now).isNegative();
    assertThat(stopped.epochs).doesNotContainKey("users");
    stopped.wake();
    until("it has caught up", () -> stopped.epochs.containsKey("users"));
  }

  @Test
  void aReplicaThatIsCutOffLosesItsLeaseAndCatchesUp() throws Exception {
    try (Relay relay = new Relay(SERVER.port())) {
      LiveReplica far = replica(Server.options(schema, "far", relay.port()));
      LiveReplica near = replica("near");
      until("both live", () -> List.of(far, near).stream().allMatch(ReplicasTest::lives));
      relay.cut();

      until("its lease has run out", () -> far.told.contains("lost"));
      assertThat(far.controls()).isFalse();
      until("the other decides", near::controls);
      Acknowledged acknowledged = near.life.await(seq(near.move("users", null)), LONG);
      assertThat(acknowledged.everywhere()).isTrue();
      assertThat(far.epochs).doesNotContainKey("users");

      relay.mend();
      until("it has caught up", () -> Long.valueOf(1).equals(far.epochs.get("users")));
      until("it has a lease", () -> far.told.lastIndexOf("regained") > far.told.indexOf("lost"));
    }
  }

  @Test
  void theyGoOnWhenTheirConnectionsAreCutOff() throws Exception {
    List<LiveReplica> all = three();
    LiveReplica before = controller(all);
    long term = before.term().orElseThrow();
    for (int i = 0; i < 3; i++) {
      SERVER.cutEveryConnection();
      LockSupport.parkNanos(200_000_000);
    }

    LiveReplica after = controller(all);
    assertThat(after.term().orElseThrow()).isGreaterThan(term);
    long seq = seq(all.getFirst().move("users", after.term().orElseThrow()));
    assertThat(all.getFirst().life.await(seq, LONG).everywhere()).isTrue();
    assertThat(all).allMatch(each -> each.epochs.containsKey("users"));
  }

  @Test
  void theyGoOnWhenTheServerIsStartedAgainAndNoEpochRepeats() throws Exception {
    List<LiveReplica> all = three();
    long term = controller(all).term().orElseThrow();
    all.getFirst().move("users", null);
    SERVER.restart();

    LiveReplica after = controller(all);
    until("there is a new term", () -> after.term().orElse(0) > term || !after.controls());
    until("it can be written", () -> all.getFirst().life.lease().holds(System.nanoTime()));
    Written.Done done = (Written.Done) all.getFirst().move("users", null);
    assertThat(done.entry().seq()).isEqualTo(2);
    until("all know", () -> all.stream().allMatch(each -> epoch(each).equals(OptionalLong.of(2))));
    List<LedgerEntry> ledger = all.getFirst().store.migrations().page(0, 10);
    assertThat(ledger)
        .extracting(entry -> Objects.requireNonNull(entry.after()).epoch())
        .containsExactly(1L, 2L);
  }

  private static OptionalLong epoch(LiveReplica replica) {
    Long epoch = replica.epochs.get("users");
    return epoch == null ? OptionalLong.empty() : OptionalLong.of(epoch);
  }

  @Test
  void aControllerThatEndsInOrderIsFollowedAtOnceAndNobodyWaitsForIt() {
    List<LiveReplica> all = three();
    LiveReplica first = controller(all);
    first.close();
    replicas.remove(first);
    List<LiveReplica> rest = others(all, first);
    controller(rest);

    Acknowledged acknowledged =
        rest.getFirst().life.await(seq(rest.getFirst().move("users", null)), LONG);
    assertThat(acknowledged.of()).isEqualTo(2);
    assertThat(acknowledged.everywhere()).isTrue();
  }

  @Test
  void aSecondProcessWithTheSameNameHasNoLease() {
    LiveReplica first = replica("twin");
    until("it lives", () -> first.life.lease().holds(System.nanoTime()));
    LiveReplica second = replica("twin");
    until("the first decides", first::controls);
    LockSupport.parkNanos(Duration.ofSeconds(4).toNanos());
    assertThat(second.told).isEmpty();

    first.close();
    replicas.remove(first);
    until("the second takes the name over", () -> second.life.lease().holds(System.nanoTime()));
  }

  @Test
  void allHoldWhatTheControllerSaysUntilItOrALaterOneSaysThatTheyMayGoOn() {
    List<LiveReplica> all = three();
    LiveReplica controller = controller(all);
    long term = controller.term().orElseThrow();
    WriteHolds holds = controller.store.holds();
    WriteHold hold = new WriteHold("one", Set.of("users", "orders"), term);
    assertThat(holds.begin(new WriteHold("late", Set.of("users"), term - 1))).isFalse();
    assertThat(holds.begin(hold)).isTrue();
    until("all say that they hold", () -> holds.whereDrained("one").size() == 3);
    assertThat(all).allMatch(each -> each.held.equals(List.of(hold)));
    assertThat(controller.life.live()).containsExactlyInAnyOrder("a", "b", "c");

    holds.end("one");
    holds.end("one");
    until("all let go", () -> all.stream().allMatch(each -> each.held.isEmpty()));
    assertThat(holds.whereDrained("one")).isEmpty();
    all.getFirst().store.holds().drained("one");
    assertThat(holds.whereDrained("one")).as("nobody holds it any more").isEmpty();

    assertThat(holds.begin(hold)).isTrue();
    holds.endEarlier(term, Set.of("users"));
    holds.endEarlier(term + 1, Set.of("others"));
    holds.endEarlierBut(term + 1, Set.of("users"));
    until("all hold", () -> all.stream().allMatch(each -> each.held.equals(List.of(hold))));
    holds.endEarlier(term + 1, Set.of("users"));
    until("all let go", () -> all.stream().allMatch(each -> each.held.isEmpty()));
  }

  @Test
  void aReplicaThatIsStoppedIsWaitedForUntilItSendsNothingAndHoldsWhenItWakes() {
    List<LiveReplica> all = three();
    LiveReplica controller = controller(all);
    LiveReplica stopped = others(all, controller).getFirst();
    stopped.pause();
    WriteHolds holds = controller.store.holds();
    WriteHold hold = new WriteHold("one", Set.of("users"), controller.term().orElseThrow());
    assertThat(holds.begin(hold)).isTrue();
    until("the others hold", () -> holds.whereDrained("one").size() == 2);
    assertThat(controller.life.live()).contains(stopped.name);
    until("its lease is over", () -> controller.life.isGone(stopped.name));
    assertThat(stopped.life.pulse().validUntil() - System.nanoTime()).isNegative();

    stopped.wake();
    until("it holds", () -> stopped.held.equals(List.of(hold)));
  }

  @Test
  void whatAnyReplicaAsksOfTheControllerIsTakenUpOnceAndAnswered() {
    List<LiveReplica> all = three();
    LiveReplica controller = controller(all);
    LiveReplica asker = others(all, controller).getFirst();
    Petitions petitions = asker.store.petitions();
    petitions.ask(new Petition("one", asker.name, "hand the writes over"));
    List<String> answers = new ArrayList<>();
    until("it is answered", () -> petitions.answered("one").map(answers::add).orElse(false));
    assertThat(answers).containsExactly(asker.name + " has asked " + controller.name);
    assertThat(petitions.answered("one")).isEmpty();
    assertThat(petitions.withdraw("one")).isFalse();

    assertThat(petitions.take(controller.term().orElseThrow() - 1)).isEmpty();
    all.forEach(LiveReplica::pause);
    petitions.ask(new Petition("two", asker.name, "nobody is there"));
    assertThat(petitions.withdraw("two")).isTrue();
    assertThat(petitions.withdraw("two")).isFalse();
    all.forEach(LiveReplica::wake);
  }

  @Test
  void whatAReplicaAskedThatHasEndedSinceIsNotDoneHoursLater() throws Exception {
    try (PostgresStore store = PostgresStore.open(SERVER.options(schema, "one"))) {
      Petitions petitions = store.petitions();
      petitions.ask(new Petition("late", "one", "hand the writes over"));
      petitions.ask(new Petition("fresh", "one", "give them back"));
      SERVER.run(
          "update " + schema + ".petition set asked = asked - interval '1 hour' where id = 'late'");

      assertThat(petitions.take(0)).extracting(Petition::id).containsExactly("fresh");
      assertThat(petitions.withdraw("late")).isFalse();
    }
  }
}
