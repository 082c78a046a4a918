package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Exchange;
import dev.banyan.migration.Side;
import dev.banyan.parity.LearnedNoise;
import dev.banyan.parity.VolatileClass;
import dev.banyan.shadow.FollowUp;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What is learned of a family's noise, and what that is good for.
class LearningTest extends JudgingScene {
  @Test
  void theFirstExchangesOfAnEndpointAreAllAskedAgainAndThenAShare() {
    meet(FamilyJudging.FIRST);
    assertThat(asked).hasSize(FamilyJudging.FIRST);
    assertThat(asked)
        .allSatisfy(question -> {
          assertThat(question.service()).isEqualTo("legacy");
          assertThat(question.side()).isEqualTo(Side.LEGACY);
          assertThat(question.request().target()).isEqualTo("/users/1");
        });
    drawn = 0.02;
    meet();
    assertThat(asked).as("outside of the share").hasSize(FamilyJudging.FIRST);
    drawn = 0.019;
    meet();
    assertThat(asked).hasSize(FamilyJudging.FIRST + 1);
    assertThat(judging.asked("users", FamilyJudging.Why.LEARNING))
        .isEqualTo(FamilyJudging.FIRST + 1);
    assertThat(evidence().matched()).isEqualTo(FamilyJudging.FIRST + 2);
  }

  @Test
  void nothingIsLearnedWhereTheShareIsNone() {
    judging.adopt(config("0%"));
    drawn = 0;
    meet(3);
    assertThat(asked).isEmpty();
    assertThat(evidence().matched()).isEqualTo(3);
  }

  @Test
  void whatIsVolatileIsNoMismatchWhileItIsLearnedAndAfterwards() {
    legacy = () -> volatileAnswer(1);
    candidate = () -> volatileAnswer(1);
    meet(FamilyJudging.FIRST + 100);
    assertThat(evidence().mismatched()).isZero();
    assertThat(evidence().compared()).isEqualTo(FamilyJudging.FIRST + 100);
    assertThat(asked).as("known noise is not asked about").hasSize(FamilyJudging.FIRST);
    assertThat(judging.learned("users").rules())
        .extracting(rule -> rule.where() + " " + rule.volatileClass().getClass().getSimpleName())
        .containsExactlyInAnyOrder("body:$.at Time", "body:$.token Token");
    assertThat(judging.learned("users").rules())
        .allMatch(rule -> rule.endpoint().equals(USER) && rule.status() == 200);
    assertThat(judging.learned("users").defects()).isEmpty();
    assertThat(judging.noise("users", USER, 200, "body:$.at", Kind.VALUE)).isEqualTo(1.0);
    assertThat(judging.noise("users", USER, 200, "body:$.n", Kind.VALUE)).isZero();
    assertThat(judging.noise("users", USER, 404, "body:$.n", Kind.VALUE)).isNull();
  }

  @Test
  void aRealDifferenceBesideNoiseIsFoundBeforeAndAfterLearning() {
    legacy = () -> volatileAnswer(1);
    candidate = () -> volatileAnswer(2);
    meet();
    assertThat(evidence().mismatched()).isEqualTo(1);
    candidate = () -> volatileAnswer(1);
    meet(FamilyJudging.FIRST);
    assertThat(evidence().mismatched()).isEqualTo(1);
    candidate = () -> volatileAnswer("\"1\"");
    meet();
    assertThat(evidence().mismatched()).isEqualTo(2);
    candidate = () -> volatileAnswer(1).replace("Z\"", "\"");
    meet();
    assertThat(evidence().mismatched()).as("a time that lost its zone").isEqualTo(3);
  }

  @Test
  void whereTheCandidateIsPrimaryClassesAreRenewedAndNothingIsProved() {
    primary = Side.CANDIDATE;
    legacy = () -> volatileAnswer(1);
    candidate = () -> volatileAnswer(2);
    meet(FamilyJudging.FIRST);
    assertThat(judging.learned("users").rules()).hasSize(2);
    assertThat(judging.learned("users").defects()).isEmpty();
    assertThat(asked).filteredOn(question -> question.side() == Side.LEGACY).hasSize(200);
    assertThat(asked)
        .as("n is another one, each time settled by the candidate")
        .filteredOn(question -> question.side() == Side.CANDIDATE)
        .hasSize(200);
    assertThat(evidence().mismatched()).isEqualTo(200);
  }

