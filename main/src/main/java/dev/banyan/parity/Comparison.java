package dev.banyan.parity;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import dev.banyan.migration.Side;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Says whether two answers are the same to a client, and where they are not. Nothing is rounded.
///
/// In a test:
///
/// ```
/// Verdict verdict = Comparison.of().json("{\"id\": 1}", "{\"id\": \"1\"}");
/// assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
/// ```
///
/// The work goes from cheap to dear: equal bytes are settled without parsing; then the status, the
/// headers ([HeaderComparison]) and the bodies ([BodyComparison]). A status that differs explains
/// the rest of the answer, so the rest is left alone then, unless both are successes.
///
/// Each place and kind is reported once for an exchange. Differences that no client can see are
/// cosmetic, and two answers with only such differences match; beside real ones they are listed
/// last. Past the limit of differences, one at `more` says how many were left out.
///
/// Values of this class never change and may be used from any thread. No input makes it throw.
/// Bodies are only read; releasing them stays with the caller.
public final class Comparison {

  /// Reason of [Verdict.Skipped]: neither side gave an answer.
  public static final String BOTH_FAILED = "both-failed";

  /// Reason of [Verdict.Skipped]: no connection of Banyan's own pool was free, so a side was never
  /// asked.
  public static final String NOT_ASKED = "not-asked";

  /// Reason of [Verdict.Skipped]: a body is longer than the limit.
  public static final String BODY_TOO_LONG = "body-too-long";

  /// Reason of [Verdict.Skipped]: a content coding that can not be undone here.
  public static final String CODING_UNKNOWN = "content-coding-unknown";

  private static final Verdict MATCH = new Verdict.Match();

  /// A second answer of another status explains nothing of the first, and what was left out is not
  /// known to be noise.
  private static final Set<String> NEVER_NOISE = Set.of("status", Differences.MORE);

  private final ComparisonLimits limits;
  private final SeverityRules rules;

  private Comparison(ComparisonLimits limits, SeverityRules rules) {
    this.limits = limits;
    this.rules = rules;
  }

  /// With [ComparisonLimits#STANDARD].
  public static Comparison of() {
    return of(ComparisonLimits.STANDARD);
  }

  public static Comparison of(ComparisonLimits limits) {
    return of(limits, SeverityRules.NONE);
  }

  /// @param rules severities that are not those of the wire matrix
  public static Comparison of(ComparisonLimits limits, SeverityRules rules) {
    return new Comparison(limits, rules);
  }

  /// Compares both legs. A side that gave no answer while the other did is a breaking difference at
  /// `answer`.
  public Verdict compare(Exchange exchange) {
    return compare(exchange, Tolerance.NONE);
  }

  /// Compares both legs, and passes over what the tolerance knows to be no fault.
  public Verdict compare(Exchange exchange, Tolerance tolerance) {
    Leg legacy = exchange.leg(Side.LEGACY);
    Leg candidate = exchange.leg(Side.CANDIDATE);
    if (legacy instanceof Leg.Answered left && candidate instanceof Leg.Answered right) {
      boolean bodies = !exchange.request().method().equals("HEAD");
      return compare(
          Optional.of(exchange.endpoint()), left.response(), right.response(), bodies, tolerance);
    }
    if (notAsked(legacy) || notAsked(candidate)) {
      return new Verdict.Skipped(NOT_ASKED);
    }
    if (legacy instanceof Leg.Failed && candidate instanceof Leg.Failed) {
      return new Verdict.Skipped(BOTH_FAILED);
    }
    Differences differences = differences(Optional.of(exchange.endpoint()), tolerance);
    differences.add("answer", Kind.FAILED, Severity.BREAKING, outcome(legacy), outcome(candidate));
    return differences.verdict();
  }

  /// Compares two answers to a request other than HEAD.
  public Verdict compare(Response legacy, Response candidate) {
    return compare(legacy, candidate, Tolerance.NONE);
  }

  /// Compares two answers to a request other than HEAD, and passes over what the tolerance knows to
  /// be no fault.
  public Verdict compare(Response legacy, Response candidate, Tolerance tolerance) {
    return compare(Optional.empty(), legacy, candidate, true, tolerance);
  }

  /// Settles a difference by the legacy's second answer to the same request.
  ///
  /// A place where the legacy disagrees with itself in the same way is noise; if its second answer
  /// agrees there with the candidate's, the data changed in between, and the exchange raced. What
  /// is left is a difference. A status that is another one each time is never noise.
  public Verdict sandwich(Response legacy, Response candidate, Response again) {
    return settle(
        compare(legacy, candidate),
        () -> compare(legacy, again),
        () -> compare(again, candidate),
        _ -> false);
  }

