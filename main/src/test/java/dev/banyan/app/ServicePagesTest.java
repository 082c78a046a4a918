package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServicePagesTest {
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ServicePages pages = new ServicePages(executor);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(executor);
    page("/good", 200, "process_cpu_seconds_total 2.5\n".getBytes(StandardCharsets.US_ASCII));
    page("/missing", 404, "process_cpu_seconds_total 2.5\n".getBytes(StandardCharsets.US_ASCII));
    page("/long", 200, new byte[ServicePages.MOST + 1]);
    server.createContext(
        "/trickling",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("process_cpu".getBytes(StandardCharsets.US_ASCII));
          exchange.getResponseBody().flush();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
  }

  private void page(String path, int status, byte[] body) {
    server.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(status, body.length);
          try (exchange) {
            exchange.getResponseBody().write(body);
          }
        });
  }

  @AfterEach
  void stop() {
    over.countDown();
    pages.close();
    server.stop(0);
    executor.shutdownNow();
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  @Test
  void readsAPage() throws IOException {
    assertThat(pages.fetch(at("/good")).cpuSeconds()).hasValue(2.5);
  }

  @Test
  void isBoundedInTimeAndLength() {
    assertThatThrownBy(() -> pages.fetch(at("/missing"))).hasMessageContaining("404");
    assertThatThrownBy(() -> pages.fetch(at("/long"))).hasMessageContaining("longer than");
    assertThatThrownBy(() -> pages.fetch(at("/trickling"))).hasMessageContaining("within 2 s");
  }
}
