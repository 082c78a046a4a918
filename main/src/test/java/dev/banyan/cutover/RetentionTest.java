package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration YEAR = Duration.ofDays(365);

  private final InMemoryMigrations store = new InMemoryMigrations();
  private final Ledger ledger = new Ledger(store);
  private final List<LedgerEntry> heard = new ArrayList<>();
  private Instant now = BEGIN;
  private final Retention retention =
      new Retention(
          ledger,
          store,
          new CutoverListener() {
            @Override
            public void changed(FamilyState state) {}

            @Override
            public void entered(LedgerEntry entry) {
              heard.add(entry);
            }
          },
          () -> now);

  /// An entry a day that explains nothing.
  private void days(int count) {
    for (int i = 0; i < count; i++) {
      now = now.plus(Duration.ofDays(1));
      append(LedgerEntry.Kind.CONFIG, null, null, null);
    }
  }

  private void append(
      LedgerEntry.Kind kind,
      @Nullable FamilyState before,
      @Nullable FamilyState after,
      @Nullable Change change) {
    String family = after == null ? null : after.family();
    LedgerEntry.Draft draft =
        new LedgerEntry.Draft(now, kind, family, "ann", "why", before, after, List.of(), null);
    assertThat(ledger.append(draft, change, null)).isInstanceOf(Written.Done.class);
  }

  private Standing moved(Standing from, Phase to) {
    Standing after = new Standing(from.state().moved(to, now), null);
    append(LedgerEntry.Kind.PROMOTE, from.state(), after.state(), new Change.Move(from, after));
    return after;
  }

  private static Standing first(String family) {
    return new Standing(FamilyState.initial(family, BEGIN), null);
  }

  private List<Long> held() {
    return ledger.page(0, 10_000).stream().map(LedgerEntry::seq).toList();
  }

  @Test
  void keepsAllWhileNothingIsOldEnough() {
    days(10);

    assertThat(retention.prune(YEAR, null)).isEmpty();
    assertThat(held()).hasSize(10);
  }

  @Test
  void removesWhatIsOlderAndSaysSoAndTheChainHolds() {
    days(400);
    ChainLink last = ChainLink.of(ledger.page(33, 1).getFirst());

    LedgerEntry prune = retention.prune(YEAR, null).orElseThrow();

    assertThat(last.seq()).isEqualTo(34);
    assertThat(held()).hasSize(367).startsWith(35L).endsWith(401L);
    assertThat(prune.kind()).isEqualTo(LedgerEntry.Kind.PRUNE);
    assertThat(prune.reason()).startsWith("removed the entries up to 34, all made before ");
    assertThat(heard).containsExactly(prune);
    assertThat(ledger.verify()).isEqualTo(new Ledger.Check.Intact(367, prune.hash(), last, null));
    assertThat(new Ledger(store).verify()).isInstanceOf(Ledger.Check.Intact.class);
  }

  @Test
  void canBeDoneAgainAndAgain() {
    for (int i = 0; i < 5; i++) {
      days(200);
      retention.prune(YEAR, null);
      assertThat(ledger.verify()).isInstanceOf(Ledger.Check.Intact.class);
    }

    assertThat(ledger.anchor()).isPresent();
    assertThat(held()).hasSizeLessThan(375);
  }

  @Test
  void keepsWhatPutAFamilyIntoItsPhaseHoweverOld() {
    days(2);
    Standing shadow = moved(first("users"), new Phase.Shadow());
    days(2);
    Standing small = moved(shadow, new Phase.Canary(new Weight(1_000)));
    days(2);
    moved(small, new Phase.Canary(new Weight(5_000)));
    days(800);

    retention.prune(YEAR, null);

    // Entry 3 entered shadow, 6 the canary; 9 only raised its weight.
    assertThat(held()).startsWith(6L, 7L, 8L, 9L);
    assertThat(ledger.verify()).isInstanceOf(Ledger.Check.Intact.class);
  }

  @Test
  void keepsWhatStoppedTheLineWhileItIsStopped() {
    days(2);
    append(LedgerEntry.Kind.STOP_LINE, null, null, new Change.Line("an incident"));
    days(800);
    retention.prune(YEAR, null);
    assertThat(held()).startsWith(3L);

    append(LedgerEntry.Kind.RELEASE_LINE, null, null, new Change.Line(null));
    retention.prune(YEAR, null);
    assertThat(held().getFirst()).isGreaterThan(400L);
  }

  @Test
  void aControllerWhoseTermIsOverRemovesNothing() {
    days(400);
    store.presentTerm = 8;

    assertThat(retention.prune(YEAR, 7L)).isEmpty();
    assertThat(held()).hasSize(400);
    assertThat(retention.prune(YEAR, 8L)).isPresent();
  }

  private void assertBroken(String detail) {
    assertThat(ledger.verify())
        .isInstanceOfSatisfying(
            Ledger.Check.Broken.class, broken -> assertThat(broken.detail()).contains(detail));
  }

  @Test
  void findsThatMoreWasRemovedThanTheLedgerSays() {
    days(400);
    retention.prune(YEAR, null);
    ChainLink next = ChainLink.of(store.entries.removeFirst());
    assertBroken("entry 35 is missing");

    store.anchor = next;
    assertBroken("says that the entries up to 34 was removed, and the ledger begins after 35");
  }

  @Test
  void findsThatTheFrontWasRemovedWithoutAWord() {
    days(5);
    store.anchor = ChainLink.of(store.entries.removeFirst());

    assertBroken("no entry says that they were removed");
  }

  @Test
  void findsThatTheAnchorWasTakenAway() {
    days(400);
    retention.prune(YEAR, null);
    store.anchor = null;

    assertBroken("entry 1 is missing");
  }
}
