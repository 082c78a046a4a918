package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A service in two places, one of which dies and comes back.
@ExtendWith(Transcripts.class)
final class AddressesIT {
  private static final int CONNECTIONS = 8;

  private static String addresses(String state) {
    return "banyan_upstream_addresses{service=\"legacy\",state=\"" + state + "\"}";
  }

  @Test
  void clientsNoticeNothingOfAnAddressThatDiesUnderLoadAndComesBack() throws Exception {
    try (Backend one = Backend.named("one");
        Backend two = Backend.named("two");
        Banyan banyan =
            Banyan.serving(
                "services:\n  legacy: { url: [\"%s\", \"%s\"] }\n"
                    .formatted(one.url(), two.url()))) {
      Load load =
          Load.on(
              banyan.port(),
              CONNECTIONS,
              (client, number) ->
                  assertThat(client.get("/items/" + number).status()).isEqualTo(200));
      try (load) {
        Await.until("both are asked", () -> one.count() > 100 && two.count() > 100);

        one.refuse();
        Await.until(
            "the dead one is ejected",
            () -> banyan.control().metric(addresses("ejected")).equals("1.0"));
        assertThat(banyan.control().metric(addresses("serving"))).isEqualTo("1.0");
        assertThat(banyan.control().metric("banyan_upstream_ejections_total{service=\"legacy\"}"))
            .isEqualTo("1.0");

        long before = one.count();
        one.accept();
        Await.until("it is asked again", () -> one.count() > before + 100);
        assertThat(banyan.control().metric(addresses("serving"))).isEqualTo("2.0");
      }
      assertThat(load.failures()).isEmpty();
      assertThat(banyan.control().metric("banyan_requests_sent_twice_total")).isEqualTo("0.0");
    }
  }

  @Test
  void anAddressThatIsNotWellGetsNothingUntilItIs() throws Exception {
    try (Backend one = Backend.named("one");
        Backend two = Backend.named("two");
        Banyan banyan =
            Banyan.serving(
                "services:\n  legacy: { url: [\"%s\", \"%s\"], health: /healthz }\n"
                    .formatted(one.url(), two.url()));
        Client client = banyan.client()) {
      one.behave(request ->
          request.target().equals("/healthz")
              ? new Reply.Whole(503, Map.of(), "")
              : Reply.plain(request));
      Await.until(
          "it counts as unhealthy",
          () -> banyan.control().metric(addresses("unhealthy")).equals("1.0"));
      for (int i = 0; i < 50; i++) {
        assertThat(client.get("/items/" + i).server()).isEqualTo("two");
      }
      one.behave(Reply::plain);
      Await.until(
          "it counts as well again",
          () -> banyan.control().metric(addresses("serving")).equals("2.0"));
      Await.until("it is asked again", () -> client.get("/items/1").server().equals("one"));
    }
  }
}
