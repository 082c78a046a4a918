package dev.banyan.migration;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// What comparing the two sides of a family has shown since `since`.
///
/// `compared = matched + mismatched`; raced and skipped exchanges prove nothing and are never
/// counted as passes.
///
/// @param skipped exchanges that were eligible and not compared, by reason
public record ParityEvidence(
    Instant since,
    long compared,
    long matched,
    long mismatched,
    long raced,
    Map<String, Long> skipped,
    List<EndpointParity> endpoints) {

  /// Why exchanges were skipped that were left out because the side that they were to go to kept
  /// failing. Those that were sent meanwhile stand for them, so each of these is a difference.
  public static final String SECOND_SIDE_FAILING = "second-side-failing";

  public ParityEvidence {
    skipped = Map.copyOf(skipped);
    endpoints = List.copyOf(endpoints);
  }

  public static ParityEvidence none(Instant since) {
    return new ParityEvidence(since, 0, 0, 0, 0, Map.of(), List.of());
  }

  /// Matches per comparison, 1 when nothing was compared.
  public double rate() {
    return compared == 0 ? 1 : (double) matched / compared;
  }

  /// One endpoint's part.
  public record EndpointParity(
      Endpoint endpoint, long compared, long mismatched, List<FieldDifference> differences) {
    public EndpointParity {
      differences = List.copyOf(differences);
    }
  }

  /// How often one place of an endpoint's answers differed in one way.
  ///
  /// @param where `status`, `header:vary` or a path in the body such as `body:$.items[*].id`
  /// @param kind the difference's kind, as a word
  public record FieldDifference(
      String where, String kind, Severity severity, long count, List<Sample> samples) {
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
