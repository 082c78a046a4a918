package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import dev.banyan.migration.Side;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SeverityRulesTest {
  private static final Endpoint USERS = new Endpoint("GET", "/users");

  private static SeverityRules.Rule rule(
      Optional<Endpoint> endpoint, String where, Optional<Kind> kind, Severity severity) {
    return new SeverityRules.Rule(endpoint, where, kind, severity);
  }

  private static Verdict compare(Endpoint endpoint, String candidate, SeverityRules.Rule... rules) {
    return Comparison.of(ComparisonLimits.STANDARD, new SeverityRules(List.of(rules)))
        .compare(
            Answers.exchange(
                new Request("GET", "/users", Headers.NONE, Body.EMPTY),
                endpoint,
                Answers.answered(Side.LEGACY, Answers.json(200, "{\"a\":1,\"ab\":1}")),
                Answers.answered(Side.CANDIDATE, Answers.json(200, candidate))));
  }

  @Test
  void aRuleHoldsForItsPlaceAndNoOther() {
    SeverityRules.Rule rule =
        rule(Optional.empty(), "body:$.a", Optional.empty(), Severity.COSMETIC);
    assertThat(compare(USERS, "{\"a\":2,\"ab\":1}", rule)).isEqualTo(new Verdict.Match());
    assertThat(Answers.found(compare(USERS, "{\"a\":2,\"ab\":2}", rule)))
        .containsExactly("body:$.ab value breaking");
  }

  @Test
  void aRuleCanMakeADifferenceWorse() {
    SeverityRules.Rule rule =
        rule(Optional.empty(), "body:$.a", Optional.of(Kind.SPELLING), Severity.BREAKING);
    assertThat(Answers.found(compare(USERS, "{\"a\":1.0,\"ab\":1}", rule)))
        .containsExactly("body:$.a spelling breaking");
  }

  @Test
  void theMoreExactRuleWins() {
    SeverityRules.Rule all = rule(Optional.empty(), "body:$.a", Optional.empty(), Severity.RISKY);
    SeverityRules.Rule kind =
        rule(Optional.empty(), "body:$.a", Optional.of(Kind.TYPE), Severity.COSMETIC);
    SeverityRules.Rule endpoint =
        rule(Optional.of(USERS), "body:$.a", Optional.empty(), Severity.BREAKING);
    String candidate = "{\"a\":\"1\",\"ab\":1}";
    Endpoint other = new Endpoint("GET", "/others");
    assertThat(compare(other, candidate, all, kind, endpoint)).isEqualTo(new Verdict.Match());
    assertThat(Answers.found(compare(USERS, candidate, all, kind, endpoint)))
        .containsExactly("body:$.a type breaking");
  }

  @Test
  void twoRulesForOnePlaceAreRefused() {
    SeverityRules.Rule rule =
        rule(Optional.empty(), "body:$.a", Optional.empty(), Severity.COSMETIC);
    assertThatThrownBy(() -> new SeverityRules(List.of(rule, rule)))
        .hasMessageContaining("two severity rules");
  }
}
