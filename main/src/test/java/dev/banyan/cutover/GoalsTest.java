package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.GoalReading.State;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoalsTest {
  private static final Phase READS = new Phase.Reads();
  private static final Phase CANARY = new Phase.Canary(new Weight(5_000));

  private static GoalReading one(Goal goal, double wanted, double was, double is, Phase phase) {
    return new Goals(Map.of(goal, wanted))
        .read(Map.of(goal, was), Map.of(goal, is), phase)
        .getFirst();
  }

  @Test
  void aGoalIsMetFromTheWantedChangeOn() {
    assertThat(one(Goal.P99, -0.3, 100, 70, CANARY).state()).isEqualTo(State.MET);
    assertThat(one(Goal.P99, -0.3, 100, 70.1, CANARY).state()).isEqualTo(State.NOT_YET);
    assertThat(one(Goal.P99, -0.3, 100, 150, CANARY).state()).isEqualTo(State.NOT_YET);
    assertThat(one(Goal.P50, 0.1, 100, 109, CANARY).state()).isEqualTo(State.MET);
  }

  @Test
  void saysBothFiguresAndTheChange() {
    GoalReading reading = one(Goal.P99, -0.3, 41, 20.5, CANARY);

    assertThat(reading.change()).isEqualTo(-0.5);
    assertThat(reading.says()).isEqualTo("p99 -30% wanted: 20.5 ms (-50%), the legacy had 41.0 ms");
    assertThat(one(Goal.MEMORY, -0.5, 1 << 30, 1 << 28, READS).says())
        .isEqualTo("memory -50% wanted: 256.0 MiB (-75%), the legacy had 1,024.0 MiB");
    assertThat(one(Goal.ERROR_RATE, -0.125, 0.004, 0.001, READS).says())
        .isEqualTo("error_rate -12.5% wanted: 0.1% (-75%), the legacy had 0.4%");
    assertThat(one(Goal.CPU, 0, 1.5, 0.75, READS).says())
        .isEqualTo("cpu +0% wanted: 0.750 cores (-50%), the legacy had 1.500 cores");
  }

  @Test
  void fromNoErrorsThereIsNoLess() {
    GoalReading none = one(Goal.ERROR_RATE, -0.5, 0, 0, CANARY);
    assertThat(none.state()).isEqualTo(State.MET);
    assertThat(none.change()).isNull();
    assertThat(one(Goal.ERROR_RATE, -0.5, 0, 0.001, CANARY).state()).isEqualTo(State.NOT_YET);
  }

  @Test
  void whatAProcessUsesIsJudgedOnceItDoesTheWork() {
    GoalReading early = one(Goal.MEMORY, -0.5, 100, 10, CANARY);

    assertThat(early.state()).isEqualTo(State.UNKNOWN);
    assertThat(early.change()).isEqualTo(-0.9);
    assertThat(early.says()).endsWith("judged once the candidate answers all reads");
    assertThat(one(Goal.CPU, -0.5, 100, 10, READS).state()).isEqualTo(State.MET);
  }

  @Test
  void nothingIsMetWithoutBothFigures() {
    Goals goals = new Goals(Map.of(Goal.CPU, 0.0, Goal.P50, -0.2));

    List<GoalReading> early = goals.read(Map.of(), Map.of(Goal.P50, 3.0), CANARY);
    assertThat(early).extracting(GoalReading::goal).containsExactly(Goal.P50, Goal.CPU);
    assertThat(early).extracting(GoalReading::state).containsOnly(State.UNKNOWN);
    assertThat(early.getFirst().says()).contains("frozen when the canary is entered");
    assertThat(goals.read(Map.of(Goal.P50, 3.0), Map.of(), READS).getFirst().says())
        .contains("too little to show");
    assertThat(Goals.NONE.read(Map.of(), Map.of(), READS)).isEmpty();
  }
}
