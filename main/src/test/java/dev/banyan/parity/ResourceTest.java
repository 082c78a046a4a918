package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import org.junit.jupiter.api.Test;

class ResourceTest {
  private static Request write(String method, String target) {
    return new Request(method, target, Headers.of("Host", "shop.example:8080"), Body.EMPTY);
  }

  private static Response located(String location) {
    return Answers.answer(201, "", "Location", location);
  }

  @Test
  void isTheRequestsOwnPathUnlessSomethingIsMade() {
    assertThat(Resource.path(write("DELETE", "/users/7?force=1"), Answers.json(204, "{\"id\":9}")))
        .contains("/users/7");
  }

  @Test
  void isWhatLocationNamesElseTheIdBelowThePath() {
    Request post = write("POST", "/users/?a=b");
    assertThat(Resource.path(post, located("/users/9"))).contains("/users/9");
    assertThat(Resource.path(post, located("9?x=1"))).contains("/users/9");
    assertThat(Resource.path(post, located("http://shop.example/users/9"))).contains("/users/9");
    assertThat(Resource.path(post, Answers.json(201, "{\"id\":\"a-9\"}"))).contains("/users/a-9");
  }

  @Test
  void isUnknownWhereNothingTellsOrAnotherHostIsNamed() {
    Request post = write("POST", "/users");
    assertThat(Resource.path(post, Answers.json(201, "{}"))).isEmpty();
    assertThat(Resource.path(post, Answers.json(201, "{\"id\":\"../x\"}"))).isEmpty();
    assertThat(Resource.path(post, located("https://cdn.example/users/9"))).isEmpty();
    assertThat(Resource.path(post, located("::"))).isEmpty();
  }
}
