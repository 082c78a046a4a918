package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.ConfigWatcher;
import dev.banyan.config.Environment;
import dev.banyan.transfer.postgres.LogicalServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Three gateways on one store, whose family has rows of its own at each side: services that write
/// to two databases, clients that write through each gateway, and an owner that changes.
@Timeout(300)
class HandoverAtReplicasTest {
  @RegisterExtension static final LogicalServer SERVER = new LogicalServer();

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String OLD = "old_shop";
  private static final String NEW = "new_shop";

  @TempDir private Path folder;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<Banyan> gateways = new ArrayList<>();

  private int legacy;
  private int candidate;

  /// Whether the candidate's reads fail.
  private final AtomicBoolean broken = new AtomicBoolean();

  private static String url(String database) {
    return SERVER.url().replaceAll("/postgres$", "/" + database);
  }

  private static void sql(String database, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(database), "postgres", "secret");
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private static List<Integer> ids(String database) throws SQLException {
    List<Integer> all = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url(database), "postgres", "secret");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select id from orders")) {
      while (row.next()) {
        all.add(row.getInt(1));
      }
    }
    return all;
  }

  /// A service that knows no epoch and writes to its own database.
  private int service(String database) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/orders/", exchange -> answer(exchange, database));
    server.start();
    open.add(() -> server.stop(0));
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange, String database) throws IOException {
    try (exchange) {
      String id = exchange.getRequestURI().getPath().substring("/orders/".length());
      int status = database.equals(NEW) && broken.get() ? 500 : 200;
      if (exchange.getRequestMethod().equals("POST")) {
        try (Connection connection = DriverManager.getConnection(url(database), "app", "secret");
            Statement statement = connection.createStatement()) {
          statement.execute("insert into orders values (" + Integer.parseInt(id) + ", '{}')");
          status = 201;
        } catch (SQLException e) {
          status = 500;
        }
      }
      exchange.getResponseHeaders().add("X-Side", database);
      exchange.sendResponseHeaders(status, -1);
    }
  }

  private void gateway(String name) throws IOException {
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(
        file,
        """
        listen: 127.0.0.1:0
        control: { listen: "127.0.0.1:0" }
        store: { url: "%s", user: postgres, password: secret, replica: %s }
        limits: { hold_time: 30s }
        shadow: { lag: 1m }
        services:
          legacy: { url: "http://127.0.0.1:%d", response_timeout: 30s }
          candidate: { url: "http://127.0.0.1:%d", response_timeout: 30s }
        families:
          orders:
            routes: ["/orders/{id}"]
            candidate: candidate
            data: synced
            steps: [100%%]
            soak: 0s
            shadow: { sample: 0%% }
            breaker: { requests: 5 }
        databases:
          old: { url: "%s", user: postgres, password: secret, application_roles: [app] }
          new: { url: "%s", user: postgres, password: secret, application_roles: [app] }
        transfers:
          orders: { from: old, to: new, families: [orders], tables: [orders] }
        """
            .formatted(SERVER.url(), name, legacy, candidate, url(OLD), url(NEW)));
    ConfigWatcher watcher = new ConfigWatcher(new ConfigFile(file, Environment.of(Map.of())));
    ConfigResult result = watcher.load();
    assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
    ConfigResult.Loaded loaded = (ConfigResult.Loaded) result;
    gateways.add(
        Banyan.start(
            new Banyan.Setup(
                loaded.config(), watcher, file, folder.resolve("data-" + name), "test")));
  }

  private void start(String... names) throws Exception {
    until("the former gateways follow nothing any more", HandoverAtReplicasTest::nobodyFollows);
    sql(
        "postgres",
        "drop database if exists " + OLD + " with (force)",
        "drop database if exists " + NEW + " with (force)",
        "drop schema if exists banyan cascade",
        "drop role if exists app",
        "create role app login password 'secret'",
        "create database " + OLD,
        "create database " + NEW);
    for (String each : List.of(OLD, NEW)) {
      sql(
          each,
          "create table orders (id bigint primary key, body text not null)",
          "grant select, insert, update, delete on orders to app");
    }
    sql(OLD, "insert into orders select n, '{}' from generate_series(1, 100) n");
    legacy = service(OLD);
    candidate = service(NEW);
    for (String name : names) {
      gateway(name);
    }
  }

  @AfterEach
  void end() throws Exception {
    for (Banyan each : gateways) {
      each.close();
    }
    for (AutoCloseable each : open) {
      each.close();
    }
    http.close();
  }

  // ---- asking ----

  private HttpResponse<String> send(String method, String url, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(100))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private JsonNode get(Banyan at, String path) throws IOException, InterruptedException {
    return JSON.readTree(send("GET", at.controlUrl() + "/api/v1/" + path, "").body());
  }

  private HttpResponse<String> post(Banyan at, String path, String more)
      throws IOException, InterruptedException {
    return send(
        "POST", at.controlUrl() + "/api/v1/" + path, "{\"reason\": \"a test\"" + more + "}");
  }

  private String phase(Banyan at) throws IOException, InterruptedException {
    return get(at, "families/orders").path("phase").asString("");
  }

  private void until(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + LONG.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime() - end)
          .as(
              "waited in vain: %s; %s",
              what, gateways.isEmpty() ? "" : get(gateways.getFirst(), "transfers"))
          .isNegative();
      Thread.sleep(20);
    }
  }

  private static boolean nobodyFollows() throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(url("postgres"), "postgres", "secret");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select count(*) from pg_replication_slots where active")) {
      row.next();
      return row.getInt(1) == 0;
    }
  }

  private Banyan controller() throws Exception {
    List<Banyan> found = new ArrayList<>();
    until(
        "one decides",
        () -> {
          for (Banyan each : gateways) {
            for (JsonNode replica : get(each, "status").path("replicas")) {
              if (replica.path("self").asBoolean() && replica.path("controller").asBoolean()) {
                return found.add(each);
              }
            }
          }
          return false;
        });
    return found.getFirst();
  }

  private Banyan another(Banyan than) {
    return gateways.stream().filter(each -> each != than).findFirst().orElseThrow();
  }

  /// By force, for there are no comparisons; the rows must agree all the same.
  private void climb(String to) throws Exception {
    long end = System.nanoTime() + LONG.toNanos();
    Banyan at = another(controller());
    String answer = "";
    while (!phase(at).equals(to)) {
      assertThat(System.nanoTime() - end).as("%s is not entered: %s", to, answer).isNegative();
      answer = post(at, "families/orders/promote", ", \"force\": true").body();
      Thread.sleep(20);
    }
  }

  // ---- clients ----

  /// Writes through one gateway, again and again, and knows what was acknowledged.
  private final class Client implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger(1_000);

    final Queue<Integer> acknowledged = new ConcurrentLinkedQueue<>();
    final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Thread thread;

    Client(Banyan at) {
      String gateway = "http://" + at.gatewayAddress();
      thread = Thread.ofVirtual().start(() -> write(gateway));
    }

    private void write(String gateway) {
      while (!over.get()) {
        int id = NUMBERS.incrementAndGet();
        try {
          HttpResponse<String> answer = send("POST", gateway + "/orders/" + id, "{}");
          if (answer.statusCode() == 201) {
            acknowledged.add(id);
          } else {
            failures.add(id + ": " + answer.statusCode() + " " + answer.headers().map());
          }
          Thread.sleep(5);
        } catch (IOException | InterruptedException e) {
          failures.add(id + ": " + e);
        }
      }
    }

    @Override
    public void close() {
      over.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private List<Client> clients() {
    List<Client> all = gateways.stream().map(Client::new).toList();
    open.addAll(all);
    return all;
  }

  private void more(List<Client> clients, String database) throws Exception {
    List<Integer> before = ids(database);
    until(
        "each client's writes go to " + database,
        () -> {
          List<Integer> now = ids(database);
          now.removeAll(before);
          return clients.stream()
              .allMatch(each -> each.acknowledged.stream().anyMatch(now::contains));
        });
  }

  private void nothingIsLost(List<Client> clients) throws Exception {
    List<Integer> all = new ArrayList<>();
    for (Client each : clients) {
      each.close();
      all.addAll(each.acknowledged);
      assertThat(each.failures).isEmpty();
    }
    for (String each : List.of(OLD, NEW)) {
      until("all rows are in " + each, () -> ids(each).containsAll(all));
    }
  }

  @Test
  void writesAtEveryGatewayAreHeldWhileTheirOwnerChangesWhicheverIsAsked() throws Exception {
    start("a", "b", "c");
    climb("reads");
    List<Client> clients = clients();
    more(clients, OLD);

    Banyan controller = controller();
    HttpResponse<String> forward =
        post(another(controller), "families/orders/promote", ", \"force\": true");
    assertThat(forward.statusCode()).as(forward.body()).isEqualTo(200);
    for (Banyan each : gateways) {
      assertThat(phase(each)).isEqualTo("writes");
    }
    more(clients, NEW);
    Banyan asked = controller;
    until(
        "it is known how far the legacy is behind",
        () ->
            get(asked, "families/orders")
                .path("governance")
                .path("rollbackCost")
                .path("bytesBehind")
                .isNumber());

    HttpResponse<String> back = post(another(controller), "transfers/orders/back", "");
    assertThat(back.statusCode()).as(back.body()).isEqualTo(200);
    assertThat(JSON.readTree(back.body()).path("done").asBoolean()).as(back.body()).isTrue();
    assertThat(phase(controller)).isEqualTo("reads");
    more(clients, OLD);

    // The one that moves the rows ends; another does it from then on.
    Client atIt = clients.get(gateways.indexOf(controller));
    atIt.close();
    gateways.remove(controller);
    controller.close();
    climb("writes");
    List<Client> rest = clients.stream().filter(each -> each != atIt).toList();
    more(rest, NEW);

    // The candidate can not be read any more, and is left by the program itself.
    broken.set(true);
    until(
        "the writes are given back",
        () -> {
          for (Banyan each : gateways) {
            send("GET", "http://" + each.gatewayAddress() + "/orders/1", "");
          }
          return phase(gateways.getLast()).equals("shadow");
        });
    more(rest, OLD);
    nothingIsLost(clients);
  }

  @Test
  void whatTheLegacyLacksIsListedBeforeItMayBeLostOutOfRetired() throws Exception {
    start("a", "b");
    climb("writes");
    for (Banyan each : gateways) {
      each.close();
    }
    gateways.clear();
    // The checklist before it would take traffic for long.
    sql("postgres", "update banyan.family set phase = 'retired', weight = null, epoch = epoch + 1");
    gateway("a");
    Banyan at = controller();
    sql(OLD, "delete from orders where id in (5, 7)");

    assertThat(post(at, "families/orders/rollback", "").body()).contains("--accept-loss");
    List<String> listed = new ArrayList<>();
    until(
        "rows are listed",
        () -> {
          listed.add(post(at, "families/orders/rollback", ", \"acceptLoss\": \"0\"").body());
          return listed.getLast().contains("at risk: ");
        });
    assertThat(listed.getLast())
        .contains("2 rows are at risk", "orders 5, extra", "orders 7, extra", "--accept-loss 2");
    assertThat(phase(at)).as("nothing has changed").isEqualTo("retired");

    // What moves the rows may be opening its databases anew: then nothing can be told, nor is lost.
    until(
        "the loss is accepted",
        () -> post(at, "families/orders/rollback", ", \"acceptLoss\": \"2\"").statusCode() == 200);
    assertThat(phase(at)).isEqualTo("shadow");
    HttpResponse<String> write = send("POST", "http://" + at.gatewayAddress() + "/orders/900", "");
    assertThat(write.headers().firstValue("X-Side")).contains(OLD);
    assertThat(ids(OLD)).contains(900).doesNotContain(5, 7);
  }
}
