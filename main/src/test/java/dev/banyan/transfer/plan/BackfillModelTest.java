package dev.banyan.transfer.plan;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// All that can happen to a backfill of two keys in two chunks under a handful of transactions and
/// a crash. More with `-Dmodel=2`.
final class BackfillModelTest {
  private static final int MORE = Integer.getInteger("model", 1) - 1;

  @Test
  void convergesWhateverHappens() {
    sound("ordered", Setting.of(2 + MORE));
  }

  @Test
  void convergesThree() {
    sound(
        "ordered3",
        Setting.of(3 + MORE)
            .crashes(0)
            .menu(Log.Op.PUT_1, Log.Op.DELETE_1, Log.Op.MOVE_1_2, Log.Op.MOVE_2_1));
  }

  @Test
  void convergesWhereKeysAreNotOrdered() {
    sound("unordered", Setting.of(2 + MORE).unordered());
  }

  private static void sound(String what, Setting setting) {
    long t = System.nanoTime();
    Explorer.Outcome outcome = new Explorer(40_000_000).explore(new BackfillWorld(setting));
    System.out.println(what + ": " + outcome + " " + (System.nanoTime() - t) / 1000000);
    assertTrue(outcome.sound() && outcome.whole(), outcome::toString);
  }
}
