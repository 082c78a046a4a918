package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdMapTest {
  private static final Endpoint ORDERS = new Endpoint("GET", "/orders/{id}");
  private static final Endpoint NEW_USER = new Endpoint("POST", "/api/users");

  private final IdMap ids = new IdMap(IdMap.Limits.STANDARD);

  private List<String> compare(String legacy, String candidate) {
    return Answers.found(
        Comparison.of()
            .compare(
                Answers.json(200, legacy), Answers.json(200, candidate), ids.tolerance(ORDERS)));
  }

  @Test
  void learnsFromTheAnswersToAWrite() {
    assertThat(
            ids.learn(
                NEW_USER, Answers.json(201, "{\"id\":7}"), Answers.json(201, "{\"id\":\"u-107\"}")))
        .isEmpty();
    assertThat(ids.translate("/api/users/7?x=1")).isEqualTo("/api/users/u-107?x=1");
  }

  @Test
  void learnsFromALocationWhereTheBodyHasNoId() {
    assertThat(
            ids.learn(
                NEW_USER,
                Answers.answer(201, "", "Location", "https://old/users/7/"),
                Answers.answer(201, "", "Location", "/users/107?x=1")))
        .isEmpty();
    assertThat(ids.translate("/users/7")).isEqualTo("/users/107");
  }

  @Test
  void translatesPathsAndQueriesByType() {
    ids.learn("users", "7", "107");
    ids.learn("categories", "7", "507");
    assertThat(ids.translate("/users/7/orders/7")).isEqualTo("/users/107/orders/7");
    assertThat(ids.translate("/orders?user_id=7&categoryId=7&page=7"))
        .isEqualTo("/orders?user_id=107&categoryId=507&page=7");
  }

  @Test
  void takesPartnersInBodiesForTheSameAndFindsEverySwappedReference() {
    ids.learn("users", "7", "107");
    ids.learn("users", "8", "108");
    ids.learn("orders", "1", "1001");
    assertThat(compare("{\"id\":1,\"userId\":7}", "{\"id\":1001,\"userId\":107}")).isEmpty();
    assertThat(compare("{\"id\":1,\"user\":{\"id\":7}}", "{\"id\":1001,\"user\":{\"id\":107}}"))
        .isEmpty();
    assertThat(compare("{\"id\":1,\"userId\":7}", "{\"id\":1001,\"userId\":108}"))
        .containsExactly("body:$.userId value breaking");
    assertThat(compare("{\"id\":1,\"userId\":7}", "{\"id\":107,\"userId\":107}"))
        .containsExactly("body:$.id value breaking");
    assertThat(compare("{\"id\":1,\"userId\":7}", "{\"id\":1001,\"userId\":\"107\"}"))
        .containsExactly("body:$.userId type breaking");
    assertThat(compare("{\"id\":1,\"count\":7}", "{\"id\":1001,\"count\":107}"))
        .containsExactly("body:$.count value breaking");
  }

  @Test
  void pairsElementsWhoseIdsArePartnersHoweverTheyAreShuffled() {
    List<String> legacy = new ArrayList<>();
    List<String> candidate = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      ids.learn("orders", "" + i, "" + (199 - i));
      ids.learn("users", "" + i, "u-" + i);
      legacy.add(order("" + i, "\"" + i + "\"", i));
      candidate.add(order("" + (199 - i), "\"u-" + i + "\"", i == 77 ? 1_000 : i));
    }
    Collections.shuffle(candidate, new Random(4));
    assertThat(compare(legacy.toString(), candidate.toString()))
        .containsExactly("body:$[*].total value breaking", "body:$ order risky");
    candidate.replaceAll(order -> order.replace("\"u-5\"", "\"u-6\""));
    assertThat(compare(legacy.toString(), candidate.toString()))
        .containsExactlyInAnyOrder(
            "body:$[*].total value breaking",
            "body:$[*].user.id value breaking",
            "body:$ order risky");
  }

  private static String order(String id, String user, int total) {
    return "{\"id\":%s,\"user\":{\"id\":%s},\"total\":%d}".formatted(id, user, total);
  }

  @Test
  void anElementWhosePartnerIsGoneIsTheOneThatIsMissing() {
    for (int i = 0; i < 9; i++) {
      ids.learn("orders", "" + i, "c" + i);
    }
    assertThat(
            Answers.differences(
                Comparison.of()
                    .compare(
                        Answers.json(200, "[{\"id\":\"1\"},{\"id\":\"2\"},{\"id\":\"3\"}]"),
                        Answers.json(200, "[{\"id\":\"c3\"},{\"id\":\"c1\"}]"),
                        ids.tolerance(ORDERS).or(Tolerance.NONE))))
        .extracting(Difference::where, Difference::kind, Difference::legacy)
        .contains(tuple("body:$[*]", Difference.Kind.MISSING, "{\"id\":\"2\"}"))
        .noneMatch(found -> found.toList().contains("body:$[*].id"));
  }

  @Test
  void pairsListsOfIds() {
    for (int i = 0; i < 9; i++) {
      ids.learn("users", "" + i, "10" + i);
    }
    assertThat(compare("{\"userIds\":[1,2,3]}", "{\"userIds\":[103,101,102]}"))
        .containsExactly("body:$.userIds order risky");
    assertThat(compare("{\"userIds\":[1,2,3]}", "{\"userIds\":[103,101,107]}"))
        .contains("body:$.userIds[*] missing breaking", "body:$.userIds[*] extra breaking");
  }

  @Test
  void takesPartnersInALocationForTheSame() {
    ids.learn("orders", "1", "1001");
    assertThat(
            Comparison.of()
                .compare(
                    Answers.answer(201, "", "Location", "/orders/1"),
                    Answers.answer(201, "", "Location", "/orders/1001"),
                    ids.tolerance(ORDERS)))
        .isInstanceOf(Verdict.Match.class);
  }

  @Test
  void aSecondPartnerOnEitherSideIsABreakingDifference() {
    assertThat(ids.learn("users", "7", "107")).isEmpty();
    assertThat(ids.learn("users", "7", "107")).isEmpty();
    assertThat(ids.learn("orders", "7", "107")).isEmpty();
    assertThat(ids.learn("users", "7", "108"))
        .contains(new Difference("id:users", Difference.Kind.VALUE, Severity.BREAKING, "7", "108"));
    assertThat(ids.learn("users", "8", "107"))
        .contains(new Difference("id:users", Difference.Kind.VALUE, Severity.BREAKING, "7", "107"));
  }

  @Test
  void forgetsTheOldestPastItsLimit() {
    IdMap small = new IdMap(new IdMap.Limits(1, 2));
    for (int i = 0; i < 5; i++) {
      assertThat(small.learn("users", "l" + i, "c" + i)).isEmpty();
    }
    small.learn("orders", "1", "2");
    assertThat(small.translate("/users/l4/orders/1")).isEqualTo("/users/c4/orders/1");
    assertThat(small.translate("/users/l0")).isEqualTo("/users/l0");
    assertThat(small.learn("users", "new", "c0")).isEmpty();
  }
}
