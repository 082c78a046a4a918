package dev.banyan.transfer.plan;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// All that can happen to a backfill of two keys in two chunks: every order in which transactions
/// are committed, delivered and become visible, chunks are registered, read and written, and the
/// program is killed. With `-Dmodel=2` one more transaction each, and a crash where there is none.
final class BackfillModelTest {
  private static final int MORE = Integer.getInteger("model", 1) - 1;
  private static final int MOST = 60_000_000;

  @Test
  void convergesWhateverTwoTransactionsDo() {
    Setting all = Setting.of(2 + MORE);
    sound(
        "two transactions, a crash",
        MORE > 0 ? all : all.menu(Log.Op.PUT_1, Log.Op.DELETE_1, Log.Op.MOVE_1_2, Log.Op.MOVE_2_1));
  }

  @Test
  void convergesUnderThreeTransactionsOfOneKey() {
    sound(
        "three transactions of one key",
        Setting.of(3 + MORE).crashes(MORE).menu(Log.Op.PUT_1, Log.Op.DELETE_1));
  }

  @Test
  void convergesUnderThreeChangesOfKey() {
    sound(
        "three changes of key",
        Setting.of(3 + MORE).crashes(MORE).menu(Log.Op.MOVE_1_2, Log.Op.MOVE_2_1));
  }

  @Test
  void convergesWhereKeysAreNotOrdered() {
    sound("keys not ordered, two transactions, a crash", Setting.of(2 + MORE).unordered());
  }

  @Test
  void convergesWhereOneTableStopsAndTheOtherGoesOn() {
    sound(
        "a row is refused until the target is mended",
        Setting.of(2 + MORE).crashes(MORE).twoTables().poisoned().menu(Log.Op.PUT_1, Log.Op.PUT_2));
  }

  @Test
  void aCutIsExactlyItsSnapshot() {
    sound(
        "aligned cuts",
        Setting.of(2 + MORE)
            .crashes(MORE)
            .withCuts()
            .menu(Log.Op.PUT_1, Log.Op.PUT_2, Log.Op.DELETE_1));
  }

  @Test
  void convergesWithoutLookingAtWhatIsSeen() {
    sound(
        "never observed",
        Setting.of(2).unobserved().menu(Log.Op.PUT_1, Log.Op.DELETE_1, Log.Op.MOVE_1_2));
  }

  private static void sound(String what, Setting setting) {
    Explorer.Outcome outcome = new Explorer(MOST).explore(new BackfillWorld(setting));
    System.out.println(what + ": " + outcome);
    assertTrue(outcome.sound() && outcome.whole(), outcome::toString);
  }
}
