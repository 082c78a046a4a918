package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.ListOf;
import dev.banyan.config.Type.TextOrGroup;
import dev.banyan.cutover.FamilyPolicy;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The keys of how a family may move: by which steps, who must agree, and what is too much harm.
final class PolicyKeys {
  private PolicyKeys() {}

  private static final int MOST_STEPS = 100;
  private static final int MOST_FREEZES = 100;

  private static final List<Phase.Name> ENTERED =
      List.of(
          Phase.Name.SHADOW,
          Phase.Name.CANARY,
          Phase.Name.READS,
          Phase.Name.WRITES,
          Phase.Name.RETIRED);

  /// One step of the schedule.
  static final class Step {
    private Step() {}

    static final Key<Weight> WEIGHT =
        Key.of(
                "weight",
                Scalars.weight("0.001%", "100%"),
                "The candidate's share of the sticky units.")
            .asRequired()
            .example("5%");
    static final Key<Duration> SOAK =
        Key.of(
                "soak",
                Scalars.duration("0s", "720h"),
                "How long this step lasts at least. Left out, the family's `soak`.")
            .example("15m");
    static final Group GROUP = Group.of(WEIGHT, SOAK);
  }

  /// What the candidate is held to, compared with the legacy.
  static final class Gates {
    private Gates() {}

    static final Key<Double> ERRORS =
        Key.of(
                "errors",
                Scalars.decimal("1", "100"),
                "The candidate does harm once it is proved to fail more than this many times as"
                    + " often as the legacy.")
            .standard("1")
            .atLimit("The family is rolled back, or reported with `auto: off`.")
            .example("1.2");
    static final Key<Double> SLOW =
        Key.of(
                "slow",
                Scalars.decimal("1", "100"),
                "The same of slow answers: those that take longer than the legacy's p50, p90, p99"
                    + " or p99.9 of before the step.")
            .standard("1.5")
            .atLimit("As for `errors`.")
            .example("2");
    static final Key<Double> MARGIN =
        Key.of(
                "margin",
                Scalars.decimal("1.1", "100"),
                "A step is proved once errors and slow answers are proved to be less than this many"
                    + " times as frequent as the legacy's.")
            .standard("2")
            .atLimit("Without that proof the gate holds the family where it is.")
            .example("1.5");
    static final Key<Duration> SLOW_FROM =
        Key.of(
                "slow_from",
                Scalars.duration("1ms", "10m"),
                "An answer that comes sooner is never slow, whatever the legacy's quantiles are.")
            .standard("10ms")
            .example("50ms");
    static final Key<Integer> BASELINE =
        Key.of(
                "baseline",
                Scalars.whole(10, 1_000_000),
                "The fewest answers of the legacy that its quantiles are taken from.")
            .standard("100")
            .atLimit("With fewer the gate holds the family where it is.")
            .example("1000");
    static final Key<Double> ERROR_RATE =
        Key.of(
                "error_rate",
                Scalars.share("0.001%", "99.999%"),
                "The share of errors that the candidate must be proved to stay below, whatever the"
                    + " legacy does. Left out, there is no such objective.")
            .atLimit("Without that proof the gate holds the family where it is.")
            .example("0.1%");
    static final Key<Duration> P99 =
        Key.of(
                "p99",
                Scalars.duration("1ms", "10m"),
                "The time within which 99 % of the candidate's answers must be proved to come. Left"
                    + " out, there is no such objective.")
            .atLimit("As for `error_rate`.")
            .example("250ms");
    static final Group GROUP = Group.of(ERRORS, SLOW, MARGIN, SLOW_FROM, BASELINE, ERROR_RATE, P99);
  }

  /// When the candidate is taken off at once.
  static final class Breaker {
    private Breaker() {}

