package dev.banyan.demo.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.demo.shop.Answer;
import dev.banyan.demo.shop.Shop;
import dev.banyan.demo.shop.ShopServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class TrafficTest {
  @Test
  void everyUnexpectedStatusIsCounted() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Shop broken =
        call -> {
          asked.incrementAndGet();
          return Answer.json(500, "{}");
        };
    Count count = new Count();
    try (ShopServer server = ShopServer.start(0, broken);
        Traffic _ = Traffic.start(server.port(), 500, count, new Receipts())) {
      await(() -> count.total() >= 100);
    }
    assertThat(count.failed()).isEqualTo(count.total()).isEqualTo(asked.get());
    assertThat(count.failures().getFirst()).contains("was answered 500");
  }

  @Test
  void anAnswerOtherThanExpectedIsCountedEvenIfItIsFine() throws Exception {
    Count count = new Count();
    try (ShopServer server = ShopServer.start(0, call -> Answer.json(200, "[]"));
        Traffic _ = Traffic.start(server.port(), 500, count, new Receipts())) {
      await(() -> count.total() >= 300);
    }
    assertThat(count.failures()).anyMatch(failure -> failure.contains("/cancel was answered 200"));
    assertThat(count.failed()).isLessThan(count.total());
  }

  @Test
  void brokenAndRefusedConnectionsAreCounted() throws Exception {
    Count count = new Count();
    ServerSocket listening = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    try (Traffic _ = Traffic.start(listening.getLocalPort(), 200, count, new Receipts())) {
      try (listening;
          Socket accepted = listening.accept()) {
        accepted
            .getOutputStream()
            .write(
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      }
      await(() -> count.failed() >= 20);
    }
    assertThat(count.failed()).isEqualTo(count.total());
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 3000 && !condition.getAsBoolean(); i++) {
      Thread.sleep(20);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }
}
