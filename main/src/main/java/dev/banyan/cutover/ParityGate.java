package dev.banyan.cutover;

import dev.banyan.cutover.Harm.Part;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.ParityEvidence.EndpointUnits;
import dev.banyan.migration.ParityEvidence.FieldDifference;
import dev.banyan.statistics.OneArmTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Promotes on proof that the two sides differ on less than the limit, endpoint by endpoint: a busy
/// endpoint proves nothing about a quiet one, and a request that is repeated proves nothing more.
///
/// Of an endpoint that no route names (the `GET` of a route for every method, the `HEAD` of a
/// `GET`) nothing is demanded until it is met: a `GET` must be proved as soon as one was compared,
/// the others, which may be asked once a year, when one has differed.
///
/// What was picked to be compared and could not be is no pass: too little coverage holds. One
/// difference at a place that was marked critical holds, whatever is proved. While the candidate
/// answers clients, proof that more than the limit differ takes it off.
final class ParityGate implements Gate {
  /// One in twenty: the chance, at most, that a family at its limit passes, however often one
  /// looks.
  static final double PROOF = Proof.WANTED;

  /// How the numbers end that count differences at critical places.
  private static final String CRITICAL = " critical";

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
    double longest = 0;
    for (Endpoint endpoint : endpoints) {
      Seen seen = Seen.of(situation.parity(), endpoint).withLeftOut(situation.parity());
      double logE = OneArmTest.logE(limit, seen.compared(), seen.mismatched());
      numbers.put(endpoint + " compared", (double) seen.compared());
      numbers.put(endpoint + " mismatched", (double) seen.mismatched());
      numbers.put(endpoint + " logE", logE);
      if (logE < StrictMath.log(PROOF)) {
        double seconds = seconds(limit, seen, situation);
        longest = Math.max(longest, seconds);
        missing.add(missing(limit, seen) + (seconds > Proof.LONG ? inTime(seconds) : ""));
      }
    }
    if (!endpoints.isEmpty()) {
      missing.addAll(0, coverage(situation, numbers));
    }
    missing.addAll(0, critical(situation.parity(), numbers));
    Harm harm = Harm.of(situation);
    if (harm.by(harm.parity())) {
      return harmful(situation, harm, harm.parity(), numbers);
    }
    if (endpoints.isEmpty()) {
      numbers.put(Gates.UNPROVEN, 1.0);
    }
    if (missing.isEmpty()) {
      return new GateReading("parity", Opinion.PROMOTE, numbers, proved(endpoints.size(), limit));
    }
    boolean outOfReach = longest > Proof.LONG;
    if (outOfReach) {
      numbers.put(Gates.OUT_OF_REACH, 1.0);
    }
    String waysOut = outOfReach ? Proof.waysOut(situation.policy()) : "";
    return new GateReading("parity", Opinion.HOLD, numbers, says(missing) + waysOut);
  }

  /// In what time an endpoint is proved if comparing goes on as of late and finds no difference.
  private static double seconds(double limit, Seen seen, Situation situation) {
    long all = situation.parity().compared();
    double own = all == 0 ? 0 : (double) Math.min(seen.compared(), all) / all;
    double compared = Math.max(1, situation.comparing().compared() * own);
    long more = OneArmTest.trialsNeeded(limit, PROOF, seen.mismatched()) - seen.compared();
    return more / compared * (situation.comparing().lasted().toNanos() / 1e9);
  }

  private static String inTime(double seconds) {
    return ", at this rate in " + Wording.span(seconds);
  }

  /// Whether a reading tells of a difference at a place that was marked critical.
  static boolean foundCritical(GateReading reading) {
    return reading.gate().equals("parity")
        && reading.numbers().keySet().stream().anyMatch(name -> name.endsWith(CRITICAL));
  }

  private static List<String> coverage(Situation situation, Map<String, Double> numbers) {
    double coverage = situation.parity().coverage();
    double wanted = situation.policy().parityCoverage();
    numbers.put("coverage", coverage);
    numbers.put("wantedCoverage", wanted);
    return coverage >= wanted
        ? List.of()
        : List.of(
            "only "
                + Wording.percent(coverage)
                + " of what was to be compared was; "
                + Wording.percent(wanted)
                + " is wanted");
  }

  private static GateReading harmful(
      Situation situation, Harm harm, @Nullable Part own, Map<String, Double> numbers) {
    ParityEvidence parity = situation.parity();
    numbers.put("compared", (double) parity.compared());
    numbers.put("mismatched", (double) parity.mismatched());
    numbers.put("mean harmLogE", harm.mean().logE());
    numbers.put("rollbackLogE", StrictMath.log(Harm.PROOF));
    return new GateReading(
        "parity",
        Opinion.ROLL_BACK,
        numbers,
        "it is proved that more than "
            + Wording.percent(situation.policy().parityLimit())
            + " of the answers differ: "
            + Wording.count(parity.mismatched())
            + " of "
            + Wording.count(parity.compared())
            + (own == null ? "" : " (" + harm.told(own) + ")"));
  }

  /// An endpoint's units.
  ///
  /// @param comparisons of them, however often each came
  private record Seen(Endpoint endpoint, long compared, long mismatched, long comparisons) {
    static Seen of(ParityEvidence parity, Endpoint endpoint) {
      long comparisons = 0;
      for (EndpointParity part : parity.endpoints()) {
        if (part.endpoint().equals(endpoint)) {
          comparisons += part.compared();
        }
      }
      EndpointUnits units = parity.units(endpoint);
      return new Seen(endpoint, units.compared(), units.mismatched(), comparisons);
    }

    /// The counts as they would be, had nothing been left out while the side that is compared kept
    /// failing: a few comparisons of that time stand for all of it, and an outage must not look
    /// short because little was asked in it. What was left out differs, and belongs to the
    /// endpoints as the differences do that were found. Where none was found, it may belong to any.
    Seen withLeftOut(ParityEvidence parity) {
      long leftOut = parity.skipped().getOrDefault(ParityEvidence.SECOND_SIDE_FAILING, 0L);
      double part =
          parity.differedUnits() == 0
              ? 1
              : Math.min(1, (double) mismatched / parity.differedUnits());
      long more = (long) Math.ceil(leftOut * part);
      return new Seen(endpoint, compared + more, mismatched + more, comparisons + more);
    }
  }

  private static List<Endpoint> judged(Situation situation) {
    Set<Endpoint> judged = new LinkedHashSet<>(situation.policy().endpoints());
    for (EndpointParity seen : situation.parity().endpoints()) {
      if (seen.mismatched() > 0 || seen.endpoint().method().equals("GET")) {
        judged.add(seen.endpoint());
      }
    }
    return List.copyOf(judged);
  }

  private static List<String> critical(ParityEvidence parity, Map<String, Double> numbers) {
    List<String> found = new ArrayList<>();
    for (EndpointParity part : parity.endpoints()) {
      for (FieldDifference field : part.differences()) {
        if (field.critical() && field.accepted() == null) {
          String place = part.endpoint() + ": " + field.where();
          numbers.merge(place + CRITICAL, (double) field.count(), Double::sum);
          String told = place + ", marked critical, has differed";
          if (!found.contains(told)) {
            found.add(told);
          }
        }
      }
    }
    return found;
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

  private static String missing(double limit, Seen seen) {
    return seen.endpoint()
        + ": "
        + seen.compared()
        + " of about "
        + OneArmTest.trialsNeeded(limit, PROOF, seen.mismatched())
        + " comparisons"
        + (seen.comparisons() > seen.compared()
            ? " of different requests, of " + seen.comparisons() + " in all"
            : "")
        + (seen.mismatched() == 0 ? "" : " (" + seen.mismatched() + " differed)");
  }

  private static String says(List<String> missing) {
    String named = String.join("; ", missing.subList(0, Math.min(NAMED, missing.size())));
    return missing.size() <= NAMED ? named : named + "; and " + (missing.size() - NAMED) + " more";
  }
}
