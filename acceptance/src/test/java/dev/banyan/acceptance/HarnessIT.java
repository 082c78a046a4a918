package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// The instruments themselves, without the program between: a client that is asked of a backend
/// directly must see exactly what the script says, or no other test here means anything.
final class HarnessIT {

  @Test
  void aBackendDoesWhatItsScriptSays() throws Exception {
    try (Backend backend = Backend.named("one")) {
      try (Client client = backend.client()) {
        Message answer = client.get("/a?b=c");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.server()).isEqualTo("one");
        assertThat(answer.body()).isEqualTo("{\"target\":\"/a?b=c\"}");
        assertThat(client.send("HEAD", "/a", Map.of(), "").body()).isEmpty();
        assertThat(client.post("/a", "{}").status()).isEqualTo(200);
        backend.behave(request -> Reply.error());
        assertThat(client.get("/a").status()).isEqualTo(500);
        backend.behave(request -> new Reply.Late(Duration.ofMillis(50), Reply.plain(request)));
        assertThat(client.get("/late").body()).contains("/late");
        backend.behave(request -> new Reply.Reset());
        assertThatThrownBy(() -> client.get("/a")).isInstanceOf(IOException.class);
        backend.behave(request -> new Reply.Half());
        assertThatThrownBy(() -> client.get("/a")).isInstanceOf(IOException.class);
        assertThat(backend.count()).isEqualTo(7);
        assertThat(backend.count(request -> request.method().equals("POST"))).isEqualTo(1);
        backend.refuse();
        assertThatThrownBy(() -> client.get("/a")).isInstanceOf(IOException.class);
        backend.accept();
        backend.behave(Reply::plain);
        assertThat(client.get("/again").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aLoadCountsWhatWentWellAndNotesWhatDidNot() throws Exception {
    try (Backend backend = Backend.named("one")) {
      Load load =
          Load.on(
              backend.port(),
              4,
              (client, number) ->
                  assertThat(client.get("/" + number).status())
                      .as("request %s", number)
                      .isEqualTo(number == 7 ? 201 : 200));
      try (load) {
        Await.until("a thousand requests", () -> load.done() >= 1_000);
      }
      assertThat(load.failures()).hasSize(1);
      assertThat(load.failures().getFirst()).contains("request 7");
      assertThat(backend.count()).isEqualTo(load.done() + 1);
    }
  }

  @Test
  void aProcessIsFoundByItsMarkHoweverFarItHasGone() throws Exception {
    assumeTrue(Offspring.canBeSeen(), "needs /proc");
    Offspring offspring = new Offspring("bt" + UUID.randomUUID());
    ProcessBuilder builder = new ProcessBuilder("setsid", "sh", "-c", "setsid sleep 100 & sleep 0");
    builder.environment().put("MARK", offspring.mark());
    assertThat(builder.start().waitFor()).isZero();

    Await.passes(
        () -> assertThat(offspring.alive()).singleElement().asString().contains("sleep 100"));
    offspring.end();
    Await.passes(() -> assertThat(offspring.alive()).isEmpty());
  }
}