  @Test
  void aFieldThatTheCandidateHasWrongMoreOftenThanNoiseExplainsIsNeverPassedOver() {
    String[] words = {"\"one two\"", "\"two three\""};
    boolean[] faulty = {true};
    legacy = () -> "{\"n\":" + words[random.nextInt(10) < 3 ? 1 : 0] + "}";
    candidate = () -> faulty[0] ? "{\"n\":" + words[1] + "}" : legacy.get();
    meet(FamilyJudging.FIRST);
    assertThat(judging.learned("users").defects())
        .singleElement()
        .satisfies(defect -> assertThat(defect.where()).isEqualTo("body:$.n"));
    long raced = evidence().raced();
    long mismatched = evidence().mismatched();
    meet(100);
    assertThat(evidence().raced()).as("a race at a defect proves nothing").isEqualTo(raced);
    assertThat(evidence().mismatched() - mismatched).isBetween(50L, 90L);
  }

  @Test
  void aSecondThatEndedOnOneSideOnlyIsNoDefect() {
    // The clock of the candidate is half a second behind, and both tell whole seconds.
    legacy = () -> "{\"at\":\"" + START.plusSeconds(nanos / 1_000_000_000) + "\"}";
    candidate =
        () -> "{\"at\":\"" + START.plusSeconds((nanos - 500_000_000) / 1_000_000_000) + "\"}";
    for (int i = 0; i < FamilyJudging.FIRST; i++) {
      nanos += 1_370_000_000;
      FollowUp next = judging.judge(exchange(), book.period("users"));
      nanos += 100_000_000;
      follow(next);
    }
    assertThat(judging.learned("users").rules())
        .singleElement()
        .satisfies(rule -> assertThat(rule.volatileClass()).isInstanceOf(VolatileClass.Time.class));
    assertThat(judging.learned("users").defects()).isEmpty();
    long before = evidence().mismatched();
    meet(50);
    assertThat(evidence().mismatched()).isEqualTo(before);
  }

  @Test
  void asksNoMoreThanItsAllowanceAndCountsNothingWhileItKnowsTooLittle() {
    legacy = () -> volatileAnswer(1);
    candidate = () -> volatileAnswer(1);
    failing = true;
    int burst = FamilyJudging.LEARNING_AT_ONCE;
    for (int i = 0; i < burst + 50; i++) {
      Exchange each = exchange();
      long now = nanos;
      follow(judging.judge(each, book.period("users")));
      nanos = now;
    }
    assertThat(asked.size()).isLessThan(burst + 50);
    assertThat(evidence().compared()).isZero();
    assertThat(evidence().skipped())
        .containsExactly(Map.entry(FamilyJudging.NOISE_UNKNOWN, burst + 50L));
  }

  @Test
  void aResetForgetsWhatWasLearned() {
    legacy = () -> volatileAnswer(1);
    candidate = () -> volatileAnswer(1);
    learned();
    assertThat(judging.learned("users").rules()).isNotEmpty();
    long before = book.period("users");
    Exchange old = exchange();
    book.reset("users", START);
    assertThat(judging.learned("users")).isEqualTo(LearnedNoise.NOTHING);
    assertThat(judging.judge(old, before)).as("of a period that is over").isNull();
    assertThat(evidence().compared()).isZero();
    meet();
    assertThat(asked).as("it learns again").hasSize(1);
  }

  @Test
  void otherSidesForgetWhatWasLearned() {
    learned();
    book.compares("users", "others than before", START);
    meet();
    assertThat(asked).hasSize(1);
  }

  @Test
  void aReloadKeepsWhatWasLearned() {
    learned();
    judging.adopt(config("3%"));
    meet();
    assertThat(asked).isEmpty();
    drawn = 0.025;
    meet();
    assertThat(asked).hasSize(1);
  }
}
