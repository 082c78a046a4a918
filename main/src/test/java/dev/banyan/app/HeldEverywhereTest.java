package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.Environment;
import dev.banyan.config.FamilyConfig;
import dev.banyan.migration.Phase;
import dev.banyan.proxy.Freshness;
import dev.banyan.replica.WriteHold;
import dev.banyan.replica.WriteHolds;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.Route;
import dev.banyan.routing.RoutingTable;
import dev.banyan.transfer.handover.Writes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One gateway among several, which the test plays.
@Timeout(60)
class HeldEverywhereTest {
  private static final Set<String> USERS = Set.of("users");

  @TempDir private Path folder;

  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final LiveTable live = new LiveTable(RoutingTable.compile("old", List.of()));
  private final Steering steering = new Steering(live);
  private final Store store = new Store();
  private final Set<String> gone = ConcurrentHashMap.newKeySet();
  private volatile Set<String> all = Set.of("here", "there");
  private volatile OptionalLong term = OptionalLong.of(7);
  private volatile int underWay;
  private final HeldEverywhere held =
      new HeldEverywhere(
          store,
          new HeldEverywhere.Replicas(() -> term, () -> all, gone::contains),
          families -> keeping().hold(families, _ -> OptionalInt.of(underWay)),
          blocking);

  /// The store, which can fail.
  private static final class Store implements WriteHolds {
    final List<WriteHold> standing = new CopyOnWriteArrayList<>();
    final Set<String> drained = ConcurrentHashMap.newKeySet();
    volatile boolean fails;

    private void reach() {
      if (fails) {
        throw new UncheckedIOException(new IOException("the store is gone"));
      }
    }

    @Override
    public boolean begin(WriteHold hold) {
      standing.add(hold); // written, whether or not anybody hears of it
      reach();
      return true;
    }

    @Override
    public void drained(String hold) {
      reach();
      drained.add("here");
    }

    @Override
    public Set<String> whereDrained(String hold) {
      reach();
      return Set.copyOf(drained);
    }

    @Override
    public void end(String hold) {
      reach();
      standing.removeIf(each -> each.id().equals(hold));
    }

    @Override
    public void endEarlier(long term, Set<String> families) {
      standing.removeIf(each -> each.term() < term && each.families().equals(families));
    }

    @Override
    public void endEarlierBut(long term, Set<String> families) {
      standing.removeIf(each -> each.term() < term && !each.families().equals(families));
    }
  }

  private WriteKeeping keeping() {
    return new WriteKeeping(
        steering,
        Freshness.UNKNOWN,
        _ -> {},
        new byte[32],
        System::nanoTime,
        InstantSource.system());
  }

  @BeforeEach
  void configure() throws IOException {
    Path file = folder.resolve("banyan.yaml");
    Files.writeString(
        file,
        """
        legacy: old
        services: { old: { url: http://127.0.0.1:1 }, new: { url: http://127.0.0.1:2 } }
        families:
          users: { routes: [/users], candidate: new, data: synced }
        """);
    ConfigResult result = new ConfigFile(file, Environment.of(Map.of())).load();
    BanyanConfig config = ((ConfigResult.Loaded) result).config();
    steering.publish(
        RoutingTable.compile(
            "old",
            config.families().stream().map(each -> each.routesIn(new Phase.Reads(), 1)).toList()),
        config.families().stream().map(FamilyConfig::policy).toList());
  }

  @AfterEach
  void end() {
    blocking.shutdownNow();
  }

  private boolean holds() {
    Route route = Objects.requireNonNull(live.inForce().match("POST", "/users"));
    return route.decideFor(0).isHeld();
  }

  private static void until(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(1);
    }
  }

  @Test
  void aGatewayHoldsWhatTheStoreSaysAndSaysSoOnceNothingIsUnderWay() throws Exception {
    underWay = 1;
    WriteHold hold = new WriteHold("one", USERS, 7);
    held.held(List.of(hold));
    held.held(List.of(hold));
    assertThat(holds()).isTrue();
    Thread.sleep(20);
    assertThat(store.drained).isEmpty();
    store.fails = true;
    underWay = 0;
    Thread.sleep(20);
    store.fails = false;
    until(() -> !store.drained.isEmpty());

    held.held(List.of());
    assertThat(holds()).isFalse();
  }

  @Test
  void twoHoldsOfOneFamilyEndOneByOne() {
    held.held(List.of(new WriteHold("one", USERS, 7), new WriteHold("two", USERS, 7)));
    held.held(List.of(new WriteHold("two", USERS, 7)));
    assertThat(holds()).isTrue();
    held.held(List.of());
    assertThat(holds()).isFalse();
  }

  @Test
  void itSaysNothingOfFamiliesThatItCanNotHold() throws Exception {
    WriteHold strange = new WriteHold("one", Set.of("strangers"), 7);
    held.held(List.of(strange));
    held.held(List.of(strange));
    Thread.sleep(20);
    assertThat(store.drained).isEmpty();
  }

  @Test
  void theOwnerChangesOnceEachHasSaidThatItHolds() throws Exception {
    Writes.Held begun = held.hold(USERS, true);
    assertThat(store.standing)
        .singleElement()
        .satisfies(hold -> {
          assertThat(hold.families()).isEqualTo(USERS);
          assertThat(hold.term()).isEqualTo(7);
        });
    store.drained.addAll(all);
    assertThat(begun.drained(Duration.ZERO)).isTrue();
    begun.close();
    begun.close();
    assertThat(store.standing).isEmpty();
  }

  @Test
  void whoIsSilentIsWaitedForUntilItsLeaseIsOverUnlessNothingButTheHoldKeepsItsWritesAway()
      throws Exception {
    store.drained.add("here");
    Writes.Held fenced = held.hold(USERS, false);
    Writes.Held unfenced = held.hold(USERS, true);
    gone.add("there");
    assertThat(fenced.drained(Duration.ZERO)).isTrue();
    assertThat(unfenced.drained(Duration.ZERO)).isFalse();
    gone.clear();
    assertThat(fenced.drained(Duration.ZERO)).as("it lives, and does not come to an end").isFalse();
  }

  @Test
  void onlyTheControllerBeginsAHold() {
    term = OptionalLong.empty();
    assertThatThrownBy(() -> held.hold(USERS, false)).isInstanceOf(IllegalStateException.class);
    assertThat(store.standing).isEmpty();
  }

  @Test
  void whatCanNotBeEndedIsTriedUntilItIsOrIsForAnotherControllerToEnd() throws Exception {
    Writes.Held begun = held.hold(USERS, false);
    store.fails = true;
    begun.close();
    assertThatThrownBy(() -> held.hold(USERS, false)).isInstanceOf(UncheckedIOException.class);
    assertThat(store.standing).hasSize(2);
    store.fails = false;
    until(store.standing::isEmpty);

    var _ = held.hold(USERS, false);
    held.settled(7, USERS);
    assertThat(store.standing).hasSize(1);
    held.settled(8, USERS);
    assertThat(store.standing).isEmpty();
  }
}
