package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdTranslationTest {
  private final IdMap ids = new IdMap(IdMap.Limits.STANDARD);

  @BeforeEach
  void learn() {
    ids.learn("users", "7", "107");
    ids.learn("users", "8", "u-108");
    ids.learn("categories", "7", "507");
  }

  private static Request request(String target, String type, String body) {
    return new Request(
        "PUT",
        target,
        Headers.of("Content-Type", type, "Content-MD5", "x"),
        Body.of(body.getBytes(StandardCharsets.UTF_8)));
  }

  private Request translated(Request request) {
    return ids.translate(request).orElseThrow();
  }

  private String body(String target, String type, String body) {
    byte[] bytes = translated(request(target, type, body)).body().toByteArray();
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private String json(String body) {
    return body("/orders", "application/json", body);
  }

  @Test
  void replacesIdsInTheLeavesOfJsonByTheirNamesAndKeepsEveryOtherByte() {
    assertThat(json("{ \"userId\" : 7 , \"n\": 1.0, \"count\":7,\"user_id\":\"7\"}"))
        .isEqualTo("{ \"userId\" : 107 , \"n\": 1.0, \"count\":7,\"user_id\":\"107\"}");
    assertThat(json("{\"user\":{\"id\":7,\"age\":7},\"categoryId\":7,\"userIds\":[7,9,8]}"))
        .isEqualTo(
            "{\"user\":{\"id\":107,\"age\":7},\"categoryId\":507,\"userIds\":[107,9,\"u-108\"]}");
    assertThat(json("{\"users\":[{\"id\":7}],\"userCount\":7,\"ownerUserId\":7}"))
        .isEqualTo("{\"users\":[{\"id\":107}],\"userCount\":7,\"ownerUserId\":107}");
  }

  @Test
  void anIdAtTheTopIsOfTheTypeThatThePathEndsIn() {
    assertThat(body("/api/users/7?x=1", "application/json", "{\"id\":7}"))
        .isEqualTo("{\"id\":107}");
    assertThat(json("{\"id\":7}")).isEqualTo("{\"id\":7}");
  }

  @Test
  void replacesPathQueryAndForm() {
    Request form =
        translated(
            request(
                "/users/7/posts?category_id=7&page=7",
                "application/x-www-form-urlencoded",
                "user_id=7&n=7&flag"));
    assertThat(form.target()).isEqualTo("/users/107/posts?category_id=507&page=7");
    assertThat(new String(form.body().toByteArray(), StandardCharsets.UTF_8))
        .isEqualTo("user_id=107&n=7&flag");
  }

  @Test
  void leavesWhatItCanNotReadAndDropsDigestsOfWhatItChanged() {
    assertThat(json("{\"userId\":7")).isEqualTo("{\"userId\":7");
    assertThat(body("/x", "text/plain", "userId=7")).isEqualTo("userId=7");
    Request same = request("/x", "application/json", "{\"a\":7}");
    assertThat(translated(same).headers().first("content-md5")).contains("x");
    Request changed = request("/x", "application/json", "{\"userId\":7}");
    assertThat(translated(changed).headers().first("content-md5")).isEmpty();
  }

  @Test
  void anIdWithoutAPartnerThatLooksLikeAnothersPartnerIsNotGuessed() {
    assertThat(ids.translate(request("/users/107", "application/json", "{}"))).isEmpty();
    assertThat(ids.translate(request("/x", "application/json", "{\"userId\":107}"))).isEmpty();
    assertThat(ids.translate(request("/users/9", "application/json", "{\"count\":107}")))
        .isPresent();
  }

  @Test
  void anIdThatWouldMakeAnotherPathOfItIsNotWritten() {
    for (String odd : List.of("../admin", "..", "1?x=y", "1 HTTP/1.1\r\nX: y", "a#b", "1&x=2")) {
      IdMap odds = new IdMap(IdMap.Limits.STANDARD);
      odds.learn("users", "7", odd);
      assertThat(odds.translate(request("/users/7", "text/plain", ""))).as(odd).isEmpty();
      assertThat(odds.translate(request("/x?userId=7", "text/plain", ""))).as(odd).isEmpty();
      assertThat(odds.translate(request("/x?to=/a?b", "text/plain", ""))).as(odd).isPresent();
    }
  }

  @Test
  void whatIsFarTooLongForAnIdIsNotLearned() {
    IdMap none = new IdMap(IdMap.Limits.STANDARD);
    assertThat(none.learn("users", "1".repeat(IdMap.LONGEST + 1), "2")).isEmpty();
    assertThat(none.learn("users", "1", "2".repeat(IdMap.LONGEST + 1))).isEmpty();
    assertThat(none.knows("users")).isFalse();
  }

  @Test
  void afterARenewalFormerPairsGiveWayWithoutADifference() {
    ids.renew();
    assertThat(translated(request("/users/7", "text/plain", "")).target()).isEqualTo("/users/107");
    assertThat(ids.learn("users", "9", "107")).isEmpty();
    assertThat(translated(request("/users/9", "text/plain", "")).target()).isEqualTo("/users/107");
    assertThat(ids.learn("users", "8", "u-108")).isEmpty();
    assertThat(ids.learn("users", "8", "u-109")).as("met again since").isPresent();
  }

  @Test
  void takesLinksToPartnersForTheSame() {
    assertThat(
            Answers.found(
                Comparison.of()
                    .compare(
                        Answers.json(200, "{\"self\":\"/users/7\",\"next\":\"/users/8\"}"),
                        Answers.json(200, "{\"self\":\"/users/107\",\"next\":\"/users/107\"}"),
                        ids.tolerance(new Endpoint("GET", "/users/{id}")))))
        .containsExactly("body:$.next value breaking");
  }
}
