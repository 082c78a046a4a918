package dev.banyan.cutover;

import dev.banyan.cutover.Step.Flow;
import dev.banyan.cutover.Step.Units;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.statistics.ShareTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Holds while the two crowds of units can not be compared: they were not split by the weight, or
/// not all of them are known.
final class UnitsGate implements Gate {
  /// So small a part of all sightings may be lost: less than any effect that is proved.
  private static final double LOST = 0.001;

  @Override
  public GateReading read(Situation situation) {
    Step step = situation.step();
    Units units = step.units();
    double share = share(step);
    long seen = units.legacy() + units.candidate();
    double logE = ShareTest.logE(share, units.candidate(), units.legacy());
    List<String> against = new ArrayList<>();
    if (logE >= StrictMath.log(Harm.PROOF)) {
      against.add(
          "the candidate has "
              + Wording.count(units.candidate())
              + " of "
              + Wording.count(seen)
              + " units, which is not "
              + Wording.percent(share)
              + " (E "
              + Wording.e(logE)
              + "): the two crowds are not alike, so nothing is proved by comparing them. Look for"
              + " clients that lose or share their unit");
    }
    if (units.notFollowed() > 0) {
      against.add(
          "more than "
              + Wording.count(UnitSet.MOST)
              + " units were seen in this step, and those beyond are not followed; a step that is"
              + " begun anew follows others");
    }
    if (units.lost() > LOST * (step.legacyRequests() + step.candidateRequests())) {
      against.add(
          Wording.count(units.lost())
              + " sightings of units were lost for want of room: what the others show may be"
              + " lopsided");
    }
    return new GateReading(
        "units",
        against.isEmpty() ? Opinion.PROMOTE : Opinion.HOLD,
        Map.of(
            "units", (double) seen,
            "candidateUnits", (double) units.candidate(),
            "share", share,
            "mismatchLogE", logE,
            "holdLogE", StrictMath.log(Harm.PROOF),
            "notFollowed", (double) units.notFollowed(),
            "lost", (double) units.lost()),
        against.isEmpty()
            ? "the candidate has "
                + Wording.count(units.candidate())
                + " of "
                + Wording.count(seen)
                + " units, as the weight says"
            : String.join("; ", against));
  }

  private static double share(Step step) {
    Flow split = step.reads().share() < 1 ? step.reads() : step.writes();
    return split.share();
  }
}
