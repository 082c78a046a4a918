package dev.banyan.transfer.plan;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.SnapshotToken;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Each rule left out by itself: what goes wrong then, by the shortest way there. The same setting
/// with the rule in place is sound.
final class MutantsTest {
  private static final int ENOUGH = 3_000_000;

  @Test
  void withoutTheDominanceCheckADeletedRowComesBack() {
    Setting setting = Setting.of(1).crashes(0);
    killed(
        "no dominance check",
        setting,
        setting.rules(
            new Rules() {
              @Override
              boolean admits(Unseen frozen, SnapshotToken snapshot) {
                return frozen.s0().map(snapshot::covers).orElse(true);
              }
            }));
  }

  @Test
  void withoutTheFirstSnapshotWhatTheLogSkipsIsLost() {
    Setting setting = Setting.of(1).crashes(0);
    killed(
        "no S0",
        setting,
        setting.rules(
            new Rules() {
              @Override
              boolean admits(Unseen frozen, SnapshotToken snapshot) {
                return frozen.missing(snapshot).isEmpty();
              }
            }));
  }

  @Test
  void withoutTheBufferWhatWasReadOverwritesWhatWasApplied() {
    Setting setting = Setting.of(1).crashes(0);
    killed(
        "unbuffered read and write",
        setting,
        setting.rules(
            new Rules() {
              @Override
              Fate inFlight() {
                return Fate.APPLY;
              }
            }));
  }

  @Test
  void insertIgnoreAgainstADeleteLeavesTheRow() {
    Setting setting =
        Setting.of(2)
            .crashes(0)
            .menu(Log.Op.PUT_1, Log.Op.DELETE_1)
            .emptyTarget()
            .rules(
                new Rules() {
                  @Override
                  Fate ahead() {
                    return Fate.APPLY;
                  }
                });
    killed(
        "insert-ignore against delete",
        setting,
        setting.hands(
            new Setting.Hands() {
              @Override
              public boolean leaves(Rows target, Rows snapshot, int key, boolean ordered) {
                return target.present(key);
              }
            }));
  }

  @Test
  void aChangeOfKeyTakenAsAnUpdateLeavesTheOldRow() {
    Setting setting = Setting.of(1).crashes(0);
    killed(
        "primary-key change as update",
        setting,
        setting.rules(
            new Rules() {
              @Override
              List<Change> split(Change change) {
                return List.of(change);
              }
            }));
  }

  @Test
  void aChunkInSeveralTransactionsIsLostInBetween() {
    Setting setting = Setting.of(1);
    killed(
        "rows, done mark and the rest of the buffer in separate transactions",
        setting,
        setting.hands(
            new Setting.Hands() {
              @Override
              public List<BackfillWorld.Effect> chunk(
                  List<int[]> copied, List<int[]> buffered, Map<String, String> remember) {
                return List.of(
                    new BackfillWorld.Effect(copied, Map.of()),
                    new BackfillWorld.Effect(List.of(), remember),
                    new BackfillWorld.Effect(buffered, Map.of()));
              }
            }));
  }

  @Test
  void aSnapshotForgottenAfterDoneLetsRowsGoBack() {
    Setting setting = Setting.of(2).crashes(0).menu(Log.Op.PUT_1, Log.Op.DELETE_1);
    killed(
        "S forgotten after done",
        setting,
        setting.rules(
            new Rules() {
              @Override
              boolean settled(Seen rows, Position durable) {
                return true;
              }
            }));
  }

  @Test
  void aPositionAheadOfItsEffectsLosesThem() {
    Setting setting = Setting.of(1);
    killed(
        "dpos ahead of its effects",
        setting,
        setting.hands(
            new Setting.Hands() {
              @Override
              public List<BackfillWorld.Effect> batch(BackfillWorld.Effect whole) {
                return List.of(
                    new BackfillWorld.Effect(List.of(), whole.remember()),
                    new BackfillWorld.Effect(whole.writes(), Map.of()));
              }
            }));
  }

  @Test
  void acknowledgingBeyondWhatIsDurableLosesIt() {
    Setting setting = Setting.of(2).menu(Log.Op.PUT_1, Log.Op.DELETE_1);
    killed(
        "acknowledging beyond dpos",
        setting,
        setting.rules(
            new Rules() {
              @Override
              Position acknowledged(Position delivered, Collection<Position> durable) {
                return delivered;
              }
            }));
  }

  @Test
  void acknowledgingBeyondWhatIsRememberedLosesTheLogAfterACrash() {
    Setting setting = Setting.of(2).menu(Log.Op.PUT_1, Log.Op.DELETE_1);
    killed(
        "acknowledging beyond what is remembered",
        setting,
        setting.hands(
            new Setting.Hands() {
              @Override
              public Position acknowledges(Position remembered, Plan now) {
                return now.delivered();
              }
            }));
  }

  @Test
  void anErrorSkippedIsARowLost() {
    Setting setting =
        Setting.of(1).crashes(0).twoTables().poisoned().menu(Log.Op.PUT_1, Log.Op.PUT_2);
    killed(
        "skip on error",
        setting,
        setting.hands(
            new Setting.Hands() {
              @Override
              public boolean skips() {
                return true;
              }
            }));
  }

  @Test
  void aCutAtASnapshotThatLacksWhatWasAppliedIsNoCut() {
    Setting setting = Setting.of(2).crashes(0).withCuts().menu(Log.Op.PUT_1, Log.Op.PUT_2);
    killed(
        "an aligned cut without dominance",
        setting,
        setting.rules(
            new Rules() {
              @Override
              boolean aligns(Unseen frozen, SnapshotToken snapshot) {
                return true;
              }
            }));
  }

  @Test
  void whereKeysAreNotOrderedTheirSnapshotMustDominateAsWell() {
    Setting setting = Setting.of(1).crashes(0).unordered();
    killed(
        "no dominance check, keys not ordered",
        setting,
        setting.rules(
            new Rules() {
              @Override
              boolean admits(Unseen frozen, SnapshotToken snapshot) {
                return frozen.s0().map(snapshot::covers).orElse(true);
              }
            }));
  }

  @Test
  void aChunkThatComesLateOverwritesWhatIsNewer() {
    Setting setting = Setting.of(1).crashes(0).withTakeover().menu(Log.Op.PUT_1, Log.Op.DELETE_1);
    killed(
        "no epoch check in a late chunk",
        setting,
        setting.hands(
            new Setting.Hands() {
              @Override
              public boolean checksEpoch() {
                return false;
              }
            }));
  }

  private static void killed(String mutant, Setting sound, Setting without) {
    Explorer.Outcome right = new Explorer(ENOUGH).explore(new BackfillWorld(sound));
    assertTrue(right.sound() && right.whole(), () -> "in place: " + right);
    Explorer.Outcome wrong = new Explorer(ENOUGH).explore(new BackfillWorld(without));
    System.out.println(
        mutant + ", after " + wrong + "\n  (in place: " + right.states() + " states)");
    assertFalse(wrong.sound(), () -> "not killed: " + wrong);
  }
}
