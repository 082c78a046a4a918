package dev.banyan.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A service that honours `Idempotency-Key`: what comes again by the same key gets the same answer,
/// and is not carried out again. It can be stopped and started at one port, and made to refuse.
final class KeyedService implements AutoCloseable {

  /// @param unit the client
  /// @param again whether the key was known
  record Seen(String key, String unit, String method, String target, String body, boolean again) {}

  /// Every request that came.
  final List<Seen> seen = new CopyOnWriteArrayList<>();

  /// What was carried out, in order: the bodies.
  final List<String> done = new CopyOnWriteArrayList<>();

  private final Map<String, Integer> known = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String name;
  private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private @Nullable HttpServer server;

  /// Says what to answer instead of carrying a write out; null to carry it out.
  volatile Function<Seen, @Nullable Integer> refusing = _ -> null;

  /// Whether it carries a write out and then breaks the connection off.
  volatile boolean falls;

  /// Held back until it opens.
  volatile CountDownLatch gate = new CountDownLatch(0);

  KeyedService(String name) throws IOException {
    this.name = name;
    start();
  }

  int port() {
    return address.getPort();
  }

  void start() throws IOException {
    HttpServer made = HttpServer.create(address, 0);
    address = made.getAddress();
    made.setExecutor(threads);
    made.createContext("/", this::handle);
    made.start();
    server = made;
  }

  void stop() {
    if (server != null) {
      server.stop(0);
      server = null;
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String key = header(exchange, "Idempotency-Key");
      gate.await();
      Integer status;
      synchronized (this) {
        status = known.get(key);
        Seen request =
            new Seen(
                key,
                header(exchange, "X-Unit"),
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                body,
                status != null);
        seen.add(request);
        if (status == null) {
          status = refusing.apply(request);
          if (status == null) {
            done.add(body);
            status = 201;
            known.put(key, status);
          }
        }
      }
      if (falls) {
        return; // nothing of an answer
      }
      byte[] answer = (name + " " + body).getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("X-Served-By", name);
      exchange.sendResponseHeaders(status, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  @Override
  public void close() {
    gate.countDown();
    stop();
    threads.shutdownNow();
  }
}
