package dev.banyan.demo.shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Serves a [Shop] over HTTP/1.1 on the loopback address, each request on a virtual thread.
public final class ShopServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ShopServer.class);

  static {
    // The JDK's server closes connections that were idle for 30 s, and any beyond 200 idle ones; a
    // gateway keeps its own pool and must not lose a connection just as it writes a request to it.
    System.setProperty("sun.net.httpserver.idleInterval", "3600");
    System.setProperty("sun.net.httpserver.maxIdleConnections", "100000");
    // Head and body are written one after the other; Nagle would hold the body back.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads;

  private ShopServer(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /// Starts serving.
  ///
  /// @param port 0 for any free one
  /// @throws IOException when the port is taken
  public static ShopServer start(int port, Shop shop) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1024);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext("/", exchange -> serve(exchange, shop));
    server.start();
    return new ShopServer(server, threads);
  }

  /// The port in use.
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static void serve(HttpExchange exchange, Shop shop) throws IOException {
    try (exchange) {
      Answer answer = answer(shop, call(exchange));
      answer.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
      byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
        exchange.sendResponseHeaders(answer.status(), -1);
      } else if (body.length == 0) {
        exchange.sendResponseHeaders(answer.status(), -1);
      } else {
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }

  private static Answer answer(Shop shop, Call call) {
    try {
      return shop.answer(call);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      return Answer.json(503, "{\"error\":\"Service Unavailable\"}");
    } catch (SQLException | RuntimeException failure) {
      LOG.error("{} {} failed", call.method(), call.path(), failure);
      return Answer.json(500, "{\"error\":\"Internal Server Error\"}");
    }
  }

  private static Call call(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    return new Call(
        exchange.getRequestMethod(),
        exchange.getRequestURI().getRawPath(),
        query(exchange.getRequestURI().getRawQuery()),
        exchange.getRequestHeaders().getFirst("If-None-Match"),
        new String(body, StandardCharsets.UTF_8));
  }

  private static Map<String, String> query(@Nullable String raw) {
    Map<String, String> query = new LinkedHashMap<>();
    if (raw != null) {
      for (String pair : raw.split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        query.putIfAbsent(decoded(name), decoded(value));
      }
    }
    return query;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return text;
    }
  }
}
