package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.cutover.FamilyPolicy.Auto;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/// Random histories of two processes on one store: people, traffic, windows, failures of the store
/// and jumps of the wall clock in any order. Whatever happens, the ledger tells a legal story.
class HistoriesTest {
  /// More are had with `-Dhistories=3000`.
  private static final int HISTORIES = Integer.getInteger("histories", 100);

  private static final int STEPS = 120;

  private static final Logger JOURNAL = (Logger) LoggerFactory.getLogger(Journal.class);

  /// The store fails thousands of times here, and each is shouted with its stack.
  @BeforeAll
  static void hush() {
    JOURNAL.setLevel(Level.OFF);
  }

  @AfterAll
  static void speakAgain() {
    JOURNAL.setLevel(null);
  }

  /// Says which seed failed, so that it can be had again.
  @Test
  void tellALegalStoryWhateverHappens() {
    for (long seed = 1; seed <= HISTORIES; seed++) {
      try {
        new History(seed).live();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  private static final class History {
    private final Random random;
    private final InMemoryMigrations store = new InMemoryMigrations();
    private final Rig[] rigs = {
      new Rig(store, Runnable::run), new Rig(store, Runnable::run),
    };
    private boolean frozen;

    History(long seed) {
      random = new Random(seed);
      for (Rig rig : rigs) {
        rig.configure(policy(anyOf(Auto.values())));
      }
    }

    private <T> T anyOf(T[] values) {
      return values[random.nextInt(values.length)];
    }

    private FamilyPolicy policy(Auto auto) {
      FamilyPolicy plain =
          Rig.policy(random.nextInt(4) == 0 ? DataOwnership.NONE : DataOwnership.SHARED, true);
      FreezeWindow window =
          new FreezeWindow() {
            @Override
            public String name() {
              return "a freeze";
            }

            @Override
            public Optional<Instant> endOf(Instant moment) {
              return frozen ? Optional.of(moment.plusSeconds(60)) : Optional.empty();
            }
          };
      return plain.governed(
          auto,
          random.nextBoolean() ? Set.of(Phase.Name.CANARY) : Set.of(Phase.Name.WRITES),
          List.of(window));
    }

    void live() {
      for (int i = 0; i < STEPS; i++) {
        Rig rig = rigs[random.nextInt(rigs.length)];
        happen(rig);
        assertThat(rig.phase()).isNotNull();
      }
      store.failing = false;
      for (Rig rig : rigs) {
        rig.pass(Duration.ofSeconds(3));
        rig.cutover.tick();
      }
      for (Rig rig : rigs) {
        rig.cutover.refresh(() -> Cutover.Known.of(store)).exceptionally(_ -> null).join();
      }
      check();
    }

    private void happen(Rig rig) {
      long before = store.entries.size();
      String obstacle = obstacle(rig);
      switch (random.nextInt(17)) {
        case 0, 1, 2 -> rig.allIsWell();
        case 3, 4, 5 -> rig.promote();
        case 6 -> rig.cutover.force(Rig.order(), null, null);
        case 7 -> rig.cutover.approve(Order.of("users", "eve", "fine"), null);
        case 8 -> goBack(rig);
        case 9 -> rig.cutover.hold(Rig.order());
        case 10 -> rig.cutover.resume(Rig.order());
        case 11 -> line(rig);
        case 12 -> frozen = !frozen;
        case 13 -> rig.cutover.deployed("ci", "release", "users", "users"::equals);
        case 14 -> store.failing = random.nextInt(3) == 0;
        case 15 -> rig.wall = rig.wall.plus(Duration.ofHours(random.nextInt(3) - 1));
        default -> traffic(rig);
      }
      if (obstacle != null) {
        assertThat(store.entries.stream().skip(before).map(LedgerEntry::kind))
            .as("with %s", obstacle)
            .doesNotContain(Kind.PROMOTE);
      }
      if (random.nextInt(3) == 0) {
        rig.cutover.refresh(() -> Cutover.Known.of(store)).exceptionally(_ -> null).join();
      }
    }

    /// What forbids this process to promote, as it knows it.
    private @Nullable String obstacle(Rig rig) {
      if (frozen) {
        return "a freeze";
      }
      return rig.state().held() != null ? "a hold" : rig.cutover.stoppedLine().orElse(null);
    }

    private void line(Rig rig) {
      if (rig.cutover.stoppedLine().isPresent()) {
        rig.cutover.releaseLine("eve", "over");
      } else if (random.nextInt(3) == 0) {
        rig.cutover.stopLine("ann", "an incident");
      }
    }

    /// Out of every phase there is a way back, whatever stands in the way of a promotion.
    private void goBack(Rig rig) {
      Phase.Name from = rig.phase();
      CutoverResult result = rig.cutover.rollback(Rig.order(), null);
      if (from != Phase.Name.LEGACY) {
        assertThat(result).isInstanceOf(Done.class);
        assertThat(rig.phase().before(from)).isTrue();
      }
    }

    private void traffic(Rig rig) {
      boolean bad = random.nextInt(4) == 0;
      for (int i = 0; i < 12; i++) {
        rig.tick(Rig.traffic(100, 0), Rig.traffic(30, bad ? 20 : 0));
      }
    }

    private void check() {
      assertThat(rigs[0].ledger.verify()).isInstanceOf(Ledger.Check.Intact.class);
      FamilyState now = FamilyState.initial("users", Instant.EPOCH);
      for (LedgerEntry entry : store.entries) {
        FamilyState before = entry.before();
        FamilyState after = entry.after();
        if (before == null || after == null) {
          continue;
        }
        assertThat(before.epoch()).as("%s", entry).isEqualTo(now.epoch());
        assertThat(before.phase()).as("%s", entry).isEqualTo(now.phase());
        legal(entry, before, after);
        now = after;
      }
      for (Rig rig : rigs) {
        assertThat(rig.state().epoch()).isEqualTo(now.epoch());
        assertThat(rig.state().phase()).isEqualTo(now.phase());
        assertEpochsOnlyGrow(rig);
      }
    }

    private static void assertEpochsOnlyGrow(Rig rig) {
      long epoch = 0;
      for (FamilyState state : rig.published) {
        assertThat(state.epoch()).isGreaterThanOrEqualTo(epoch);
        epoch = state.epoch();
      }
    }

    private void legal(LedgerEntry entry, FamilyState before, FamilyState after) {
      switch (entry.kind()) {
        case PROMOTE -> {
          assertThat(after.epoch()).isEqualTo(before.epoch() + 1);
          List<Phase> exits = new ArrayList<>();
          Ladder.next(before.phase(), policy(Auto.OFF)).ifPresent(exits::add);
          assertThat(exits).as("%s", entry).contains(after.phase());
          boolean proved =
              entry.gates().stream().allMatch(gate -> gate.opinion() == Opinion.PROMOTE);
          assertThat(proved || after.unproven()).as("%s", entry).isTrue();
          if (entry.actor().equals(Cutover.ITSELF)) {
            assertThat(proved).as("%s", entry).isTrue();
          }
        }
        case ROLLBACK -> {
          assertThat(after.epoch()).isEqualTo(before.epoch() + 1);
          assertThat(after.phase().name().before(before.phase().name())).isTrue();
        }
        case DEPLOY -> {
          assertThat(after.epoch()).isEqualTo(before.epoch() + 1);
          assertThat(after.phase()).isEqualTo(before.phase());
        }
        default -> {
          assertThat(after.epoch()).isEqualTo(before.epoch());
          assertThat(after.phase()).isEqualTo(before.phase());
        }
      }
    }
  }
}
