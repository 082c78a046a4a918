package dev.banyan.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CapturesTest {
  private final Captures captures = new Captures();

  private void answered(String target, String played, String mine) {
    captures.learn(target, json(played), json(mine));
  }

  private static Response json(String body) {
    return new Response(200, Headers.of("Content-Type", "application/json"), Body.of(bytes(body)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String sent(String body) {
    Request request =
        new Request(
            "POST",
            "/orders",
            Headers.of("Content-Type", "application/json"),
            Body.of(bytes(body)));
    return new String(captures.apply(request).body().toByteArray(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({
    "/users/7, /users/9",
    "/users/7/orders?userId=7, /users/9/orders?userId=9",
    "/orders/7, /orders/7",
    "/orders?page=7, /orders?page=7",
    "/orders?productId=7, /orders?productId=7",
    "/orders?ownerId=7, /orders?ownerId=9",
    "/users/17, /users/17"
  })
  void aShortNumberIsAnIdOfItsOwnTypeOnly(String target, String own) {
    answered("/users", "{\"id\":7}", "{\"id\":9}");
    assertThat(captures.target(target)).isEqualTo(own);
  }

  @Test
  void aShortNumberInABodyIsAnIdOfItsOwnTypeOnly() {
    answered("/users", "{\"id\":7}", "{\"id\":9}");
    assertThat(sent("{\"userId\":7,\"productId\":7,\"number\":7,\"quantity\":7,\"createdBy\":7}"))
        .isEqualTo("{\"userId\":9,\"productId\":7,\"number\":7,\"quantity\":7,\"createdBy\":9}");
  }

  @Test
  void anIdThatAnActionAnsweredIsFoundBehindAnotherWord() {
    answered("/signup", "{\"id\":7}", "{\"id\":9}");
    assertThat(captures.target("/accounts/7")).isEqualTo("/accounts/9");
  }

  @Test
  void aLongNumberIsAnIdWhereverIdsStand() {
    answered("/users", "{\"id\":1000007}", "{\"id\":1000009}");
    assertThat(captures.target("/accounts/1000007")).isEqualTo("/accounts/1000009");
  }

  @Test
  void pathsInFieldsHoldTheIdsOfTheSide() {
    answered("/api/users", "{\"@id\":\"/api/users/7\"}", "{\"@id\":\"/api/users/9\"}");
    assertThat(sent("{\"owner\":\"/api/users/7\",\"item\":\"/api/items/7\"}"))
        .isEqualTo("{\"owner\":\"/api/users/9\",\"item\":\"/api/items/7\"}");
  }
}
