package dev.banyan.dual;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TouchesTest {
  private static final Touches TOUCHES =
      new Touches(List.of("path:id", "body:$.customer", "body:$.to.account"));

  private static Set<String> of(String target, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return TOUCHES.of("/orders/{id}", new Request("PUT", target, Headers.NONE, Body.of(bytes)));
  }

  @Test
  void eachRuleThatFindsSomethingGivesAKey() {
    assertThat(of("/orders/42?id=7", "{\"customer\":17,\"to\":{\"account\":\"x y\"}}"))
        .containsExactlyInAnyOrder("path:id=42", "body:$.customer=17", "body:$.to.account=x y");
    assertThat(of("/orders/a%2Fb+c", "not json")).containsExactly("path:id=a/b+c");
  }

  @Test
  void bigNumbersKeepTheirDigits() {
    assertThat(of("/orders", "{\"customer\":9007199254740993}"))
        .containsExactly("body:$.customer=9007199254740993");
  }

  @Test
  void whatNoRuleFindsMayTouchAnything() {
    assertThat(of("/orders", "")).containsExactly(DirtyKeys.WHOLE);
    assertThat(of("/orders", "{\"customer\":null,\"to\":{\"account\":[1]}}"))
        .containsExactly(DirtyKeys.WHOLE);
  }

  @Test
  void whatNoStoreCanKeepMeansTheWholeFamily() {
    assertThat(of("/orders/%00", "")).containsExactly(DirtyKeys.WHOLE);
    assertThat(of("/orders/" + "x".repeat(300), "")).containsExactly(DirtyKeys.WHOLE);
    assertThat(of("/orders/1", "{\"customer\":\"\\ud800\"}")).containsExactly(DirtyKeys.WHOLE);
  }

  @Test
  void rulesAreOfTwoKinds() {
    assertThat(Touches.isRule("path:id")).isTrue();
    assertThat(Touches.isRule("body:$.a.b")).isTrue();
    assertThat(Touches.isRule("body:$")).isFalse();
    assertThat(Touches.isRule("body:$.a[0]")).isFalse();
    assertThat(Touches.isRule("header:x")).isFalse();
  }
}
