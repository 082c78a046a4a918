package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Side;
import dev.banyan.parity.LearnedNoise;
import dev.banyan.parity.Units;
import dev.banyan.shadow.Drop;
import dev.banyan.shadow.FollowUp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What settles an exchange, at once or after one side was asked again.
class JudgingTest extends JudgingScene {
  private long caller(String... headers) {
    Exchange one = exchange();
    Request request = new Request("GET", "/users/1", Headers.of(headers), Body.EMPTY);
    return judging.caller(
        new Exchange("id", "users", 3, endpoint, request, one.primary(), one.shadow()));
  }

  @Test
  void theCallerIsTheStickyUnitThatTheRequestNames() {
    judging.adopt(config("2%", "header:authorization"));
    assertThat(caller("Authorization", "one"))
        .isEqualTo(caller("authorization", "one", "x", "2"))
        .isNotEqualTo(caller("authorization", "two"))
        .isNotEqualTo(Units.ALONE);
    assertThat(caller("x", "one")).isEqualTo(Units.ALONE);

    judging.adopt(config("2%", "cookie:sid"));
    assertThat(caller("cookie", "a=b; sid=one")).isEqualTo(caller("cookie", "sid=one"));
    assertThat(caller("cookie", "a=b")).isEqualTo(Units.ALONE);

    judging.adopt(config("2%", "ip"));
    assertThat(caller("authorization", "one")).isEqualTo(Units.ALONE);
  }

  @Test
  void aDifferenceThatTheSecondAnswerHasTooRaced() {
    learned();
    int[] version = {0};
    legacy = () -> "{\"n\":" + ++version[0] + "}";
    candidate = () -> "{\"n\":" + (version[0] + 1) + "}";
    meet();
    assertThat(asked).singleElement().extracting(FollowUp.Question::service).isEqualTo("legacy");
    assertThat(evidence().raced()).isEqualTo(1);
    assertThat(evidence().mismatched()).isZero();
    assertThat(judging.asked("users", FamilyJudging.Why.DIFFERENCE)).isEqualTo(1);
  }

  @Test
  void aDifferenceThatStaysIsAMismatch() {
    learned();
    candidate = () -> "{\"n\":2}";
    meet();
    assertThat(asked).hasSize(1);
    assertThat(evidence().mismatched()).isEqualTo(1);
  }

  @Test
  void whatThePrimaryNeverGivesTwiceIsNoiseEvenWhereItHasNoClass() {
    learned();
    int[] version = {0};
    legacy = () -> "{\"n\":\"word " + ++version[0] + "\"}";
    candidate = () -> "{\"n\":\"another\"}";
    long before = evidence().matched();
    meet();
    assertThat(evidence().matched()).isEqualTo(before + 1);
  }

  @Test
  void theSandwichIsTurnedRoundWhereTheCandidateIsPrimary() {
    learned();
    primary = Side.CANDIDATE;
    int[] version = {0};
    candidate = () -> "{\"n\":" + ++version[0] + "}";
    legacy = () -> "{\"n\":" + (version[0] + 1) + "}";
    meet();
    assertThat(asked)
        .singleElement()
        .satisfies(question -> {
          assertThat(question.service()).isEqualTo("next");
          assertThat(question.side()).isEqualTo(Side.CANDIDATE);
        });
    assertThat(evidence().raced()).isEqualTo(1);
  }

  @Test
  void differencesBeyondTheAllowanceStayMismatches() {
    learned();
    legacy = () -> "{\"n\":\"word " + random.nextInt() + "\"}";
    candidate = () -> "{\"n\":\"another\"}";
    int most = FamilyJudging.DIFFERENCES_AT_ONCE;
    for (int i = 0; i < most + 30; i++) {
      meet();
    }
    assertThat(asked).hasSize(most);
    assertThat(evidence().mismatched()).isEqualTo(30);
    nanos += TimeUnit.SECONDS.toNanos(1);
    for (int i = 0; i < 30; i++) {
      meet();
    }
    assertThat(asked).hasSize(most + FamilyJudging.PER_SECOND);
  }

