package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What every [MigrationStore] does.
public abstract class MigrationStoreContract {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901234Z");

  protected abstract MigrationStore store();

  /// Has the store fail as it writes where a family stands.
  protected abstract void failAt(String family) throws Exception;

  private static FamilyState state(String family, Phase phase, long epoch) {
    return new FamilyState(family, phase, epoch, null, AT);
  }

  private static LedgerEntry.Draft draft(String reason) {
    FamilyState before = state("users", new Phase.Shadow(), 1);
    FamilyState after = state("users", new Phase.Canary(new Weight(1)), 2).withHeld("lunch");
    GateReading gate =
        new GateReading(
            "parity",
            Opinion.ROLL_BACK,
            Map.of("logE", Math.PI * 1e-17, "nothing", Double.NEGATIVE_INFINITY, "count", 1e18),
            "says \"so\" é\u0001");
    return new LedgerEntry.Draft(
        AT,
        LedgerEntry.Kind.ROLLBACK,
        "users",
        "ann",
        reason,
        before,
        after.asUnproven(),
        List.of(gate),
        Duration.ofNanos(40_001),
        "{\"counts\":[1,2]}");
  }

  private LedgerEntry written(LedgerEntry.Draft draft, @Nullable Change change) {
    return ((Written.Done) store().write(draft, change, null)).entry();
  }

  private static Change.Move first(Standing standing) {
    return new Change.Move(Standing.initial(standing), standing);
  }

  /// Every phase, since each has a form of its own in a store.
  @Test
  void givesBackEveryStanding() {
    Baseline.Threshold threshold =
        new Baseline.Threshold(0.99, Duration.ofNanos(12_345_678), 1.0 / 3);
    Baseline baseline =
        new Baseline(new Baseline.Yardstick(120, 7, List.of(threshold)), Baseline.Yardstick.NONE);
    List<Phase> phases =
        List.of(
            new Phase.Legacy(),
            new Phase.Shadow(),
            new Phase.Canary(new Weight(1)),
            new Phase.Reads(),
            new Phase.Writes(Weight.FULL),
            new Phase.Retired());
    List<Standing> wanted = new ArrayList<>();
    for (int i = 0; i < phases.size(); i++) {
      FamilyState state = state("f" + i, phases.get(i), i + 1);
      Approval approval = i % 3 == 0 ? new Approval(Phase.Name.WRITES, i + 1, "eve") : null;
      wanted.add(
          new Standing(
              i % 2 == 0 ? state : state.asUnproven(), i % 2 == 0 ? baseline : null, approval));
      written(draft("why"), first(wanted.getLast()));
    }

    assertThat(store().standings()).containsExactlyElementsOf(wanted);
  }

  @Test
  void keepsTheLatestStandingOfAFamily() {
    Standing shadow = new Standing(state("users", new Phase.Shadow(), 1), null);
    written(draft("one"), first(shadow));
    Standing held = new Standing(shadow.state().withHeld("an audit"), null);
    written(draft("two"), new Change.Move(shadow, held));

    assertThat(store().standings()).containsExactly(held);
  }

  @Test
  void refusesAMoveFromWhereTheFamilyDoesNotStand() {
    Standing shadow = new Standing(state("users", new Phase.Shadow(), 1), null);
    Standing canary = new Standing(state("users", new Phase.Canary(new Weight(1)), 2), null);
    assertThat(store().write(draft("too early"), new Change.Move(shadow, canary), null))
        .isEqualTo(new Written.Conflict(Standing.initial(shadow)));
    written(draft("one"), first(shadow));

    assertThat(store().write(draft("again"), first(shadow), null))
        .isEqualTo(new Written.Conflict(shadow));
    assertThat(store().standings()).containsExactly(shadow);
    assertThat(store().page(0, 10)).hasSize(1);
  }

  /// Whoever got no answer asks again, and must not find that somebody else was there before.
  @Test
  void aMoveThatIsWrittenAgainIsTheOneThatWasWritten() {
    Standing shadow = new Standing(state("users", new Phase.Shadow(), 1), null);
    LedgerEntry first = written(draft("one"), first(shadow));

    assertThat(store().write(draft("one"), first(shadow), null)).isEqualTo(new Written.Done(first));
    assertThat(store().page(0, 10)).containsExactly(first);
  }

