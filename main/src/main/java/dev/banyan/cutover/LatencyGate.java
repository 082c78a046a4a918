package dev.banyan.cutover;

import dev.banyan.cutover.Baseline.Yardstick;
import dev.banyan.cutover.Step.Flow;
import dev.banyan.cutover.Step.Kind;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rolls back when more of the candidate's answers are slow than the legacy's, by thresholds frozen
/// from the legacy's own p50, p90, p99 and p99.9; promotes when it is proved that they are fewer
/// than the margin allows. The last threshold only guards: what happens once in a thousand answers
/// takes too long to be proved rare.
final class LatencyGate implements Gate {
  private static final double RAREST_PROVED = 0.99;

  /// Of an objective for the p99, by what it says.
  private static final double BEYOND_P99 = 0.01;

  @Override
  public GateReading read(Situation situation) {
    Harm harm = Harm.of(situation);
    ProofReading reading = new ProofReading(situation, harm, harm.latency());
    Duration objective = situation.policy().gates().p99();
    boolean any = false;
    for (Flow flow : situation.step().judged()) {
      if (reading.absent(flow)) {
        reading.absence(flow);
        continue;
      }
      any |= !flow.slow().isEmpty();
      for (Kind kind : flow.slow()) {
        String name = "slower than p" + percentile(kind);
        reading.number(flow.name() + " " + name + " millis", Wording.millis(kind.slowerThan()));
        reading.kind(flow, kind, name, kind.quantile() <= RAREST_PROVED);
      }
      if (objective != null) {
        reading.objective(
            flow.name() + " slower than " + Wording.time(objective), BEYOND_P99, flow.late());
      }
    }
    if (harm.by(harm.latency())) {
      return reading.rollBack("latency", accuse(situation, harm));
    }
    return any
        ? reading.reading("latency")
        : new GateReading(
            "latency",
            Opinion.HOLD,
            Map.of(),
            "the legacy's times were not frozen before this step: it had answered nothing");
  }

  private static String percentile(Kind kind) {
    return String.format(Locale.ROOT, "%.1f", kind.quantile() * 100).replaceFirst("\\.0$", "");
  }

  private static String accuse(Situation situation, Harm harm) {
    Flow flow = null;
    Kind worst = null;
    for (Flow each : situation.step().judged()) {
      for (Kind kind : each.slow()) {
        if (worst == null || Harm.of(kind).logE() > Harm.of(worst).logE()) {
          flow = each;
          worst = kind;
        }
      }
    }
    return told(situation, harm, flow, worst);
  }

  private static String told(
      Situation situation, Harm harm, @Nullable Flow flow, @Nullable Kind worst) {
    if (flow == null || worst == null || harm.latency() == null) {
      throw new IllegalStateException("slowness was proved by nothing");
    }
    return "the candidate is proved to be slow more than "
        + Wording.times(situation.policy().gates().slowRatio())
        + " as often as the legacy: "
        + ErrorGate.told(worst, flow.name(), "took more than " + Wording.time(worst.slowerThan()))
        + " ("
        + harm.told(harm.latency())
        + ")";
  }

  /// Whether the legacy's yardstick can be taken.
  static GateReading baseline(Situation situation) {
    int needed = situation.policy().gates().baseline();
    Baseline yardstick = situation.step().yardstick();
    Yardstick seen =
        yardstick.reads().answers() >= yardstick.writes().answers()
            ? yardstick.reads()
            : yardstick.writes();
    boolean enough = seen.answers() >= needed;
    return new GateReading(
        "baseline",
        enough ? Opinion.PROMOTE : Opinion.HOLD,
        Map.of(
            "legacyRequests", (double) seen.requests(),
            "legacyErrors", (double) seen.errors(),
            "wantedAnswers", (double) needed),
        "the legacy's yardstick comes from "
            + Wording.count(seen.answers())
            + " answers of the "
            + Wording.count(needed)
            + " wanted: errors "
            + Wording.percent(seen.errorShare())
            + seen.thresholds().stream()
                .filter(threshold -> threshold.quantile() == RAREST_PROVED)
                .map(threshold -> ", slow from " + Wording.time(threshold.slowerThan()) + " (p99)")
                .findFirst()
                .orElse(""));
  }
}
