package dev.banyan.cutover;

import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import java.util.Map;

/// Keeps a family from being compared with a candidate that is not there, or says that it is not
/// well: every comparison would be a difference that says nothing.
final class HealthGate implements Gate {
  @Override
  public GateReading read(Situation situation) {
    return switch (situation.health()) {
      case CandidateHealth.Undeclared() ->
          reading(
              Opinion.PROMOTE,
              Map.of(),
              "the candidate's service declares no health path, so it was not asked");
      case CandidateHealth.Unasked(String url) ->
          reading(Opinion.HOLD, Map.of(), "GET " + url + " was not asked yet; look again");
      case CandidateHealth.Answered(String url, int status) ->
          reading(
              status / 100 == 2 ? Opinion.PROMOTE : Opinion.HOLD,
              Map.of("status", (double) status),
              "GET " + url + " answered " + status + (status / 100 == 2 ? "" : ", not 2xx"));
      case CandidateHealth.Silent(String url, String why) ->
          reading(Opinion.HOLD, Map.of(), "GET " + url + " " + why);
    };
  }

  private static GateReading reading(Opinion opinion, Map<String, Double> numbers, String says) {
    return new GateReading("health", opinion, numbers, says);
  }
}
