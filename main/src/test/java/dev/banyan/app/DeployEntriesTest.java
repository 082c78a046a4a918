package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.VersionWatch.Deploy;
import dev.banyan.cutover.VersionWatch.Stage;
import dev.banyan.store.sqlite.SqliteStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeployEntriesTest {
  private static final Deploy BEGUN = new Deploy("new", "2", Stage.BEGUN);
  private static final Deploy ENDED = new Deploy("new", "2", Stage.ENDED);
  private static final Deploy BACK = new Deploy("new", "1", Stage.ENDED);

  @TempDir private Path folder;
  private SqliteStore store;
  private final List<String> entered = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    store = SqliteStore.open(folder);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private List<String> deployed(
      String actor, String reason, String what, Predicate<String> concerns) {
    List<String> concerned = List.of("users", "orders").stream().filter(concerns).toList();
    entered.add(what + " " + concerned);
    List<String> now = List.copyOf(failures);
    failures.clear();
    return now;
  }

  private DeployEntries replica(boolean shared) {
    return new DeployEntries(
        store.migrations(), shared, this::deployed, _ -> List.of("users", "orders"), Runnable::run);
  }

  private static Deploy first(String version) {
    return new Deploy("new", version, Stage.FIRST);
  }

  @Test
  void oneOfManyThatSeeADeployEntersIt() {
    DeployEntries one = replica(true);
    DeployEntries two = replica(true);
    one.accept(BEGUN);
    two.accept(BEGUN);
    two.accept(ENDED);
    one.accept(ENDED);
    assertThat(entered).containsExactly("new 2 [users, orders]", "new 2 [users, orders]");
  }

  @Test
  void aVersionThatComesAgainIsNewsAgain() {
    DeployEntries one = replica(true);
    for (Deploy deploy : List.of(BACK, BEGUN, BACK, BEGUN, BACK)) {
      one.accept(deploy);
    }
    assertThat(entered).hasSize(5);
  }

  @Test
  void whatTheStoreDidNotTakeIsTriedAgainForThoseThatItDidNotTakeItFor() {
    DeployEntries one = replica(true);
    failures.add("orders: the store is gone");
    one.accept(BEGUN);
    one.run();
    one.run();
    assertThat(entered).containsExactly("new 2 [users, orders]", "new 2 [orders]");
  }

  @Test
  void whoIsAloneEntersAllThatItSees() {
    DeployEntries one = replica(false);
    one.accept(BEGUN);
    one.accept(BEGUN);
    one.accept(first("2"));
    assertThat(entered).hasSize(2);
  }

  @Test
  void aVersionThatCameWhileNobodyWatchedIsADeploy() {
    replica(false).accept(first("1"));
    replica(false).accept(first("1"));
    assertThat(entered).isEmpty();

    DeployEntries later = replica(false);
    failures.add("orders: the store is gone");
    later.accept(first("2"));
    later.run();
    assertThat(entered).containsExactly("new 2 [users, orders]", "new 2 [orders]");
    replica(false).accept(first("2"));
    assertThat(entered).hasSize(2);
  }

  @Test
  void ofManyThatWereAllStoppedMeanwhileOneEntersIt() {
    replica(true).accept(first("1"));
    replica(true).accept(first("2"));
    replica(true).accept(first("2"));
    assertThat(entered).containsExactly("new 2 [users, orders]");
  }

  /// One that has taken a deploy on and is gone before it has entered it.
  private void die() {
    new DeployEntries(
            store.migrations(),
            true,
            (_, _, _, _) -> {
              throw new UncheckedIOException(new IOException("killed"));
            },
            _ -> List.of("users", "orders"),
            Runnable::run)
        .accept(BEGUN);
  }

  private static void look(DeployEntries replica, int times) {
    for (int i = 0; i < times; i++) {
      replica.run();
    }
  }

  @Test
  void whatOneHasTakenOnAndDidNotEnterIsEnteredByAnotherThatHasSeenIt() {
    die();
    DeployEntries two = replica(true);
    two.accept(BEGUN);
    look(two, DeployEntries.LOOKS - 1);
    assertThat(entered).isEmpty();
    look(two, DeployEntries.LOOKS);
    assertThat(entered).containsExactly("new 2 [users, orders]");

    DeployEntries three = replica(true);
    three.accept(BEGUN);
    look(three, 2 * DeployEntries.LOOKS);
    assertThat(entered).hasSize(1);
  }

  @Test
  void orByItselfOnceItIsStartedAgain() {
    replica(true).accept(first("1"));
    die();
    DeployEntries again = replica(true);
    again.accept(first("2"));
    look(again, DeployEntries.LOOKS);
    assertThat(entered).containsExactly("new 2 [users, orders]");
    look(again, 2 * DeployEntries.LOOKS);
    assertThat(entered).hasSize(1);
  }

  @Test
  void whoSeesADeployLateEntersNothing() {
    DeployEntries one = replica(true);
    one.accept(BEGUN);
    one.accept(ENDED);
    DeployEntries two = replica(true);
    two.accept(BEGUN);
    two.accept(ENDED);
    look(two, 2 * DeployEntries.LOOKS);
    assertThat(entered).hasSize(2);
  }

  @Test
  void whoWaitsForAnotherIsContentOnceThatHasEnteredIt() {
    DeployEntries one = replica(true);
    failures.add("orders: the store is gone");
    one.accept(BEGUN);
    DeployEntries two = replica(true);
    two.accept(BEGUN);
    look(two, DeployEntries.LOOKS - 1);
    one.run();
    look(two, DeployEntries.LOOKS);
    assertThat(entered).containsExactly("new 2 [users, orders]", "new 2 [orders]");
  }
}
