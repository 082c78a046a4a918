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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What every [MigrationStore] does.
public abstract class MigrationStoreContract {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901234Z");

  protected abstract MigrationStore store();

  private static FamilyState state(String family, Phase phase, long epoch) {
    return new FamilyState(family, phase, epoch, null, AT);
  }

  private static LedgerEntry entry(long seq, String previous, String reason) {
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
            after,
            List.of(gate),
            Duration.ofNanos(40_001))
        .placed(seq, previous);
  }

  /// Every phase, since each has a form of its own in a store.
  @Test
  void givesBackEveryStanding() {
    Baseline baseline = new Baseline(120, 1.0 / 3, Duration.ofNanos(12_345_678));
    List<Phase> phases =
        List.of(
            new Phase.Legacy(),
            new Phase.Shadow(),
            new Phase.Canary(new Weight(1)),
            new Phase.Reads(),
            new Phase.Writes(Weight.FULL),
            new Phase.Retired());
    String previous = LedgerEntry.GENESIS;
    for (int i = 0; i < phases.size(); i++) {
      LedgerEntry entry = entry(i + 1, previous, "why");
      previous = entry.hash();
      store()
          .record(
              new Standing(state("f" + i, phases.get(i), i), i % 2 == 0 ? baseline : null), entry);
    }

    List<Standing> standings = store().standings();
    assertThat(standings).hasSize(phases.size());
    for (int i = 0; i < phases.size(); i++) {
      assertThat(standings.get(i))
          .isEqualTo(new Standing(state("f" + i, phases.get(i), i), i % 2 == 0 ? baseline : null));
    }
  }

  @Test
  void keepsTheLatestStandingOfAFamily() {
    LedgerEntry first = entry(1, LedgerEntry.GENESIS, "one");
    store().record(new Standing(state("users", new Phase.Shadow(), 1), null), first);
    Standing held = new Standing(state("users", new Phase.Shadow(), 1).withHeld("an audit"), null);
    store().record(held, entry(2, first.hash(), "two"));

    assertThat(store().standings()).containsExactly(held);
  }

  @Test
  void givesBackEntriesWhoseHashStillFits() {
    LedgerEntry first = entry(1, LedgerEntry.GENESIS, "one");
    LedgerEntry second =
        new LedgerEntry.Draft(
                AT, LedgerEntry.Kind.PARITY_RESET, null, "", "", null, null, List.of(), null)
            .placed(2, first.hash());
    store().append(first);
    store().append(second);

    assertThat(store().page(0, 10)).containsExactly(first, second);
    assertThat(store().page(0, 10)).allMatch(entry -> entry.hash().equals(entry.computeHash()));
    assertThat(store().page(0, 1)).containsExactly(first);
    assertThat(store().page(1, 10)).containsExactly(second);
    assertThat(store().page(2, 10)).isEmpty();
    assertThat(store().head()).contains(second);
  }

  @Test
  void hasNoHeadAtFirst() {
    assertThat(store().head()).isEmpty();
    assertThat(store().standings()).isEmpty();
  }

  @Test
  void keepsNeitherTheStandingNorTheEntryWhenOneOfThemFails() {
    LedgerEntry first = entry(1, LedgerEntry.GENESIS, "one");
    store().append(first);
    Standing standing = new Standing(state("users", new Phase.Shadow(), 1), null);

    assertThatThrownBy(() -> store().record(standing, entry(1, LedgerEntry.GENESIS, "again")))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(store().standings()).isEmpty();
    assertThat(store().page(0, 10)).containsExactly(first);
  }

  @Test
  void keepsSecrets() {
    assertThat(store().secret("key")).isEmpty();
    store().keepSecret("key", new byte[] {1, 0, -1});
    store().keepSecret("key", new byte[] {2, 0, -2});

    assertThat(store().secret("key")).contains(new byte[] {2, 0, -2});
  }
}
