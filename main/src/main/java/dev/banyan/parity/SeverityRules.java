package dev.banyan.parity;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Severities that a team has set in place of those of the wire matrix.
///
/// A rule names one place exactly as differences name it (`header:etag`, `body:$.items[*].price`):
/// there are no prefixes and no patterns, so that a rule never silences more than it says. Where
/// several fit, one for the endpoint wins over one for all, and then one for the kind over one for
/// every kind. Immutable.
public final class SeverityRules {

  /// @param endpoint that it holds for; empty for all
  /// @param where the place, exactly
  /// @param kind of difference; empty for every kind
  public record Rule(
      Optional<Endpoint> endpoint, String where, Optional<Kind> kind, Severity severity) {
    public Rule {
      if (where.isBlank()) {
        throw new IllegalArgumentException("a severity rule must name a place");
      }
    }
  }

  private record Place(Optional<Endpoint> endpoint, String where, Optional<Kind> kind) {}

  public static final SeverityRules NONE = new SeverityRules(List.of());

  private final Map<Place, Severity> rules = new HashMap<>();

  /// @throws IllegalArgumentException if two rules are for the same place and kind
  public SeverityRules(List<Rule> rules) {
    for (Rule rule : rules) {
      Place place = new Place(rule.endpoint(), rule.where(), rule.kind());
      if (this.rules.put(place, rule.severity()) != null) {
        throw new IllegalArgumentException("two severity rules for " + place);
      }
    }
  }

  /// These and further ones, which replace those of the same place and kind.
  SeverityRules with(List<Rule> further) {
    if (further.isEmpty()) {
      return this;
    }
    SeverityRules all = new SeverityRules(further);
    rules.forEach(all.rules::putIfAbsent);
    return all;
  }

  /// Each rule, in words.
  Stream<String> texts() {
    return rules.entrySet().stream()
        .map(rule -> "severity " + rule.getValue().word() + " for " + rule.getKey());
  }

  /// The severity of a difference between answers of an endpoint.
  Severity of(Optional<Endpoint> endpoint, Difference difference) {
    if (rules.isEmpty()) {
      return difference.severity();
    }
    Optional<Kind> kind = Optional.of(difference.kind());
    for (Optional<Endpoint> scope : List.of(endpoint, Optional.<Endpoint>empty())) {
      for (Optional<Kind> each : List.of(kind, Optional.<Kind>empty())) {
        Severity severity = rules.get(new Place(scope, difference.where(), each));
        if (severity != null) {
          return severity;
        }
      }
    }
    return difference.severity();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SeverityRules that && rules.equals(that.rules);
  }

  @Override
  public int hashCode() {
    return rules.hashCode();
  }

  @Override
  public String toString() {
    return rules.toString();
  }
}
