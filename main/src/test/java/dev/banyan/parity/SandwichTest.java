package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Side;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a second answer of the primary settles, and what it does not.
class SandwichTest {
  private static final Comparison COMPARISON = Comparison.of();
  private static final Endpoint ITEMS = new Endpoint("GET", "/items/{id}");

  private static Verdict settled(Exchange exchange, String again) {
    return COMPARISON.sandwich(exchange, Answers.json(200, again), Tolerance.NONE, _ -> false);
  }

  private static Exchange exchange(Side primary, String legacy, String candidate) {
    Leg left = Answers.answered(Side.LEGACY, Answers.json(200, legacy));
    Leg right = Answers.answered(Side.CANDIDATE, Answers.json(200, candidate));
    boolean turned = primary == Side.CANDIDATE;
    return Answers.exchange(
        new Request("GET", "/items/1", Headers.NONE, Body.EMPTY),
        ITEMS,
        turned ? right : left,
        turned ? left : right);
  }

  @Test
  void aSandwichIsTurnedRoundWhereTheCandidateIsPrimary() {
    Exchange turned = exchange(Side.CANDIDATE, "{\"a\":1}", "{\"a\":2,\"b\":1}");
    assertThat(settled(turned, "{\"a\":1}")).isInstanceOf(Verdict.Raced.class);
    assertThat(Answers.found(settled(turned, "{\"a\":3,\"b\":1}")))
        .as("its own noise at a, and none at b")
        .containsExactly("body:$.b extra risky");
    assertThat(settled(turned, "{\"a\":3}")).as("raced at b").isInstanceOf(Verdict.Raced.class);
  }

  @Test
  void onlyTheSameKindOfDisagreementExcusesADifference() {
    Exchange lost = exchange(Side.LEGACY, "{\"at\":\"x1\",\"n\":1}", "{\"n\":1}");
    assertThat(Answers.found(settled(lost, "{\"at\":\"x2\",\"n\":1}")))
        .containsExactly("body:$.at missing breaking");
    Exchange text = exchange(Side.LEGACY, "{\"at\":1}", "{\"at\":\"2\"}");
    assertThat(Answers.found(settled(text, "{\"at\":3}")))
        .containsExactly("body:$.at type breaking");
  }

  @Test
  void aStatusThatIsAnotherEachTimeExcusesNothing() {
    Response fine = Answers.json(200, "{}");
    Verdict verdict = COMPARISON.sandwich(fine, Answers.json(500, "{}"), Answers.json(429, "{}"));
    assertThat(Answers.found(verdict)).containsExactly("status value breaking");
    assertThat(COMPARISON.sandwich(fine, Answers.json(404, "{}"), Answers.json(404, "{}")))
        .as("deleted in between")
        .isInstanceOf(Verdict.Raced.class);
  }

  @Test
  void whatIsProvedToBeADefectIsNeitherNoiseNorARace() {
    Exchange exchange = exchange(Side.LEGACY, "{\"a\":1}", "{\"a\":2}");
    for (String again : List.of("{\"a\":2}", "{\"a\":3}")) {
      Verdict verdict =
          COMPARISON.sandwich(
              exchange,
              Answers.json(200, again),
              Tolerance.NONE,
              difference -> difference.where().equals("body:$.a"));
      assertThat(Answers.found(verdict)).containsExactly("body:$.a value breaking");
    }
  }

  @Test
  void aSandwichPassesOverWhatIsKnownToBeNoise() {
    Tolerance volatileAt = difference -> difference.where().equals("body:$.at");
    Exchange exchange = exchange(Side.LEGACY, "{\"at\":1,\"n\":1}", "{\"at\":2,\"n\":2}");
    Verdict raced =
        COMPARISON.sandwich(
            exchange, Answers.json(200, "{\"at\":3,\"n\":2}"), volatileAt, _ -> false);
    assertThat(raced).isInstanceOf(Verdict.Raced.class);
  }
}