    static final Key<Duration> WINDOW =
        Key.of("window", Scalars.duration("1s", "1h"), "How far back the breaker looks.")
            .standard("10s")
            .example("30s");
    static final Key<Integer> REQUESTS =
        Key.of(
                "requests",
                Scalars.whole(1, 1_000_000),
                "The fewest requests to the candidate within the window to judge by.")
            .standard("20")
            .atLimit("With fewer the share of errors is not looked at.")
            .example("100");
    static final Key<Double> ERRORS =
        Key.of(
                "errors",
                Scalars.share("0.001%", "100%"),
                "The share of errors within the window that is too much at once, without any proof,"
                    + " while the legacy's is not.")
            .standard("50%")
            .atLimit("The family is rolled back, or reported with `auto: off`.")
            .example("25%");
    static final Key<Integer> CONNECT_FAILURES =
        Key.of(
                "connect_failures",
                Scalars.whole(1, 100_000),
                "So many connections to the candidate in a row that can not be made are too many.")
            .standard("10")
            .atLimit("As for `errors`.")
            .example("5");
    static final Group GROUP =
        new Group(
            List.of(WINDOW, REQUESTS, ERRORS, CONNECT_FAILURES),
            Map.of(
                "slow",
                "slow answers are a matter of proof now, by gates.slow (how many times as frequent"
                    + " as the legacy's)",
                "slow_factor",
                "what is slow is taken from the legacy's quantiles now; gates.slow_from says below"
                    + " what no answer is"));
  }

  static final Key<FamilyPolicy.Strategy> STRATEGY =
      Key.of(
              "strategy",
              Scalars.word(FamilyPolicy.Strategy.class, PolicyKeys::word),
              "How reads move: `canary` by the growing shares of `steps`, `blue-green` all at once"
                  + " from `shadow` to `reads`, with the legacy kept warm for the way back.")
          .standard("canary")
          .example("blue-green");
  static final Key<FamilyPolicy.Auto> AUTO =
      Key.of(
              "auto",
              Scalars.word(FamilyPolicy.Auto.class, PolicyKeys::word),
              "What is done without anybody being asked. `off`: harm is only reported. `rollback`:"
                  + " it takes the family back. `full`: the family is also promoted, step by step,"
                  + " once every gate agrees; out of `legacy` and into `retired` never, nor into"
                  + " `writes` where rows change their owner (`data: synced`).")
          .standard("rollback")
          .example("full");
  static final Key<List<Placed<Phase.Name>>> REQUIRE_APPROVAL =
      Key.of(
              "require_approval",
              new ListOf<>(Scalars.word(ENTERED, Phase.Name::word), 0, ENTERED.size()),
              "Phases that are entered only after an approver has said so (`banyan approve`). It"
                  + " never stops a rollback.")
          .standard("[]")
          .example("[canary, writes]");
  static final Key<List<Placed<String>>> FREEZE =
      Key.of(
              "freeze",
              new ListOf<>(Scalars.nameOf("freeze"), 0, MOST_FREEZES),
              "The times of `freezes` in which the family is not promoted. Left out, all of them;"
                  + " `[]` for none.")
          .example("[christmas]");
  static final Key<FamilyPolicy.OnStoreLoss> ON_STORE_LOSS =
      Key.of(
              "on_store_loss",
              Scalars.word(FamilyPolicy.OnStoreLoss.class, PolicyKeys::word),
              "What a replica does with the family's reads when it has not heard of the store for 2"
                  + " s: `legacy` sends them to the legacy, `stay` goes on, `by-phase` is `legacy`"
                  + " in canary and `stay` later. With `data: synced` its writes are held back in"
                  + " `reads` and `writes` whatever this says, for who owns the data may be decided"
                  + " elsewhere meanwhile.")
          .standard("by-phase")
          .example("stay");
  static final Key<List<Placed<Values>>> STEPS =
      Key.of(
              "steps",
              new ListOf<>(new TextOrGroup(Step.WEIGHT, Step.GROUP), 1, MOST_STEPS),
              "The candidate's shares of the sticky units, step by step: ascending, the last one"
                  + " 100%.")
          .standard("[1%, 5%, 25%, 50%, 100%]")
          .example("[0.1%, { weight: 5%, soak: 15m }, 100%]");
  static final Key<Values> GATES =
      Key.of("gates", Gates.GROUP, "What the candidate is held to, compared with the legacy.");
  static final Key<Values> BREAKER =
      Key.of("breaker", Breaker.GROUP, "When the candidate is taken off at once.");

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
