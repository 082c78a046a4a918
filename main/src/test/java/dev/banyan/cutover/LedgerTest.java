package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  private final InMemoryMigrations store = new InMemoryMigrations();
  private final Ledger ledger = new Ledger(store);

  private static LedgerEntry.Draft draft(String reason) {
    return new LedgerEntry.Draft(
        Instant.EPOCH,
        LedgerEntry.Kind.CONFIG,
        "users",
        "ann",
        reason,
        null,
        FamilyState.initial("users", Instant.EPOCH),
        List.of(new GateReading("parity", Opinion.HOLD, Map.of("a", 1.0), "says")),
        null);
  }

  @BeforeEach
  void writeFive() {
    for (int i = 1; i <= 5; i++) {
      ledger.append(draft("reason " + i), null, null);
    }
  }

  private static LedgerEntry saying(LedgerEntry entry, String reason, String hash) {
    return new LedgerEntry(
        entry.seq(),
        entry.at(),
        entry.kind(),
        entry.family(),
        entry.actor(),
        reason,
        entry.before(),
        entry.after(),
        entry.gates(),
        entry.took(),
        entry.evidence(),
        entry.previous(),
        hash);
  }

  private void assertBrokenAt(long at, String detail) {
    assertThat(ledger.verify())
        .isInstanceOfSatisfying(
            Ledger.Check.Broken.class,
            broken -> {
              assertThat(broken.at()).isEqualTo(at);
              assertThat(broken.detail()).contains(detail);
            });
  }

  @Test
  void holdsWhenNobodyTouchedIt() {
    assertThat(ledger.verify())
        .isEqualTo(new Ledger.Check.Intact(5, store.entries.getLast().hash(), null, null));
  }

  @Test
  void isIntactWhileEmpty() {
    assertThat(new Ledger(new InMemoryMigrations()).verify())
        .isEqualTo(new Ledger.Check.Intact(0, "0".repeat(64), null, null));
  }

  @Test
  void findsAnEdit() {
    LedgerEntry third = store.entries.get(2);
    store.entries.set(2, saying(third, "another reason", third.hash()));

    assertBrokenAt(3, "edited");
  }

  @Test
  void findsAnEditWhoseHashWasMadeToFit() {
    LedgerEntry edited = saying(store.entries.get(2), "another reason", "");
    store.entries.set(2, saying(edited, "another reason", edited.computeHash()));

    assertBrokenAt(4, "does not follow");
  }

  @Test
  void findsADeletion() {
    store.entries.remove(1);

    assertBrokenAt(2, "missing: 3 stands in its place");
  }

  @Test
  void findsAnotherOrder() {
    LedgerEntry second = store.entries.get(1);
    store.entries.set(1, store.entries.get(2));
    store.entries.set(2, second);

    assertBrokenAt(2, "3 stands in its place");
  }

  @Test
  void findsTwoEntriesThatChangedNumbers() {
    LedgerEntry second = store.entries.get(1);
    LedgerEntry third = store.entries.get(2);
    store.entries.set(1, draft(third.reason()).placed(2, second.previous()));
    store.entries.set(2, draft(second.reason()).placed(3, third.previous()));

    assertBrokenAt(3, "does not follow");
  }

  @Test
  void findsThatTheEndWasCutOff() {
    store.entries.removeLast();

    assertBrokenAt(5, "cut off");
  }

  @Test
  void findsThatAllWasWrittenAnew() {
    store.entries.clear();
    Ledger forged = new Ledger(store);
    for (int i = 1; i <= 5; i++) {
      forged.append(draft("forged " + i), null, null);
    }

    assertBrokenAt(5, "rewritten");
  }

  @Test
  void goesOnWhereItEndedAfterARestart() {
    Ledger next = new Ledger(store);
    next.append(draft("after the restart"), null, null);

    assertThat(next.verify()).isInstanceOf(Ledger.Check.Intact.class);
    assertThat(next.head()).hasValueSatisfying(head -> assertThat(head.seq()).isEqualTo(6));
  }

  @Test
  void everyFieldIsUnderTheHash() {
    LedgerEntry entry = store.entries.getFirst();
    String hash = entry.hash();

    assertThat(draft("reason 1 ").placed(1, entry.previous()).hash()).isNotEqualTo(hash);
    assertThat(draft("reason 1").placed(2, entry.previous()).hash()).isNotEqualTo(hash);
    assertThat(draft("reason 1").placed(1, hash).hash()).isNotEqualTo(hash);
    assertThat(draft("reason 1").placed(1, entry.previous()).hash()).isEqualTo(hash);
  }

  /// A restart: another ledger on the same store and the same file.
  private Ledger opened(Path directory) {
    return new Ledger(store, HeadFile.at(directory.resolve("ledger.head")));
  }

  @Test
  void namesItsHeadInAFileThatVerifyLooksFor(@TempDir Path directory) throws Exception {
    Ledger first = opened(directory);
    first.append(draft("six"), null, null);

    LedgerEntry last = store.entries.getLast();
    assertThat(directory.resolve("ledger.head")).hasContent("6 " + last.hash());
    assertThat(first.verify())
        .isEqualTo(new Ledger.Check.Intact(6, last.hash(), null, new ChainLink(6, last.hash())));
    assertThat(directory).isDirectoryContaining("glob:**/ledger.head");
    assertThat(directory).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void findsThatTheEndWasCutOffWhileItWasStopped(@TempDir Path directory) {
    opened(directory);
    store.entries.removeLast();

    Ledger next = opened(directory);
    next.append(draft("after the restart"), null, null);
    next.append(draft("and another"), null, null);

    assertThat(store.entries.getLast().seq()).isEqualTo(6);
    for (Ledger each : List.of(next, opened(directory))) {
      assertThat(each.verify())
          .isInstanceOfSatisfying(
              Ledger.Check.Broken.class,
              broken -> {
                assertThat(broken.at()).isEqualTo(5);
                assertThat(broken.detail()).contains("rewritten").contains("ledger.head");
              });
    }
  }

  @Test
  void findsThatTheEndWasCutOffWhileItRanAndGoesOnSayingSo(@TempDir Path directory) {
    Ledger running = opened(directory);
    store.entries.removeLast();
    store.entries.removeLast();
    running.append(draft("a shorter chain"), null, null);

    assertThat(running.verify()).isInstanceOf(Ledger.Check.Broken.class);
    Ledger next = opened(directory);
    next.append(draft("five again"), null, null);
    next.append(draft("six"), null, null);
    assertThat(next.verify())
        .isInstanceOfSatisfying(
            Ledger.Check.Broken.class, broken -> assertThat(broken.at()).isEqualTo(5));
  }

  @Test
  void goesOnOnceAPersonHasTakenTheContradictionAway(@TempDir Path directory) throws Exception {
    opened(directory);
    store.entries.removeLast();
    assertThat(opened(directory).verify()).isInstanceOf(Ledger.Check.Broken.class);

    Files.delete(directory.resolve("ledger.head" + HeadFile.SET_ASIDE));

    assertThat(opened(directory).verify()).isInstanceOf(Ledger.Check.Intact.class);
  }

  @Test
  void saysThatAHeadFileNamesNothing(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("ledger.head");
    Files.writeString(file, "5 nonsense");

    assertThat(opened(directory).verify())
        .isInstanceOfSatisfying(
            Ledger.Check.Broken.class,
            broken -> assertThat(broken.detail()).contains("names no entry"));
  }

  @Test
  void aHeadFileThatCanNotBeWrittenStopsNoDecision(@TempDir Path directory) throws Exception {
    Ledger running = opened(directory);
    Files.delete(directory.resolve("ledger.head"));
    Files.delete(directory);

    running.append(draft("six"), null, null);

    assertThat(running.verify()).isInstanceOf(Ledger.Check.Intact.class);
    Files.createDirectory(directory);
  }

  @Test
  void anotherReplicasEntriesGoOnTheChain(@TempDir Path directory) {
    Ledger one = opened(directory);
    Ledger other = new Ledger(store);
    other.append(draft("by the other"), null, null);
    assertThat(one.verify())
        .isInstanceOfSatisfying(
            Ledger.Check.Intact.class, intact -> assertThat(intact.entries()).isEqualTo(6));
    one.append(draft("by the one"), null, null);
    other.append(draft("by the other again"), null, null);

    assertThat(one.verify()).isInstanceOf(Ledger.Check.Intact.class);
    assertThat(other.verify()).isInstanceOf(Ledger.Check.Intact.class);
  }

  @Test
  void takesNoteOfWhatOthersAppend(@TempDir Path directory) {
    Ledger one = opened(directory);
    LedgerEntry theirs =
        ((Written.Done) new Ledger(store).append(draft("theirs"), null, null)).entry();

    one.follow();

    assertThat(directory.resolve("ledger.head")).hasContent("6 " + theirs.hash());
  }
}
