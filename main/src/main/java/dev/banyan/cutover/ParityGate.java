package dev.banyan.cutover;

import dev.banyan.migration.Endpoint;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.statistics.OneArmTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Promotes on proof that the two sides differ on less than the limit, endpoint by endpoint: a busy
/// endpoint proves nothing about a quiet one.
///
/// Of an endpoint that no route names (the `GET` of a route for every method, the `HEAD` of a
/// `GET`) nothing is demanded until it is met: a `GET` must be proved as soon as one was compared,
/// the others, which may be asked once a year, when one has differed.
final class ParityGate implements Gate {
  /// One in twenty: the chance, at most, that a family at its limit passes, however often one
  /// looks.
  static final double PROOF = 20;

  /// How many endpoints the sentence names; the numbers have them all.
  private static final int NAMED = 5;

  @Override
  public GateReading read(Situation situation) {
    double limit = situation.policy().parityLimit();
    List<Endpoint> endpoints = judged(situation);
    Map<String, Double> numbers = new HashMap<>();
    numbers.put("limit", limit);
    numbers.put("wantedLogE", StrictMath.log(PROOF));
    List<String> missing = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      EndpointParity seen = withLeftOut(situation.parity(), of(situation.parity(), endpoint));
      double logE = OneArmTest.logE(limit, seen.compared(), seen.mismatched());
      numbers.put(endpoint + " compared", (double) seen.compared());
      numbers.put(endpoint + " mismatched", (double) seen.mismatched());
      numbers.put(endpoint + " logE", logE);
      if (logE < StrictMath.log(PROOF)) {
        missing.add(missing(limit, seen));
      }
    }
    return new GateReading(
        "parity",
        missing.isEmpty() ? Opinion.PROMOTE : Opinion.HOLD,
        numbers,
        missing.isEmpty() ? proved(endpoints.size(), limit) : says(missing));
  }

  /// The counts as they would be, had nothing been left out while the side that is compared kept
  /// failing: a few comparisons of that time stand for all of it, and an outage must not look short
  /// because little was asked in it. What was left out differs, and belongs to the endpoints as the
  /// differences do that were found. Where none was found, it may belong to any.
  private static EndpointParity withLeftOut(ParityEvidence parity, EndpointParity seen) {
    long leftOut = parity.skipped().getOrDefault(ParityEvidence.SECOND_SIDE_FAILING, 0L);
    double part =
        parity.mismatched() == 0
            ? 1
            : Math.min(1, (double) seen.mismatched() / parity.mismatched());
    long more = (long) Math.ceil(leftOut * part);
    return new EndpointParity(
        seen.endpoint(), seen.compared() + more, seen.mismatched() + more, seen.differences());
  }

  private static List<Endpoint> judged(Situation situation) {
    List<Endpoint> declared = situation.policy().endpoints();
    List<Endpoint> judged = new ArrayList<>(declared);
    for (EndpointParity seen : situation.parity().endpoints()) {
      boolean met = seen.mismatched() > 0 || seen.endpoint().method().equals("GET");
      if (met && !declared.contains(seen.endpoint())) {
        judged.add(seen.endpoint());
      }
    }
    return judged;
  }

  private static EndpointParity of(ParityEvidence parity, Endpoint endpoint) {
    Optional<EndpointParity> seen =
        parity.endpoints().stream().filter(each -> each.endpoint().equals(endpoint)).findFirst();
    return seen.orElseGet(() -> new EndpointParity(endpoint, 0, 0, List.of()));
  }

  private static String proved(int endpoints, double limit) {
    return endpoints == 0
        ? "unproven: the family has no route that reads, so nothing of it is compared"
        : "all "
            + endpoints
            + " endpoints are proved to differ on less than "
            + Wording.percent(limit)
            + " of the answers";
  }

  private static String missing(double limit, EndpointParity seen) {
    return seen.endpoint()
        + ": "
        + seen.compared()
        + " of about "
        + OneArmTest.trialsNeeded(limit, PROOF, seen.mismatched())
        + " comparisons"
        + (seen.mismatched() == 0 ? "" : " (" + seen.mismatched() + " differed)");
  }

  private static String says(List<String> missing) {
    String named = String.join("; ", missing.subList(0, Math.min(NAMED, missing.size())));
    return missing.size() <= NAMED ? named : named + "; and " + (missing.size() - NAMED) + " more";
  }
}
