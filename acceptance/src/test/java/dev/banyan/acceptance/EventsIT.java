package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

@ExtendWith(Transcripts.class)
final class EventsIT {

  /// What a listener has heard so far.
  private static final class Listener {
    private record Event(String name, JsonNode data) {}

    private final Queue<Event> heard = new ConcurrentLinkedQueue<>();

    void listen(Stream<String> lines) {
      String[] name = {""};
      lines.forEach(line -> {
        if (line.startsWith("event:")) {
          name[0] = line.substring(6).strip();
        } else if (line.startsWith("data:")) {
          heard.add(new Event(name[0], Control.json(line.substring(5).strip())));
        }
      });
    }

    List<JsonNode> of(String name) {
      return heard.stream().filter(each -> each.name().equals(name)).map(Event::data).toList();
    }
  }

  @Test
  void tellsEveryListenerOfChangesDecisionsAndNumbers() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items());
        Client client = banyan.client()) {
      Control control = banyan.control();
      List<Listener> listeners = List.of(new Listener(), new Listener());
      for (Listener listener : listeners) {
        HttpResponse<Stream<String>> stream = control.stream("/api/v1/events");
        assertThat(stream.statusCode()).isEqualTo(200);
        assertThat(stream.headers().firstValue("content-type").orElse(""))
            .startsWith("text/event-stream");
        Thread.ofVirtual().name("listener").start(() -> listener.listen(stream.body()));
      }

      control.promote("items", "reason", "heard by all").done();

      for (Listener listener : listeners) {
        Await.passes(() -> {
          client.get("/items/" + System.nanoTime());
          assertThat(listener.of("family"))
              .anySatisfy(family -> {
                assertThat(family.path("name").asString("")).isEqualTo("items");
                assertThat(family.path("phase").asString("")).isEqualTo("shadow");
                assertThat(family.path("parity").path("compared").asLong()).isPositive();
              });
          assertThat(listener.of("ledger"))
              .anySatisfy(
                  entry -> assertThat(entry.path("reason").asString("")).isEqualTo("heard by all"));
        });
      }
    }
  }
}
