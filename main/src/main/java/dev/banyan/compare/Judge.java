package dev.banyan.compare;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import dev.banyan.parity.Comparison;
import dev.banyan.parity.Tolerance;
import dev.banyan.parity.VolatileClass;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Compares the two answers to one request, with what was learned of ids and of noise. Used by one
/// thread.
final class Judge {

  /// What comparing came to.
  ///
  /// @param forms see [Judged]
  record Opinion(Judged.Outcome outcome, List<Difference> differences, List<Difference> forms) {
    boolean differs() {
      return differences.stream().anyMatch(each -> each.severity() != Severity.COSMETIC);
    }
  }

  private final Comparison comparison;
  private final HandedOut handedOut;
  private final Optional<PairNoise> noise;
  private final InstantSource clock;

  Judge(
      Comparison comparison, HandedOut handedOut, Optional<PairNoise> noise, InstantSource clock) {
    this.comparison = comparison;
    this.handedOut = handedOut;
    this.noise = noise;
    this.clock = clock;
  }

  /// Compares once.
  Opinion compare(Endpoint endpoint, Request request, Leg legacy, Leg candidate) {
    Instant now = clock.instant();
    Tolerance tolerance = handedOut.tolerance(endpoint, now);
    if (noise.isPresent() && legacy instanceof Leg.Answered answered) {
      tolerance = tolerance.or(noise.get().tolerance(endpoint, answered.response().status(), now));
    }
    Forms forms = new Forms(tolerance);
    Leg aligned =
        candidate instanceof Leg.Answered answered
            ? new Leg.Answered(
                answered.side(), handedOut.aligned(endpoint, answered.response()), answered.took())
            : candidate;
    Verdict verdict = comparison.compare(exchange(endpoint, request, legacy, aligned), forms);
    return switch (verdict) {
      case Verdict.Match _ when tooLong(legacy) || tooLong(candidate) ->
          // equal as far as it was read
          skipped(Comparison.BODY_TOO_LONG);
      case Verdict.Match _ -> new Opinion(Judged.COMPARED, List.of(), List.of());
      case Verdict.Mismatch mismatch ->
          new Opinion(Judged.COMPARED, mismatch.differences(), forms.values());
      case Verdict.Raced _ -> new Opinion(Judged.RACED, List.of(), List.of());
      case Verdict.Skipped skipped -> skipped(skipped.reason());
    };
  }

  private static Opinion skipped(String reason) {
    return new Opinion(new Judged.Outcome.Skipped(reason), List.of(), List.of());
  }

  private static Exchange exchange(Endpoint endpoint, Request request, Leg legacy, Leg candidate) {
    return new Exchange("", "", 0, endpoint, request, legacy, candidate);
  }

  private static boolean tooLong(Leg leg) {
    return leg instanceof Leg.Answered answered
        && answered.response().body().length() > Replay.BODY_LIMIT;
  }

  /// Compares the answers to a safe request, and asks the legacy again where that can tell more.
  Opinion safe(Endpoint endpoint, Request request, Leg legacy, Leg candidate, Supplier<Leg> again) {
    boolean both = legacy instanceof Leg.Answered && candidate instanceof Leg.Answered;
    if (noise.isPresent() && both && again.get() instanceof Leg.Answered second) {
      noise
          .get()
          .learn(
              endpoint, response(legacy), second.response(), response(candidate), clock.instant());
      Opinion opinion = compare(endpoint, request, legacy, candidate);
      return opinion.differs() && agrees(endpoint, request, second, candidate)
          ? new Opinion(Judged.RACED, List.of(), List.of())
          : opinion;
    }
    return again(endpoint, request, legacy, candidate, again);
  }

  /// Compares answers to a read that is not in the file, and settles noise by asking again.
  Opinion again(
      Endpoint endpoint, Request request, Leg legacy, Leg candidate, Supplier<Leg> again) {
    Opinion opinion = compare(endpoint, request, legacy, candidate);
    boolean both = legacy instanceof Leg.Answered && candidate instanceof Leg.Answered;
    return both && opinion.differs()
        ? sandwich(endpoint, request, legacy, candidate, again.get(), opinion)
        : opinion;
  }

  private boolean agrees(Endpoint endpoint, Request request, Leg legacy, Leg candidate) {
    Opinion opinion = compare(endpoint, request, legacy, candidate);
    return opinion.outcome().equals(Judged.COMPARED) && !opinion.differs();
  }

  /// Settles a difference by the legacy's second answer. Where the legacy disagrees with itself at
  /// the same place, values of one form on all three are the nature of the field; of others nothing
  /// is proved, and the exchange raced unless something else differs.
  private Opinion sandwich(
      Endpoint endpoint, Request request, Leg legacy, Leg candidate, Leg again, Opinion first) {
    if (!(again instanceof Leg.Answered)) {
      return first;
    }
    if (agrees(endpoint, request, again, candidate)) {
      return new Opinion(Judged.RACED, List.of(), List.of());
    }
    Verdict own = comparison.compare(response(legacy), response(again));
    if (!(own instanceof Verdict.Mismatch noisy)) {
      return first;
    }
    List<Difference> rest = new ArrayList<>();
    boolean undecided = false;
    for (Difference difference : first.differences()) {
      Optional<Difference> same =
          noisy.differences().stream()
              .filter(each ->
                  each.where().equals(difference.where()) && each.kind() == difference.kind())
              .findFirst();
      if (same.isEmpty()) {
        rest.add(difference);
      } else if (!ofOneForm(same.get(), difference)) {
        undecided |= difference.severity() != Severity.COSMETIC;
      }
    }
    Opinion left = new Opinion(Judged.COMPARED, rest, List.of());
    return undecided && !left.differs() ? new Opinion(Judged.RACED, List.of(), List.of()) : left;
  }

  private static boolean ofOneForm(Difference own, Difference other) {
    if (own.legacy() == null || own.candidate() == null || other.candidate() == null) {
      return false;
    }
    VolatileClass one = VolatileClass.of(own.legacy());
    VolatileClass second = VolatileClass.of(own.candidate());
    VolatileClass both = one == null || second == null ? null : one.merge(second);
    return both != null && both.fits(other.candidate());
  }

  private static Response response(Leg leg) {
    return ((Leg.Answered) leg).response();
  }

  static Optional<Response> answer(Leg leg) {
    return leg instanceof Leg.Answered answered
        ? Optional.of(answered.response())
        : Optional.empty();
  }

  /// The legacy's status, 0 where it gave no answer.
  static int status(Leg legacy) {
    return answer(legacy).map(Response::status).orElse(0);
  }
}
