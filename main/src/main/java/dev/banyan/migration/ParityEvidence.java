package dev.banyan.migration;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What comparing the two sides of a family has shown since `since`.
///
/// `compared = matched + mismatched`; raced, skipped and dropped exchanges prove nothing and are
/// never counted as passes.
///
/// @param accepted those of `matched` whose answers differed, but only where that is accepted
/// @param skipped exchanges of which both answers were there and which could not be compared, by
///   reason
/// @param dropped requests that were picked to be compared and of which an answer was never had or
///   kept, by reason
/// @param endpoints each endpoint once for every status that the legacy answered with
/// @param units each endpoint once, with what proves something; where they were not told apart,
///   each comparison is a unit
public record ParityEvidence(
    Instant since,
    long compared,
    long matched,
    long mismatched,
    long accepted,
    long raced,
    Map<String, Long> skipped,
    Map<String, Long> dropped,
    List<EndpointParity> endpoints,
    List<EndpointUnits> units) {

  /// Why exchanges were skipped that were left out because the side that they were to go to kept
  /// failing. Those that were sent meanwhile stand for them, so each of these is a difference.
  public static final String SECOND_SIDE_FAILING = "second-side-failing";

  public ParityEvidence {
    skipped = Map.copyOf(skipped);
    dropped = Map.copyOf(dropped);
    endpoints = List.copyOf(endpoints);
    units = // an older ledger has none
        (units == null ? each(endpoints) : units)
            .stream().sorted(Comparator.comparing(each -> each.endpoint().toString())).toList();
  }

  /// Evidence in which each comparison is a unit of its own.
  public ParityEvidence(
      Instant since,
      long compared,
      long matched,
      long mismatched,
      long accepted,
      long raced,
      Map<String, Long> skipped,
      Map<String, Long> dropped,
      List<EndpointParity> endpoints) {
    this(
        since,
        compared,
        matched,
        mismatched,
        accepted,
        raced,
        skipped,
        dropped,
        endpoints,
        each(endpoints));
  }

  private static List<EndpointUnits> each(List<EndpointParity> endpoints) {
    Map<Endpoint, EndpointUnits> all = new LinkedHashMap<>();
    for (EndpointParity of : endpoints) {
      all.merge(
          of.endpoint(),
          new EndpointUnits(of.endpoint(), of.compared(), of.mismatched()),
          (one, other) ->
              new EndpointUnits(
                  one.endpoint(),
                  one.compared() + other.compared(),
                  one.mismatched() + other.mismatched()));
    }
    return List.copyOf(all.values());
  }

  /// The units of an endpoint, none where it was never compared.
  public EndpointUnits units(Endpoint endpoint) {
    return units.stream()
        .filter(each -> each.endpoint().equals(endpoint))
        .findFirst()
        .orElseGet(() -> new EndpointUnits(endpoint, 0, 0));
  }

  /// Units that were compared, over all endpoints.
  public long comparedUnits() {
    return units.stream().mapToLong(EndpointUnits::compared).sum();
  }

  /// Units that ever differed, over all endpoints.
  public long differedUnits() {
    return units.stream().mapToLong(EndpointUnits::mismatched).sum();
  }

  public static ParityEvidence none(Instant since) {
    return new ParityEvidence(since, 0, 0, 0, 0, 0, Map.of(), Map.of(), List.of(), List.of());
  }

  /// Matches per comparison, 1 when nothing was compared.
  public double rate() {
    return compared == 0 ? 1 : (double) matched / compared;
  }

  /// Comparisons per request that was to be compared, 1 when there was none.
  public double coverage() {
    long missed = raced;
    for (long count : skipped.values()) {
      missed += count;
    }
    for (long count : dropped.values()) {
      missed += count;
    }
    long eligible = compared + missed;
    return eligible == 0 ? 1 : (double) compared / eligible;
  }

  /// How sure one may be of a rate of matches.
  ///
  /// @param rate matches per comparison
  /// @param lowerBound what the true rate is not below, however often one looks
  /// @param confidence that the bound holds, such as 0.95
  /// @param coverage comparisons per request that was to be compared
  public record Bound(double rate, double lowerBound, double confidence, double coverage) {}

  /// One endpoint's part, for one status of the legacy's answer.
  ///
  /// @param status 0 where the legacy gave no answer, and for what was counted before statuses were
  ///   told apart or is over their number
  /// @param accepted exchanges that differed, but only where that is accepted; not mismatched
  public record EndpointParity(
      Endpoint endpoint,
      int status,
      long compared,
      long mismatched,
      long accepted,
      List<FieldDifference> differences) {
    public EndpointParity {
      differences = List.copyOf(differences);
    }
  }

  /// What was compared of an endpoint in units: a request's caller and content, however often they
  /// come. A request that names no caller is a unit of its own.
  ///
  /// @param mismatched those that differed at least once
  public record EndpointUnits(Endpoint endpoint, long compared, long mismatched) {}

  /// How often one place of an endpoint's answers differed in one way.
  ///
  /// @param where `status`, `header:vary` or a path in the body such as `body:$.items[*].id`
  /// @param kind the difference's kind, as a word
  /// @param noise how often the legacy differed from itself there, from 0 to 1; null where it was
  ///   not asked twice
  /// @param accepted why this may differ, or null where it may not
  /// @param critical whether one such difference is one too many
  public record FieldDifference(
      String where,
      String kind,
      Severity severity,
      long count,
      @Nullable Double noise,
      @Nullable String accepted,
      boolean critical,
      List<Sample> samples) {
    public FieldDifference {
      samples = List.copyOf(samples);
    }
  }

  /// One example, redacted: length, type and character classes are true, the characters are not.
  ///
  /// @param request the request line
  /// @param legacy what the legacy had there, `(absent)` where it had nothing
  /// @param candidate what the candidate had there
  public record Sample(String request, String legacy, String candidate) {}
}
