package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What clients are held to.
@ExtendWith(Transcripts.class)
final class LimitsIT {
  private static final int SLOW = 100;
  private static final int PATIENCE_MILLIS = 30_000;
  private static final Map<String, String> FOUR =
      Map.of("X-A", "1", "X-B", "2", "X-C", "3", "X-D", "4");

  private static String config(Backend backend, String limits) {
    return "limits: { " + limits + " }\nservices: { legacy: { url: " + backend.url() + " } }\n";
  }

  private static String hits(Banyan banyan, String limit) throws Exception {
    return banyan.control().metric("banyan_limits_total{limit=\"" + limit + "\"}");
  }

  /// Asked on a connection of its own: limits are those in force when it begins.
  private static int status(Banyan banyan, String method, Map<String, String> headers, String body)
      throws IOException {
    try (Client client = banyan.client()) {
      return client.send(method, "/items", headers, body).status();
    }
  }

  @Test
  void areTakenOverFromTheFileAndCounted() throws Exception {
    try (Backend backend = Backend.named("legacy");
        Banyan banyan = Banyan.serving(config(backend, "body: 1KiB, header_count: 5"));
        Client early = banyan.client()) {
      String fits = "x".repeat(1024);
      assertThat(status(banyan, "POST", Map.of(), fits)).isEqualTo(200);
      assertThat(status(banyan, "GET", FOUR, "")).isEqualTo(200);
      assertThat(early.get("/items").status()).isEqualTo(200);
      long served = backend.count();

      assertThat(status(banyan, "POST", Map.of(), fits + "x")).isEqualTo(413);
      assertThat(status(banyan, "POST", FOUR, "x")).isEqualTo(431); // with Host and a length: six
      assertThat(backend.count()).as("requests that a service saw").isEqualTo(served);
      assertThat(hits(banyan, "body")).isEqualTo("1.0");
      assertThat(hits(banyan, "header-count")).isEqualTo("1.0");

      banyan.replace(config(backend, "body: 2KiB, header_count: 3"));
      Await.until("the new ones hold", () -> status(banyan, "POST", Map.of(), fits + "x") == 200);
      assertThat(status(banyan, "GET", FOUR, "")).isEqualTo(431);
      assertThat(early.send("GET", "/items", FOUR, "").status())
          .as("on a connection that began before")
          .isEqualTo(200);
    }
  }

  @Test
  void manyWhoSendTheirHeadsLetterByLetterKeepNobodyElseWaiting() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try (Backend backend = Backend.named("legacy");
        Banyan banyan = Banyan.serving(config(backend, "header_time: 2s"))) {
      for (int i = 0; i < SLOW; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), banyan.port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        slow.add(socket);
      }
      Thread dribble = Thread.startVirtualThread(() -> dribble(slow));
      Load load =
          Load.on(
              banyan.port(),
              4,
              (client, number) ->
                  assertThat(client.get("/items/" + number).status()).isEqualTo(200));
      try (load) {
        Await.until(
            "the slow ones are sent away", () -> hits(banyan, "header-time").equals(SLOW + ".0"));
        long before = load.done();
        Await.until("requests go on", () -> load.done() > before + 100);
      }
      assertThat(load.failures()).isEmpty();
      assertThat(new MessageReader(slow.getFirst().getInputStream()).answer(false).status())
          .isEqualTo(408);
      dribble.join();
      Await.until(
          "their connections are gone",
          () -> banyan.control().metric("banyan_client_connections").equals("0.0"));
    } finally {
      for (Socket each : slow) {
        each.close();
      }
    }
  }

  /// A letter to each from time to time, for as long as one takes them.
  private static void dribble(List<Socket> sockets) {
    String head = "GET /slow HTTP/1.1\r\nHost: a\r\nX-Slow: " + "z".repeat(1_000);
    try {
      for (byte letter : head.getBytes(StandardCharsets.US_ASCII)) {
        for (Socket each : sockets) {
          each.getOutputStream().write(letter);
        }
        Thread.sleep(100);
      }
    } catch (IOException e) {
      // The gateway has closed them: that is what it should.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