  @Test
  void writesAreNeverAskedAgain() {
    candidate = () -> "{\"n\":2}";
    for (Endpoint each :
        List.of(
            new Endpoint("POST", "/all/{id}"),
            new Endpoint("GET", "/export"),
            new Endpoint("HEAD", "/export"),
            new Endpoint("GET", "/elsewhere"))) {
      endpoint = each;
      meet();
    }
    assertThat(asked).isEmpty();
    assertThat(evidence().mismatched()).isEqualTo(3);
    assertThat(evidence().matched()).as("of the HEAD, which has no body").isEqualTo(1);
  }

  @Test
  void whatTheRoutesCallSafeIsAskedAgain() {
    for (Endpoint each :
        List.of(
            new Endpoint("POST", "/search"),
            new Endpoint("GET", "/all/{id}"),
            new Endpoint("HEAD", "/users/{id}"))) {
      asked.clear();
      endpoint = each;
      meet();
      assertThat(asked).as("%s", each).hasSize(1);
    }
  }

  @Test
  void aSecondAnswerThatDoesNotComeLeavesADifferenceADifference() {
    learned();
    candidate = () -> "{\"n\":2}";
    failing = true;
    meet();
    assertThat(evidence().mismatched()).isEqualTo(1);
  }

  @Test
  void aSecondAnswerOfAnotherStatusExcusesNothing() {
    learned();
    candidate = () -> "{\"n\":2}";
    againStatus = 503;
    meet();
    assertThat(evidence().mismatched()).isEqualTo(1);
  }

  @Test
  void aQuestionThatIsGivenUpLeavesADifferenceADifferenceExceptAtAStop() {
    learned();
    candidate = () -> "{\"n\":2}";
    drop = Drop.MEMORY;
    meet();
    assertThat(evidence().mismatched()).isEqualTo(1);
    drop = Drop.SHUTTING_DOWN;
    meet();
    assertThat(evidence().mismatched()).isEqualTo(1);
    assertThat(evidence().skipped()).containsExactly(Map.entry(FamilyJudging.STOPPING, 1L));
    candidate = legacy;
    drawn = 0;
    meet();
    assertThat(evidence().skipped()).as("a match stays one").hasSize(1);
  }

  @Test
  void anExchangeThatComparingChokesOnIsCountedAndIsNoMatch() {
    learned();
    long before = evidence().matched();
    broken = true;
    meet();
    assertThat(evidence().matched()).isEqualTo(before);
    assertThat(evidence().skipped()).containsExactly(Map.entry("comparison-failed", 1L));
    broken = false;
    drawn = 0;
    FollowUp next = judging.judge(exchange(), book.period("users"));
    broken = true;
    follow(next);
    assertThat(evidence().skipped()).containsExactly(Map.entry("comparison-failed", 2L));
  }

  @Test
  void anExchangeOfAFamilyThatIsGoneIsNobodysAnyMore() {
    Exchange other =
        new Exchange(
            "id",
            "gone",
            3,
            USER,
            new Request("GET", "/users/1", Headers.NONE, Body.EMPTY),
            answered(Side.LEGACY, 200),
            answered(Side.CANDIDATE, 200));
    assertThat(judging.judge(other, book.period("gone"))).isNull();
    assertThat(book.evidence("gone").compared()).isZero();
    assertThat(judging.learned("gone")).isEqualTo(LearnedNoise.NOTHING);
    assertThat(judging.asked("gone", FamilyJudging.Why.LEARNING)).isZero();
  }

  @Test
  void aSideThatFailedIsNotAskedAgain() {
    Exchange failed =
        new Exchange(
            "id",
            "users",
            3,
            USER,
            new Request("GET", "/users/1", Headers.NONE, Body.EMPTY),
            answered(Side.LEGACY, 200),
            new Leg.Failed(Side.CANDIDATE, Leg.Failure.TIMEOUT, "late", Duration.ZERO));
    assertThat(judging.judge(failed, book.period("users"))).isNull();
    assertThat(evidence().mismatched()).isEqualTo(1);
  }
}