  private static Writing writing(String family, Standing before, Standing after) {
    LedgerEntry.Draft draft =
        new LedgerEntry.Draft(
            AT,
            LedgerEntry.Kind.PROMOTE,
            family,
            "ann",
            "together",
            before.state(),
            after.state(),
            List.of(),
            null);
    return new Writing(draft, new Change.Move(before, after));
  }

  private static Standing at(String family, Phase phase, long epoch) {
    return new Standing(state(family, phase, epoch), null);
  }

  private final Standing users = at("users", new Phase.Reads(), 1);
  private final Standing orders = at("orders", new Phase.Reads(), 4);
  private final List<Writing> together =
      List.of(
          writing("users", users, at("users", new Phase.Writes(Weight.FULL), 2)),
          writing("orders", orders, at("orders", new Phase.Writes(Weight.FULL), 5)));

  private void inReads() {
    written(draft("one"), first(users));
    Standing before = at("orders", new Phase.Legacy(), 0);
    assertThat(store().write(List.of(writing("orders", before, orders)), null))
        .isInstanceOf(Written.Done.class);
  }

  @Test
  void severalFamiliesMoveInOneWriteWithAnEntryEach() {
    inReads();
    Written.Done done = (Written.Done) store().write(together, null);

    assertThat(store().standings())
        .containsExactly(
            at("orders", new Phase.Writes(Weight.FULL), 5),
            at("users", new Phase.Writes(Weight.FULL), 2));
    assertThat(store().page(2, 10)).containsExactlyElementsOf(done.entries());
    assertThat(done.entries()).extracting(LedgerEntry::family).containsExactly("users", "orders");
    assertThat(done.entries().getLast().previous()).isEqualTo(done.entries().getFirst().hash());
    assertThat(store().write(together, null)).as("asked again").isEqualTo(done);
    assertThat(store().page(0, 10)).hasSize(4);
  }

  @Test
  void noneOfSeveralMovesWhereOneStandsElsewhere() {
    inReads();
    Standing held = orders.withHeld("lunch");
    store().write(List.of(writing("orders", orders, held)), null);

    assertThat(store().write(together, null)).isEqualTo(new Written.Conflict(held));
    assertThat(store().standings()).containsExactly(held, users);
    assertThat(store().page(0, 10)).hasSize(3);
  }

  @Test
  void noneOfSeveralMovesWhereTheStoreFailsAtTheLast() throws Exception {
    inReads();
    failAt("orders");

    assertThatThrownBy(() -> store().write(together, null))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(store().standings()).containsExactly(orders, users);
    assertThat(store().page(0, 10)).hasSize(2);
  }

  @Test
  void noneOfSeveralMovesWhileTheLineIsStopped() {
    inReads();
    written(draft("stop"), new Change.Line("an incident"));

    assertThat(store().write(together, null)).isEqualTo(Written.Barred.byLine("an incident"));
    assertThat(store().standings()).containsExactly(orders, users);
  }

  @Test
  void givesBackEntriesWhoseHashStillFits() {
    LedgerEntry first = written(draft("one"), null);
    LedgerEntry second =
        written(
            new LedgerEntry.Draft(
                AT, LedgerEntry.Kind.PARITY_RESET, null, "", "", null, null, List.of(), null),
            null);

    assertThat(second.previous()).isEqualTo(first.hash());
    assertThat(second.seq()).isEqualTo(2);
    assertThat(store().page(0, 10)).containsExactly(first, second);
    assertThat(store().page(0, 10)).allMatch(entry -> entry.hash().equals(entry.computeHash()));
    assertThat(store().page(0, 1)).containsExactly(first);
    assertThat(store().page(1, 10)).containsExactly(second);
    assertThat(store().page(2, 10)).isEmpty();
    assertThat(store().head()).contains(second);
  }

