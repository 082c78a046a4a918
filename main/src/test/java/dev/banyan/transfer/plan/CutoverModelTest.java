package dev.banyan.transfer.plan;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// The handover of the writes and back, with three writes that begin and commit wherever they may:
/// nothing that was acknowledged is lost, no two sides own the writes, nothing comes back to where
/// it began. Then each of its steps left out.
final class CutoverModelTest {
  private static final int ENOUGH = 3_000_000;

  @Test
  void thereAndBackLosesNothing() {
    Explorer.Outcome outcome =
        new Explorer(ENOUGH).explore(CutoverWorld.begin(new CutoverWorld.Protocol() {}));
    System.out.println("handover and back: " + outcome);
    assertTrue(outcome.sound() && outcome.whole(), outcome::toString);
  }

  @Test
  void aStopFlagBeforeItsPositionLosesWhatIsInBetween() {
    killed(
        "stop flag set before the stop position",
        new CutoverWorld.Protocol() {
          @Override
          public boolean flagFirst() {
            return true;
          }
        });
  }

  @Test
  void withoutAFenceTwoSidesAreWrittenTo() {
    killed(
        "no fence",
        new CutoverWorld.Protocol() {
          @Override
          public boolean fences() {
            return false;
          }
        });
  }

  @Test
  void aPositionReadBeforeTheDrainLosesWhatWasOpen() {
    killed(
        "position read before the drain",
        new CutoverWorld.Protocol() {
          @Override
          public boolean drains() {
            return false;
          }
        });
  }

  @Test
  void withoutALoopGuardRowsComeBackToWhereTheyBegan() {
    killed(
        "no loop guard",
        new CutoverWorld.Protocol() {
          @Override
          public boolean guardsLoop() {
            return false;
          }
        });
  }

  private static void killed(String mutant, CutoverWorld.Protocol without) {
    Explorer.Outcome wrong = new Explorer(ENOUGH).explore(CutoverWorld.begin(without));
    System.out.println(mutant + ", after " + wrong);
    assertFalse(wrong.sound(), () -> "not killed: " + wrong);
  }
}
