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
  void aFamilyIsDirtyAsAWholeUntilItHasBeenCompared() {
    DirtyKeys.Dirty dirty = store().dirty("users");
    assertThat(dirty.keys()).containsExactly(DirtyKeys.WHOLE);
    assertThat(store().clear("users", dirty.keys(), dirty.cut())).isEmpty();
    assertThat(store().dirty("users").keys()).isEmpty();
    assertThat(store().counts())
        .isEqualTo(Map.of("users", new OutboxCounts(Map.of(), 0, false, null)));

    store().unprove(List.of("users"));
    assertThat(store().dirty("users").keys()).containsExactly(DirtyKeys.WHOLE);
  }

  @Test
  void aKeyIsDirtyFromBeforeTheForwardingUntilItIsComparedAfterTheSettling() {
    compared();
    Entry entry = written(1, INTENDED, "path:id=42");
    DirtyKeys.Dirty early = store().dirty("users");
    assertThat(early.keys()).containsExactly("path:id=42");
    assertThat(early.open()).containsExactly("path:id=42");
    assertThat(store().clear("users", early.keys(), early.cut())).containsExactly("path:id=42");

    Entry accepted = Entries.move(store(), entry, ACCEPTED);
    store().write(List.of(Step.Remove.of(accepted)));
    // Its snapshots may be from before the other side had it.
    assertThat(store().clear("users", early.keys(), early.cut())).containsExactly("path:id=42");

    DirtyKeys.Dirty late = store().dirty("users");
    assertThat(late.open()).isEmpty();
    assertThat(store().clear("users", late.keys(), late.cut())).isEmpty();
    assertThat(store().dirty("users").keys()).isEmpty();
  }

  @Test
  void aWriteSinceTheCutKeepsItsKeyDirty() {
    compared();
    store().write(List.of(new Step.Mark("users", Set.of("path:id=1", "path:id=2"))));
    DirtyKeys.Dirty dirty = store().dirty("users");
    store().write(List.of(new Step.Mark("users", Set.of("path:id=2"))));

    assertThat(store().clear("users", dirty.keys(), dirty.cut())).containsExactly("path:id=2");
    assertThat(store().dirty("users").keys()).containsExactly("path:id=2");
  }

  @Test
  void anOpenEntryThatMayTouchAnythingKeepsEveryKeyDirty() {
    compared();
    store().write(List.of(new Step.Mark("users", Set.of("path:id=1"))));
    written(1, INDETERMINATE);
    DirtyKeys.Dirty dirty = store().dirty("users");
    assertThat(dirty.open()).containsExactlyInAnyOrder("path:id=1", DirtyKeys.WHOLE);
    assertThat(store().clear("users", dirty.keys(), dirty.cut())).isEqualTo(dirty.keys());
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
                "users", new OutboxCounts(Map.of(ACCEPTED, 2L, PARKED, 1L), 3, true, Entries.AT)));
  }

  private void compared() {
    store().clear("users", Set.of(DirtyKeys.WHOLE), store().dirty("users").cut());
  }
}
