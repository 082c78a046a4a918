package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import dev.banyan.migration.Side;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RulingsTest {
  private static final Endpoint USERS = new Endpoint("GET", "/users");
  private static final Endpoint ORDERS = new Endpoint("GET", "/orders");
  private static final String AT = "body:$.at";

  private final ForgetfulRulingStore store = new ForgetfulRulingStore();
  private LocalDate today = LocalDate.parse("2027-01-01");
  private final Rulings rulings = new Rulings(store, () -> today);

  private static Scope scope(Optional<Endpoint> endpoint, String where, Optional<Kind> kind) {
    return new Scope(endpoint, where, kind);
  }

  private static Scope anywhere(String where) {
    return scope(Optional.empty(), where, Optional.empty());
  }

  private static Acceptances.Entry entry(Scope scope, String reason) {
    return new Acceptances.Entry(scope, reason, "ann", LocalDate.parse("2027-01-31"));
  }

  private static Ruling accepted(Scope scope, String reason) {
    return new Ruling.Accepted(entry(scope, reason));
  }

  private String why(Endpoint endpoint, String where, Kind kind) {
    return String.valueOf(rulings.accepted("users", endpoint, where, kind));
  }

  @Test
  void anAcceptanceHoldsForItsPlaceItsKindAndItsEndpointOnly() {
    rulings.keep("users", accepted(scope(Optional.of(USERS), AT, Optional.of(Kind.VALUE)), "ok"));
    assertThat(why(USERS, AT, Kind.VALUE)).isEqualTo("ok");
    assertThat(why(USERS, AT, Kind.TYPE)).isEqualTo("null");
    assertThat(why(ORDERS, AT, Kind.VALUE)).isEqualTo("null");
    assertThat(why(USERS, "body:$.at.x", Kind.VALUE)).isEqualTo("null");
    assertThat(rulings.accepted("others", USERS, AT, Kind.VALUE)).isNull();
  }

  @Test
  void theMoreExactOneGivesTheReason() {
    rulings.keep("users", accepted(anywhere(AT), "all"));
    rulings.keep("users", accepted(scope(Optional.of(USERS), AT, Optional.empty()), "users"));
    assertThat(why(USERS, AT, Kind.VALUE)).isEqualTo("users");
    assertThat(why(ORDERS, AT, Kind.VALUE)).isEqualTo("all");
  }

  @Test
  void anAcceptanceEndsWithItsDay() {
    rulings.keep("users", accepted(anywhere(AT), "ok"));
    today = LocalDate.parse("2027-01-31");
    assertThat(why(USERS, AT, Kind.VALUE)).isEqualTo("ok");
    today = LocalDate.parse("2027-02-01");
    assertThat(why(USERS, AT, Kind.VALUE)).isEqualTo("null");
    assertThat(rulings.list("users")).extracting(Rulings.Listed::holds).containsExactly(false);
  }

  @Test
  void rulingsByCommandSurviveARestartAndThoseOfTheFileFollowIt() {
    rulings.adopt(
        "users", SeverityRules.NONE, new Acceptances(List.of(entry(anywhere(AT), "file"))));
    rulings.keep("users", accepted(anywhere("header:etag"), "command"));
    assertThat(rulings.list("users"))
        .extracting(listed -> listed.ruling().reason() + " " + listed.origin().word())
        .containsExactly("file file", "command command");

    Rulings again = new Rulings(store, () -> today);
    again.load();
    assertThat(again.accepted("users", USERS, "header:etag", Kind.VALUE)).isEqualTo("command");
    assertThat(again.accepted("users", USERS, AT, Kind.VALUE)).isNull();

    rulings.adopt("users", SeverityRules.NONE, Acceptances.NONE);
    assertThat(why(USERS, AT, Kind.VALUE)).isEqualTo("null");
    assertThat(why(USERS, "header:etag", Kind.VALUE)).isEqualTo("command");
  }

  @Test
  void aRulingReplacesTheOneOfItsScopeAndCanBeTakenBack() {
    rulings.keep("users", accepted(anywhere(AT), "one"));
    rulings.keep("users", accepted(anywhere(AT), "two"));
    assertThat(why(USERS, AT, Kind.VALUE)).isEqualTo("two");
    assertThat(rulings.remove("users", scope(Optional.of(USERS), AT, Optional.empty()))).isFalse();
    assertThat(rulings.remove("users", anywhere(AT))).isTrue();
    assertThat(why(USERS, AT, Kind.VALUE)).isEqualTo("null");
    assertThat(store.load()).isEmpty();
  }

  @Test
  void whatAnotherReplicaRulesIsNotLostAndHoldsHereOnceItIsHeardOf() {
    Rulings other = new Rulings(store, () -> today);
    rulings.keep("users", accepted(anywhere("header:etag"), "ann's"));
    other.keep("users", new Ruling.Critical(anywhere(AT), "money", "bob"));
    assertThat(store.load().get("users")).hasSize(2);

    assertThat(rulings.critical("users", USERS, AT, Kind.VALUE)).isFalse();
    assertThat(rulings.refresh()).containsExactly("users");
    assertThat(rulings.critical("users", USERS, AT, Kind.VALUE)).isTrue();
    assertThat(rulings.inForce("users")).isEqualTo(other.inForce("users"));
    assertThat(rulings.refresh()).isEmpty();

    assertThat(rulings.remove("users", anywhere(AT))).isTrue();
    assertThat(other.refresh()).containsExactly("users");
    assertThat(other.inForce("users")).contains("header:etag").doesNotContain("critical");
  }

  @Test
  void whatTheStoreDoesNotTakeIsNotInForce() {
    store.broken = true;
    assertThatThrownBy(() -> rulings.keep("users", accepted(anywhere(AT), "ok")))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(why(USERS, AT, Kind.VALUE)).isEqualTo("null");
  }

  @Test
  void aFamilyHasABoundOfRulings() {
    for (int i = 0; i < Rulings.LIMIT; i++) {
      assertThat(rulings.keep("users", accepted(anywhere("body:$.f" + i), "ok"))).isTrue();
    }
    assertThat(rulings.keep("users", accepted(anywhere(AT), "ok"))).isFalse();
    assertThat(rulings.keep("users", accepted(anywhere("body:$.f0"), "again"))).isTrue();
    assertThat(rulings.keep("orders", accepted(anywhere(AT), "ok"))).isTrue();
  }

  private Verdict compare(String legacy, String candidate) {
    Exchange exchange =
        Answers.exchange(
            new Request("GET", "/users", Headers.NONE, Body.EMPTY),
            USERS,
            Answers.answered(Side.LEGACY, Answers.json(200, legacy)),
            Answers.answered(Side.CANDIDATE, Answers.json(200, candidate)));
    return rulings.comparison("users").compare(exchange);
  }

  @Test
  void aCriticalPlaceBreaksWhateverTheFileSays() {
    rulings.adopt(
        "users",
        new SeverityRules(
            List.of(
                new SeverityRules.Rule(Optional.empty(), AT, Optional.empty(), Severity.COSMETIC))),
        new Acceptances(List.of(entry(anywhere(AT), "file"))));
    assertThat(compare("{\"at\":1}", "{\"at\":2}")).isEqualTo(new Verdict.Match());

    rulings.keep("users", new Ruling.Critical(anywhere(AT), "money", "ann"));
    assertThat(Answers.found(compare("{\"at\":1}", "{\"at\":2}")))
        .containsExactly("body:$.at value breaking");
    assertThat(why(USERS, AT, Kind.VALUE)).isEqualTo("null");
    assertThat(rulings.critical("users", USERS, AT, Kind.VALUE)).isTrue();

    rulings.keep("users", accepted(anywhere(AT), "second thoughts"));
    assertThat(why(USERS, AT, Kind.VALUE)).isEqualTo("second thoughts");
    assertThat(rulings.critical("users", USERS, AT, Kind.VALUE)).isFalse();
  }

  @Test
  void aCriticalPlaceOfOneEndpointIsNotAcceptedForAllOfThem() {
    rulings.keep("users", accepted(anywhere(AT), "ok"));
    rulings.keep(
        "users",
        new Ruling.Critical(scope(Optional.of(USERS), AT, Optional.empty()), "money", "ann"));
    assertThat(why(USERS, AT, Kind.VALUE)).isEqualTo("null");
    assertThat(why(ORDERS, AT, Kind.VALUE)).isEqualTo("ok");
  }

  @Test
  void whatIsInForceIsAnotherTextWhenSomethingElseIs() {
    assertThat(rulings.inForce("users")).isEmpty();
    rulings.keep("users", accepted(anywhere(AT), "ok"));
    String accepting = rulings.inForce("users");
    assertThat(accepting).contains(AT);

    rulings.keep("users", accepted(anywhere(AT), "another reason"));
    assertThat(rulings.inForce("users")).isEqualTo(accepting);
    rulings.keep("users", new Ruling.Critical(anywhere(AT), "money", "ann"));
    assertThat(rulings.inForce("users")).isNotEqualTo(accepting).isNotEmpty();

    rulings.keep("users", accepted(anywhere(AT), "ok"));
    today = LocalDate.parse("2027-02-01");
    assertThat(rulings.inForce("users")).as("after its last day").isEmpty();

    rulings.adopt(
        "users",
        new SeverityRules(
            List.of(
                new SeverityRules.Rule(Optional.empty(), AT, Optional.empty(), Severity.RISKY))),
        Acceptances.NONE);
    assertThat(rulings.inForce("users")).contains("risky");
  }

  @Test
  void noRulingAcceptsAnotherClassOfStatusOrASideWithoutAnAnswer() {
    assertThat(Acceptances.mayBe(differs("status", "404", "405"))).isTrue();
    assertThat(Acceptances.mayBe(differs("status", "200", "500"))).isFalse();
    assertThat(Acceptances.mayBe(differs("status", "302", "200"))).isFalse();
    assertThat(Acceptances.mayBe(differs("answer", "answered 200", "failed: timeout"))).isFalse();
    assertThat(Acceptances.mayBe(differs(AT, "1", "2"))).isTrue();
  }

  private static Difference differs(String where, String legacy, String candidate) {
    return new Difference(where, Kind.VALUE, Severity.BREAKING, legacy, candidate);
  }

  @Test
  void placesThatNoDifferenceHasAreRefused() {
    assertThat(Scope.complaint("header:ETag")).contains("small letters");
    assertThat(Scope.complaint("body:$.items[0].id")).contains("[*]");
    assertThat(Scope.complaint("$.id")).contains("no place");
    assertThat(Scope.complaint("")).contains("no place");
    assertThat(Scope.complaint("vary")).contains("no place");
    assertThat(Scope.complaint("more")).contains("stands for many");
    assertThat(Scope.complaint("(other)")).contains("stands for many");
    assertThat(Scope.complaint("body:$." + "x".repeat(300))).contains("longer");
    assertThatThrownBy(() -> anywhere("header:")).hasMessageContaining("small letters");
    for (String where :
        List.of("status", "answer", "body", "body:$.items[*].id", "header:set-cookie[sid]")) {
      assertThat(Scope.complaint(where)).as(where).isNull();
    }
  }

  @Test
  void twoAcceptancesOfOneScopeAreRefused() {
    assertThatThrownBy(
            () -> new Acceptances(List.of(entry(anywhere(AT), "a"), entry(anywhere(AT), "b"))))
        .hasMessageContaining("accepted twice");
  }
}
