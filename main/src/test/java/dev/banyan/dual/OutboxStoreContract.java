package dev.banyan.dual;

import static dev.banyan.dual.EntryState.ACCEPTED;
import static dev.banyan.dual.EntryState.ASKING;
import static dev.banyan.dual.EntryState.INDETERMINATE;
import static dev.banyan.dual.EntryState.INTENDED;
import static dev.banyan.dual.EntryState.PARKED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What every [OutboxStore] does.
public abstract class OutboxStoreContract {
  protected abstract OutboxStore store();

  private Entry written(long unit, EntryState state, String... touched) {
    Entry entry = Entries.write(store(), Entries.of("users", unit, Side.LEGACY, touched));
    return state == INTENDED ? entry : Entries.move(store(), entry, state);
  }

  @Test
  void givesAnEntryBackToTheLastByte() {
    Entry given = Entries.of("users", Long.MIN_VALUE, Side.CANDIDATE, "path:id=é", "body:$.a=1");
    Entry found = Entries.write(store(), given);

    assertThat(found)
        .usingRecursiveComparison()
        .ignoringFields("seq", "request.body")
        .isEqualTo(given);
    assertThat(found.request().body().toByteArray())
        .isEqualTo(given.request().body().toByteArray());
    assertThat(store().find(found.seq() + 1)).isEmpty();
  }

  @Test
  void showsNeitherQueryNorHeadersNorBody() {
    Entry entry = written(1, INTENDED);
    assertThat(store().list(null, 0, 10)).containsExactly(entry.listed());
    assertThat(entry.listed().path()).isEqualTo("/users/42");
    assertThat(entry.listed().toString()).doesNotContain("secret").doesNotContain("X-Who");
  }