  @Test
  void hasNothingAtFirst() {
    assertThat(store().head()).isEmpty();
    assertThat(store().standings()).isEmpty();
    assertThat(store().stoppedLine()).isEmpty();
  }

  @Test
  void removesEntriesFromTheFrontTogetherWithTheEntryThatSaysSo() {
    LedgerEntry first = written(draft("one"), null);
    LedgerEntry second = written(draft("two"), null);
    LedgerEntry third = written(draft("three"), null);
    assertThat(store().anchor()).isEmpty();

    LedgerEntry prune = written(draft("prune"), new Change.Prune(ChainLink.of(second)));

    assertThat(prune.seq()).isEqualTo(4);
    assertThat(prune.previous()).isEqualTo(third.hash());
    assertThat(store().page(0, 10)).containsExactly(third, prune);
    assertThat(store().anchor()).contains(ChainLink.of(second));
    assertThat(first.seq()).isOne();

    LedgerEntry again = written(draft("again"), new Change.Prune(ChainLink.of(prune)));
    assertThat(store().page(0, 10)).containsExactly(again);
    assertThat(again.previous()).isEqualTo(prune.hash());
    assertThat(store().anchor()).contains(ChainLink.of(prune));
  }

  @Test
  void removesNothingWhereTheEntryIsAnother() {
    LedgerEntry first = written(draft("one"), null);
    Change.Prune forged = new Change.Prune(new ChainLink(1, "0".repeat(64)));
    Change.Prune gone = new Change.Prune(new ChainLink(7, first.hash()));

    assertThatThrownBy(() -> store().write(draft("prune"), forged, null))
        .isInstanceOf(UncheckedIOException.class);
    assertThatThrownBy(() -> store().write(draft("prune"), gone, null))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(store().page(0, 10)).containsExactly(first);
    assertThat(store().anchor()).isEmpty();
  }

  @Test
  void remembersThatTheLineIsStopped() {
    written(draft("stop"), new Change.Line("an incident"));
    written(draft("stop"), new Change.Line("a worse one"));
    assertThat(store().stoppedLine()).contains("a worse one");

    written(draft("go on"), new Change.Line(null));
    assertThat(store().stoppedLine()).isEmpty();
  }

  @Test
  void writesNoPromotionWhileTheLineIsStopped() {
    written(draft("stop"), new Change.Line("an incident"));
    Standing shadow = new Standing(state("users", new Phase.Shadow(), 1), null);
    LedgerEntry.Draft promote =
        new LedgerEntry.Draft(
            AT,
            LedgerEntry.Kind.PROMOTE,
            "users",
            "ann",
            "why",
            null,
            shadow.state(),
            List.of(),
            null);

    assertThat(store().write(promote, first(shadow), null))
        .isEqualTo(Written.Barred.byLine("an incident"));
    assertThat(store().standings()).isEmpty();
    assertThat(store().page(0, 10)).hasSize(1);
    written(draft("back"), first(shadow));
    assertThat(store().standings()).containsExactly(shadow);
  }

  @Test
  void keepsTheNoteThatWasMadeLast() {
    assertThat(store().note("figures:users")).isEmpty();
    store().note("figures:users", "{}");
    store().note("figures:users", "{\"é\":1}");
    store().note("line", "no reason to stop");

    assertThat(store().note("figures:users")).contains("{\"é\":1}");
    assertThat(store().stoppedLine()).isEmpty();
  }

  @Test
  void ofThoseWhoClaimTheSameOneIsToldSo() {
    assertThat(store().claim("deploy", "1")).isTrue();
    assertThat(store().claim("deploy", "1")).isFalse();
    assertThat(store().claim("deploy", "2")).isTrue();
    assertThat(store().claim("other", "2")).isTrue();
    assertThat(store().note("deploy")).contains("2");
  }

  @Test
  void keepsTheSecretThatWasMadeFirst() {
    assertThat(store().secret("key", () -> new byte[] {1, 0, -1})).containsExactly(1, 0, -1);
    assertThat(store().secret("key", () -> new byte[] {2, 0, -2})).containsExactly(1, 0, -1);
  }
}