  /// Settles a difference of an exchange by the second answer of its primary side, whichever that
  /// is, as [#sandwich(Response, Response, Response)] does.
  ///
  /// @param again the primary's second answer to the same request
  /// @param defective differences that are neither noise nor a race, because it is proved already
  ///   that noise does not explain them
  public Verdict sandwich(
      Exchange exchange, Response again, Tolerance tolerance, Predicate<Difference> defective) {
    if (!(exchange.leg(Side.LEGACY) instanceof Leg.Answered legacy)
        || !(exchange.leg(Side.CANDIDATE) instanceof Leg.Answered candidate)) {
      return compare(exchange, tolerance);
    }
    boolean turned = exchange.primary().side() == Side.CANDIDATE;
    boolean bodies = !exchange.request().method().equals("HEAD");
    Optional<Endpoint> endpoint = Optional.of(exchange.endpoint());
    Response left = legacy.response();
    Response right = candidate.response();
    // The second answer takes the other side's place, then the primary's: kinds keep their sense.
    Supplier<Verdict> asOther =
        () -> compare(endpoint, turned ? again : left, turned ? right : again, bodies, tolerance);
    Supplier<Verdict> asPrimary =
        () -> compare(endpoint, turned ? left : again, turned ? again : right, bodies, tolerance);
    return settle(compare(endpoint, left, right, bodies, tolerance), asOther, asPrimary, defective);
  }

  private record Place(String where, Kind kind) {
    static Set<Place> of(Verdict.Mismatch mismatch) {
      return mismatch.differences().stream().map(Place::of).collect(Collectors.toSet());
    }

    static Place of(Difference difference) {
      return new Place(difference.where(), difference.kind());
    }
  }

  /// @param own the primary's second answer against its first
  /// @param crossed the primary's second answer against the other side's
  private static Verdict settle(
      Verdict first,
      Supplier<Verdict> own,
      Supplier<Verdict> crossed,
      Predicate<Difference> defective) {
    if (!(first instanceof Verdict.Mismatch mismatch)
        || !(own.get() instanceof Verdict.Mismatch noise)) {
      return first;
    }
    Set<Place> still =
        switch (crossed.get()) {
          case Verdict.Match _ -> Set.of();
          case Verdict.Mismatch other -> Place.of(other);
          case Verdict.Raced _, Verdict.Skipped _ -> Place.of(mismatch);
        };
    Set<Place> noisy = Place.of(noise);
    List<Difference> rest = new ArrayList<>();
    boolean raced = false;
    for (Difference difference : mismatch.differences()) {
      Place place = Place.of(difference);
      boolean gone = !still.contains(place);
      if (!noisy.contains(place)
          || defective.test(difference)
          || (!gone && NEVER_NOISE.contains(place.where()))) {
        rest.add(difference);
      } else {
        raced |= gone;
      }
    }
    if (rest.stream().anyMatch(difference -> difference.severity() != Severity.COSMETIC)) {
      return new Verdict.Mismatch(rest);
    }
    return raced ? new Verdict.Raced("the data changed between the answers") : MATCH;
  }

  /// Compares two JSON texts.
  public Verdict json(String legacy, String candidate) {
    return compare(jsonAnswer(legacy), jsonAnswer(candidate));
  }

  private static Response jsonAnswer(String text) {
    return new Response(
        200,
        Headers.of("content-type", "application/json"),
        Body.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  private Differences differences(Optional<Endpoint> endpoint, Tolerance tolerance) {
    return new Differences(
        limits.differences(), difference -> rules.of(endpoint, difference), tolerance);
  }

  private Verdict compare(
      Optional<Endpoint> endpoint,
      Response legacy,
      Response candidate,
      boolean bodies,
      Tolerance tolerance) {
    boolean sameBody =
        bodies
            ? legacy.body().sameBytes(candidate.body())
            : legacy.body().length() > 0 || candidate.body().length() == 0;
    boolean sameHeaders = HeaderComparison.same(legacy.headers(), candidate.headers());
    if (legacy.status() == candidate.status() && sameBody && sameHeaders) {
      return MATCH;
    }
    Differences differences = differences(endpoint, tolerance);
    HeaderComparison headers = new HeaderComparison(differences);
    if (legacy.status() != candidate.status()) {
      differences.add(
          "status",
          Kind.VALUE,
          Severity.BREAKING,
          Integer.toString(legacy.status()),
          Integer.toString(candidate.status()));
      if (!success(legacy) || !success(candidate)) {
        headers.compareOfStatus(legacy.headers(), candidate.headers());
        return differences.verdict();
      }
    }
    if (!sameHeaders) {
      headers.compare(legacy.headers(), candidate.headers());
    }
    if (bodies) {
      new BodyComparison(limits, differences).compare(legacy, candidate);
    } else if (legacy.body().length() == 0 && candidate.body().length() > 0) {
      String length = "[" + candidate.body().length() + " bytes] ";
      differences.add("body", Kind.EXTRA, Severity.BREAKING, null, length);
    }
    return differences.verdict();
  }

  private static boolean success(Response response) {
    return response.status() >= 200 && response.status() < 300;
  }

  private static boolean notAsked(Leg leg) {
    return leg instanceof Leg.Failed failed && failed.failure() == Leg.Failure.OVERLOAD;
  }

  private static String outcome(Leg leg) {
    return switch (leg) {
      case Leg.Answered answered -> "answered " + answered.response().status();
      case Leg.Failed failed -> "failed: " + failed.failure().name().toLowerCase(Locale.ROOT);
    };
  }
}
