package dev.banyan.cutover;

import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How a family may move, as `banyan.yaml` declares it.
///
/// @param endpoints what must be proved to agree: the endpoints of the family's safe routes, of a
///   route for every method its `GET`
/// @param steps the candidate's shares, ascending, the last one 100 %
/// @param soak how long a phase without a weight must last before the next
/// @param parityLimit the share of answers that may differ, such as 0.01; the gate proves that it
///   is less
/// @param parityCoverage the share of what was to be compared that must have been
/// @param approvals the phases that are not entered without an approver's leave
/// @param freezes when nothing is promoted
public record FamilyPolicy(
    String family,
    DataOwnership data,
    List<Endpoint> endpoints,
    Strategy strategy,
    List<Step> steps,
    Duration soak,
    double parityLimit,
    double parityCoverage,
    GateLimits gates,
    Auto auto,
    Set<Phase.Name> approvals,
    List<FreezeWindow> freezes,
    OnStoreLoss onStoreLoss) {
  public FamilyPolicy {
    endpoints = List.copyOf(endpoints);
    steps = List.copyOf(steps);
    approvals = Set.copyOf(approvals);
    freezes = List.copyOf(freezes);
  }

  /// One with the usual limits, nothing to be compared and a single step.
  public static FamilyPolicy plain(String family) {
    Breaker breaker = new Breaker(Duration.ofSeconds(10), 20, 0.5, 10);
    return new FamilyPolicy(
        family,
        DataOwnership.NONE,
        List.of(),
        Strategy.CANARY,
        List.of(new Step(Weight.FULL, Duration.ZERO)),
        Duration.ZERO,
        0.01,
        0.5,
        new GateLimits(1, 1.5, 2, Duration.ofMillis(10), 100, null, null, breaker),
        Auto.ROLLBACK,
        Set.of(),
        List.of(),
        OnStoreLoss.BY_PHASE);
  }

  /// The same held to other limits.
  FamilyPolicy with(GateLimits other) {
    return new FamilyPolicy(
        family,
        data,
        endpoints,
        strategy,
        steps,
        soak,
        parityLimit,
        parityCoverage,
        other,
        auto,
        approvals,
        freezes,
        onStoreLoss);
  }

  /// The same with other say in when it moves.
  FamilyPolicy governed(Auto by, Set<Phase.Name> leave, List<FreezeWindow> windows) {
    return new FamilyPolicy(
        family,
        data,
        endpoints,
        strategy,
        steps,
        soak,
        parityLimit,
        parityCoverage,
        gates,
        by,
        leave,
        windows,
        onStoreLoss);
  }

  public Breaker breaker() {
    return gates.breaker();
  }

  /// Whether harm takes the family back without anybody being asked.
  public boolean rollsBack() {
    return auto != Auto.OFF;
  }

  public List<Weight> weights() {
    return steps.stream().map(Step::weight).toList();
  }

  /// How long a phase must last before the next.
  public Duration soakOf(Phase phase) {
    Weight weight = phase.stepWeight();
    return steps.stream()
        .filter(step -> step.weight().equals(weight))
        .map(Step::soak)
        .findFirst()
        .orElse(soak);
  }

  /// One step of the schedule.
  ///
  /// @param soak how long it lasts at least
  public record Step(Weight weight, Duration soak) {}

  /// How a family's reads move to the candidate: by growing shares, or all at once.
  public enum Strategy {
    CANARY,
    BLUE_GREEN
  }

  /// What the program does without being asked.
  public enum Auto {
    /// It only tells.
    OFF,
    /// It takes a family back.
    ROLLBACK,
    /// It takes a family back, and promotes it once every gate agrees.
    FULL
  }

  /// What a replica does with reads that go to the candidate once it has not heard of the store for
  /// a lease.
  public enum OnStoreLoss {
    /// `legacy` in canary, `stay` in reads and writes.
    BY_PHASE,
    LEGACY,
    STAY
  }

  /// What the gates and the breaker hold the candidate to.
  ///
  /// @param errorRatio the candidate is harmful once its errors are proved to be more than this
  ///   many times the legacy's
  /// @param slowRatio the same of slow answers
  /// @param margin a step is proved once both are proved to be less than this many times the
  ///   legacy's
  /// @param slowFrom an answer that came sooner is never slow, whatever the legacy's quantiles
  /// @param baseline the fewest answers of the legacy that its yardstick is taken from
  /// @param errorRate the share of errors that the candidate must be proved to stay below, or null
  /// @param p99 the time within which 99 % of the candidate's answers must be proved to come, or
  ///   null
  /// @param breaker the hard limits
  public record GateLimits(
      double errorRatio,
      double slowRatio,
      double margin,
      Duration slowFrom,
      int baseline,
      @Nullable Double errorRate,
      @Nullable Duration p99,
      Breaker breaker) {}

  /// When the candidate is taken off at once, without any proof.
  ///
  /// @param window how far back the breaker looks
  /// @param requests the fewest candidate requests in the window to judge by
  /// @param errors the share of errors in the window that is too much
  /// @param connectFailures so many connections in a row that can not be made are too many
  public record Breaker(Duration window, int requests, double errors, int connectFailures) {}
}