  @Test
  void numbersGrowInTheOrderOfWriting() {
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Step intend = new Step.Intend(Entries.of("users", 1, Side.LEGACY));
      numbers.addAll(store().write(List.of(intend, new Step.Mark("users", Set.of("k")), intend)));
    }
    assertThat(numbers).isSorted().doesNotHaveDuplicates().hasSize(9);
  }

  @Test
  void movesOnlyFromTheStateThatWasSeen() {
    Entry entry = written(1, INTENDED);
    Step move = new Step.Move(entry.seq(), INTENDED, ACCEPTED, 2, "the legacy answered 201");
    assertThat(store().write(List.of(move, move))).containsExactly(1L, 0L);

    Entry moved = store().find(entry.seq()).orElseThrow();
    assertThat(moved.state()).isEqualTo(ACCEPTED);
    assertThat(moved.tries()).isEqualTo(2);
    assertThat(moved.says()).isEqualTo("the legacy answered 201");
    assertThat(store().write(List.of(Step.Remove.of(entry)))).containsExactly(0L);
    assertThat(store().write(List.of(Step.Remove.of(moved)))).containsExactly(1L);
    assertThat(store().find(entry.seq())).isEmpty();
  }

  @Test
  void onlyTheFirstOfEachUnitIsDue() {
    Entry first = written(1, ACCEPTED);
    written(1, ACCEPTED);
    Entry other = written(2, ASKING);
    written(3, INTENDED);
    written(3, ACCEPTED);
    written(4, PARKED);
    written(4, ACCEPTED);
    written(5, INDETERMINATE);
    Entry behind = written(5, ACCEPTED);
    Entry elsewhere = Entries.write(store(), Entries.of("orders", 1, Side.LEGACY));
    elsewhere = Entries.move(store(), elsewhere, ACCEPTED);

    assertThat(store().due(10))
        .extracting(Entry::seq)
        .containsExactly(first.seq(), other.seq(), behind.seq(), elsewhere.seq());
    assertThat(store().due(2)).extracting(Entry::seq).containsExactly(first.seq(), other.seq());
  }

  @Test
  void listsByFamilyAndByState() {
    Entry one = written(1, ACCEPTED);
    Entry two = written(2, PARKED);
    Entry three = Entries.write(store(), Entries.of("orders", 1, Side.LEGACY));

    assertThat(store().list("users", 0, 10)).containsExactly(one.listed(), two.listed());
    assertThat(store().list("users", one.seq(), 10)).containsExactly(two.listed());
    assertThat(store().list(null, 0, 1)).containsExactly(one.listed());
    assertThat(store().in(INTENDED, 10)).containsExactly(three.listed());
    assertThat(store().in(PARKED, 10)).containsExactly(two.listed());
  }

  @Test
  void knowsWhatIsOnItsWayToWhom() {
    assertThat(store().isOnItsWayTo("users", Side.CANDIDATE)).isFalse();
    Entry entry = written(1, ACCEPTED);
    assertThat(store().isOnItsWayTo("users", Side.CANDIDATE)).isTrue();
    assertThat(store().isOnItsWayTo("users", Side.LEGACY)).isFalse();
    assertThat(store().isOnItsWayTo("orders", Side.CANDIDATE)).isFalse();
    Entries.move(store(), entry, PARKED);
    assertThat(store().isOnItsWayTo("users", Side.CANDIDATE)).isFalse();
  }

  @Test
  void nothingIsKnownOfAFamilyUntilItHasBeenCompared() {
    assertThat(store().counts()).isEmpty();
    compared();
    assertThat(store().counts())
        .isEqualTo(Map.of("users", new OutboxCounts(Map.of(), 0, false, null)));

    long cut = store().cut();
    store().unprove(List.of("users"));
    assertThat(whole()).isTrue();
    store().agreed("users", cut);
    // It was compared before that.
    assertThat(whole()).isTrue();
    compared();
    assertThat(whole()).isFalse();
  }

  @Test
  void aKeyIsDirtyFromBeforeTheForwardingUntilItIsComparedAfterTheSettling() {
    Entry entry = written(1, INTENDED, "path:id=42");
    long early = store().cut();
    assertThat(store().dirty("users")).containsExactly("path:id=42");
    store().agreed("users", early);
    assertThat(store().dirty("users")).containsExactly("path:id=42");

    Entry accepted = Entries.move(store(), entry, ACCEPTED);
    store().write(List.of(Step.Remove.of(accepted)));
    // Its snapshots may be from before the other side had it.
    store().agreed("users", early);
    assertThat(store().dirty("users")).containsExactly("path:id=42");

    compared();
    assertThat(store().dirty("users")).isEmpty();
  }

  @Test
  void aWriteSinceTheCutKeepsItsKeyDirtyAndNoOther() {
    settled("path:id=1");
    settled("path:id=2");
    long cut = store().cut();
    settled("path:id=2");

    store().agreed("users", cut);
    assertThat(store().dirty("users")).containsExactly("path:id=2");
    assertThat(whole()).isFalse();
  }

  @Test
  void whatWentToOneSideAloneSinceTheCutMustBeCompared() {
    long cut = store().cut();
    store().write(List.of(new Step.Mark("users", Set.of(DirtyKeys.WHOLE))));
    store().agreed("users", cut);
    assertThat(whole()).isTrue();
    compared();
    assertThat(whole()).isFalse();
    assertThat(store().dirty("users")).isEmpty();
  }

  @Test
  void anOpenEntryThatMayTouchAnythingKeepsEveryKeyDirty() {
    settled("path:id=1");
    written(1, INDETERMINATE);
    compared();
    assertThat(store().dirty("users")).containsExactlyInAnyOrder("path:id=1", DirtyKeys.WHOLE);
  }

  @Test
  void countsByFamilyAndState() {
    compared();
    written(1, ACCEPTED, "path:id=1");
    written(1, ACCEPTED, "path:id=2");
    written(2, PARKED);
    assertThat(store().counts())
        .isEqualTo(
            Map.of(
                "users", new OutboxCounts(Map.of(ACCEPTED, 2L, PARKED, 1L), 3, false, Entries.AT)));
  }

  private boolean whole() {
    return store().counts().getOrDefault("users", OutboxCounts.uncompared()).whole();
  }

  private void settled(String key) {
    Entry entry = written(9, ACCEPTED, key);
    store().write(List.of(Step.Remove.of(entry)));
  }

  private void compared() {
    store().agreed("users", store().cut());
  }
}
