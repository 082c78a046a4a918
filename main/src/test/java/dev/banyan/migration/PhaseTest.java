package dev.banyan.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PhaseTest {
  private static final Weight FIVE = Weight.parse("5%");
  private static final List<Phase> LADDER =
      List.of(
          new Phase.Legacy(),
          new Phase.Shadow(),
          new Phase.Canary(FIVE),
          new Phase.Reads(),
          new Phase.Writes(FIVE),
          new Phase.Retired());

  @Test
  void climbsTheLadderOneExitAtATime() {
    Phase.Canary canary = new Phase.Legacy().toShadow().toCanary(FIVE);
    assertThat(canary.step(Weight.FULL).toReads().toWrites(FIVE).step(Weight.FULL).toRetired())
        .isEqualTo(new Phase.Retired());
  }

  @Test
  void stepsOnlyUp() {
    assertThatThrownBy(() -> new Phase.Canary(FIVE).step(FIVE)).hasMessageContaining("rollback");
    assertThatThrownBy(() -> new Phase.Writes(Weight.FULL).step(FIVE))
        .hasMessageContaining("rollback");
  }

  @Test
  void hasNoStepOfNothing() {
    assertThatThrownBy(() -> new Phase.Canary(Weight.NONE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Phase.Writes(Weight.NONE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void goesBackToEveryEarlierPhaseAndToNoOther() {
    for (Phase from : LADDER) {
      for (Phase to : LADDER) {
        if (to.name().before(from.name())) {
          assertThat(from.backTo(to.name(), FIVE).name()).isEqualTo(to.name());
        } else {
          assertThatThrownBy(() -> from.backTo(to.name(), FIVE))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining(to.name().word());
        }
      }
    }
  }

  @Test
  void movesReadsBeforeWrites() {
    for (Phase phase : LADDER) {
      assertThat(phase.reads()).isGreaterThanOrEqualTo(phase.writes());
    }
    assertThat(new Phase.Canary(FIVE).reads()).isEqualTo(FIVE);
    assertThat(new Phase.Writes(FIVE).writes()).isEqualTo(FIVE);
    assertThat(new Phase.Retired().writes()).isEqualTo(Weight.FULL);
  }

  @Test
  void makesAnEpochOfEveryMoveAndOfNoHold() {
    FamilyState first = FamilyState.initial("f", Instant.EPOCH);
    FamilyState held = first.withHeld("quarter's end");
    assertThat(held.epoch()).isEqualTo(first.epoch());
    FamilyState moved = held.moved(new Phase.Shadow(), Instant.EPOCH.plusSeconds(1));
    assertThat(moved.epoch()).isEqualTo(first.epoch() + 1);
    assertThat(moved.held()).isEqualTo("quarter's end");
  }
}
