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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A service with rows under `/things`, and ids that begin where the test says. It remembers every
/// request that it got, and can be made to do wrong what its answers do not tell.
final class Rows implements AutoCloseable {

  record Seen(String method, String target, Map<String, List<String>> headers, String body) {
    @Nullable String header(String name) {
      List<String> values = headers.get(name);
      return values == null ? null : values.getFirst();
    }

    boolean isWrite() {
      return !List.of("GET", "HEAD", "OPTIONS").contains(method) || target.equals("/export");
    }
  }

  final List<Seen> seen = new CopyOnWriteArrayList<>();
  final Map<String, String> rows = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final AtomicLong nextId;

  volatile boolean keepsWhatIsDeleted;
  volatile boolean confusesOwners;

  /// What is echoed to OPTIONS, and to writes marked as dry runs.
  volatile @Nullable String word;

  volatile boolean honours;

  Rows(long firstId) throws IOException {
    nextId = new AtomicLong(firstId);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  List<Seen> writes() {
    return seen.stream().filter(Seen::isWrite).toList();
  }

  List<Seen> of(String method) {
    return seen.stream().filter(each -> each.method().equals(method)).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String method = exchange.getRequestMethod();
      String target = exchange.getRequestURI().toString();
      seen.add(new Seen(method, target, Map.copyOf(exchange.getRequestHeaders()), body));
      boolean dry = exchange.getRequestHeaders().containsKey("Banyan-dry-run");
      String said = word;
      if (said != null && (method.equals("OPTIONS") || (dry && honours))) {
        exchange.getResponseHeaders().add("Banyan-Dry-Run", said);
      }
      if (method.equals("OPTIONS")) {
        answer(exchange, 204, "");
      } else if (dry && honours) {
        answer(exchange, method.equals("POST") ? 201 : method.equals("DELETE") ? 204 : 200, body);
      } else {
        act(exchange, method, target, body);
      }
    }
  }

  private void act(HttpExchange exchange, String method, String target, String body)
      throws IOException {
    String id = target.substring(target.lastIndexOf('/') + 1);
    switch (target.startsWith("/things") ? method : "") {
      case "POST" -> {
        String fresh = Long.toString(nextId.getAndIncrement());
        exchange.getResponseHeaders().add("Location", "/things/" + fresh);
        answer(exchange, 201, store(fresh, body));
      }
      case "PUT" -> {
        boolean known = rows.containsKey(id);
        answer(exchange, known ? 200 : 404, known ? store(id, body) : "{}");
      }
      case "DELETE" -> {
        boolean known = rows.containsKey(id);
        if (!keepsWhatIsDeleted) {
          rows.remove(id);
        }
        answer(exchange, known ? 204 : 404, "");
      }
      case "GET" -> {
        String row = rows.get(id);
        answer(exchange, row == null ? 404 : 200, row == null ? "{}" : row);
      }
      default -> answer(exchange, 200, "[]");
    }
  }

  /// The answer tells what was asked for; what is kept may be something else.
  private String store(String id, String body) {
    String row = body.isEmpty() ? "{\"id\":" + id + "}" : "{\"id\":" + id + "," + body.substring(1);
    rows.put(id, confusesOwners ? row.replaceFirst("\"thingId\":\\d+", "\"thingId\":" + id) : row);
    return row;
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
