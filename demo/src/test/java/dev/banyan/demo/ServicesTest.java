package dev.banyan.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.banyan.demo.candidate.CandidateShop;
import dev.banyan.demo.candidate.ControlPort;
import dev.banyan.demo.candidate.Fault;
import dev.banyan.demo.candidate.Faults;
import dev.banyan.demo.legacy.LegacyShop;
import dev.banyan.demo.shop.Connections;
import dev.banyan.demo.shop.ShopDatabase;
import dev.banyan.demo.shop.ShopServer;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ServicesTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Faults FAULTS = new Faults();

  /// One target for each way an endpoint is read, in pairs of the endpoint and the target.
  private static final List<List<String>> READS =
      List.of(
          List.of("/users", "/users"),
          List.of("/users", "/users?page=3&limit=7"),
          List.of("/users", "/users?page=zero&limit=1000"),
          List.of("/users", "/users?page=100000"),
          List.of("/users/{id}", "/users/3"),
          List.of("/users/{id}", "/users/4/"),
          List.of("/users/{id}", "/users/999999"),
          List.of("/users/{id}", "/users/me"),
          List.of("/users/{id}/orders", "/users/8/orders"),
          List.of("/users/{id}/orders", "/users/999999/orders"),
          List.of("/products", "/products?limit=5"),
          List.of("/products", "/products/?limit=5"),
          List.of("/products/{id}", "/products/2"),
          List.of("/products/{id}", "/products/999999"),
          List.of("/products/{id}/stock", "/products/7/stock"),
          List.of("/products/by-sku/{sku}", "/products/by-sku/POT-2"),
          List.of("/products/by-sku/{sku}", "/products/by-sku/TEA%2FGREEN-4"),
          List.of("/products/by-sku/{sku}", "/products/by-sku/MUG%2050%25%205"),
          List.of("/products/by-sku/{sku}", "/products/by-sku/none+such"),
          List.of("/orders", "/orders?page=2"),
          List.of("/orders/{id}", "/orders/5"),
          List.of("/orders/{id}", "/orders/6"),
          List.of("/orders/{id}/cancel", "/orders/6/cancel"),
          List.of("", "/nowhere"),
          List.of("", "/"));

  @TempDir private static Path directory;

  private static ShopDatabase database;
  private static HikariDataSource pool;
  private static HikariDataSource shared;
  private static HikariDataSource own;
  private static ShopServer legacyServer;
  private static ShopServer candidateServer;
  private static ShopServer controlServer;
  private static HttpClient client;
  private static Wire legacy;
  private static Wire candidate;
  private static Wire control;

  @BeforeAll
  static void start() throws Exception {
    database = ShopDatabase.start(directory);
    database.copy("pair");
    pool = Connections.open(database.url(ShopDatabase.SHOP, "legacy"));
    own = Connections.open(database.url("pair", "candidate"));
    shared = Connections.open(database.url(ShopDatabase.SHOP, "candidate"));
    legacyServer = ShopServer.start(0, new LegacyShop(pool));
    CandidateShop shop = new CandidateShop(shared, own, FAULTS);
    candidateServer = ShopServer.start(0, shop);
    controlServer = ShopServer.start(0, new ControlPort(FAULTS, shop));
    client = HttpClient.newHttpClient();
    legacy = new Wire(client, legacyServer.port());
    candidate = new Wire(client, candidateServer.port());
    control = new Wire(client, controlServer.port());
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    legacyServer.close();
    candidateServer.close();
    controlServer.close();
    pool.close();
    shared.close();
    own.close();
    database.close();
  }

  @BeforeEach
  void mend() throws Exception {
    assertThat(control.ask("POST", "/faults?on=none", "").status()).isEqualTo(204);
    assertThat(control.ask("POST", "/trouble?path=/users", "").status()).isEqualTo(204);
    assertThat(control.ask("POST", "/trouble?path=/products", "").status()).isEqualTo(204);
  }

  @Test
  void mendedCandidateReadsAsTheLegacyDoes() throws Exception {
    for (List<String> read : READS) {
      for (String method : List.of("GET", "HEAD", "OPTIONS")) {
        assertThat(candidate.ask(method, read.get(1), ""))
            .as(method + " " + read.get(1))
            .isEqualTo(legacy.ask(method, read.get(1), ""));
      }
    }
  }

  @Test
  void bothAnswerNotModifiedToWhoeverHasTheBody() throws Exception {
    String tag = legacy.get("/users/3").headers().getOrDefault("etag", List.of()).getFirst();
    for (Wire side : List.of(legacy, candidate)) {
      var response =
          client.send(
              java.net.http.HttpRequest.newBuilder(
                      java.net.URI.create("http://127.0.0.1:" + side.port() + "/users/3"))
                  .header("If-None-Match", tag)
                  .build(),
              java.net.http.HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(304);
      assertThat(response.headers().firstValue("etag")).contains(tag);
      assertThat(response.headers().firstValue("vary")).contains("Accept-Encoding");
    }
  }

  @Test
  void mendedCandidateWritesAsTheLegacyDoes() throws Exception {
    assertThat(lifeOfRows(candidate, "b")).isEqualTo(lifeOfRows(legacy, "a"));
  }

  /// Creates, changes and deletes rows of every kind; what comes back has its ids, times and the
  /// names that must be unique blanked out.
  private static List<Wire.Seen> lifeOfRows(Wire side, String unique) throws Exception {
    List<Wire.Seen> seen = new java.util.ArrayList<>();
    String email = unique + "@shop.example";
    int user = created(side, seen, "/users", "{'name':'N','email':'" + email + "'}");
    int product =
        created(side, seen, "/products", "{'sku':'" + email + "','name':'P','price':'12.30'}");
    int order =
        created(
            side,
            seen,
            "/orders",
            "{'userId':"
                + user
                + ",'productId':"
                + product
                + ",'quantity':3,'shipTo':'Road 1, Aix, Provence'}");
    List<List<String>> asked =
        List.of(
            List.of("GET", "/orders/" + order, ""),
            List.of("PUT", "/users/" + user, "{'name':'M','email':'" + email + "','phone':'1'}"),
            List.of(
                "PUT",
                "/products/" + product,
                "{'sku':'" + email + "','name':'Q','price':1.5,'stock':4}"),
            List.of("PATCH", "/orders/" + order, "{'note':'soon'}"),
            List.of("POST", "/orders/" + order + "/cancel", ""),
            List.of("POST", "/orders", "{'userId':7,'productId':7,'quantity':1}"),
            List.of("POST", "/orders", "{'userId':7,'productId':7,'quantity':1,'shipTo':'Kiosk'}"),
            List.of("POST", "/users", "{'name':'N','email':'" + email + "'}"),
            List.of("POST", "/users", "{'name':'N'}"),
            List.of("POST", "/users", "nonsense"),
            List.of("POST", "/products", "{'sku':'" + email + "x','name':'P','price':'dear'}"),
            List.of("POST", "/orders", "{'userId':1,'productId':999999,'quantity':1}"),
            List.of("POST", "/orders", "{'userId':999999,'productId':1,'quantity':1}"),
            List.of("DELETE", "/users/" + user, ""),
            List.of("DELETE", "/orders/" + order, ""),
            List.of("DELETE", "/orders/" + order, ""),
            List.of("DELETE", "/products/" + product, ""),
            List.of("DELETE", "/users/" + user, ""),
            List.of("DELETE", "/users", ""));
    for (List<String> one : asked) {
      seen.add(side.ask(one.get(0), one.get(1), one.get(2).replace('\'', '"')));
    }
    return seen.stream().map(answer -> blanked(answer, email)).toList();
  }

  private static int created(Wire side, List<Wire.Seen> seen, String path, String body)
      throws Exception {
    Wire.Seen answer = side.ask("POST", path, body.replace('\'', '"'));
    assertThat(answer.status()).isEqualTo(201);
    seen.add(answer);
    return JSON.readTree(answer.body()).get("id").intValue();
  }

  private static Wire.Seen blanked(Wire.Seen answer, String email) {
    var headers = new java.util.TreeMap<>(answer.headers());
    headers.computeIfPresent("etag", (name, values) -> List.of("…"));
    headers.computeIfPresent(
        "location", (name, values) -> List.of(values.getFirst().replaceAll("[0-9]+", "#")));
    String body =
        answer
            .body()
            .replace(email, "@")
            .replaceAll("10000[0-9]{2}", "#")
            .replaceAll("\"[0-9]{4}-[^\"]*Z\"", "time");
    return new Wire.Seen(answer.status(), headers, body);
  }

  @ParameterizedTest
  @EnumSource
  void eachFaultChangesItsPlaceAndNothingElse(Fault fault) throws Exception {
    assertThat(control.ask("POST", "/faults?on=" + fault.word(), "").status()).isEqualTo(204);
    Set<String> places = new TreeSet<>();
    for (List<String> read : READS) {
      Set<String> here = differences(legacy.get(read.get(1)), candidate.get(read.get(1)));
      assertThat(here.isEmpty() || fault.at("GET", read.get(0)))
          .as(read.get(1) + " differs in " + here)
          .isTrue();
      places.addAll(here);
    }
    assertThat(places).contains(fault.where()).allMatch(fault::explains);
  }

  @Test
  void allFaultsTogetherShowEach() throws Exception {
    FAULTS.plant(EnumSet.allOf(Fault.class));
    Set<Fault> found = EnumSet.noneOf(Fault.class);
    for (List<String> read : READS) {
      Set<String> here = differences(legacy.get(read.get(1)), candidate.get(read.get(1)));
      for (Fault fault : Fault.values()) {
        if (fault.at("GET", read.get(0)) && here.contains(fault.where())) {
          found.add(fault);
        }
      }
    }
    assertThat(found).containsExactlyInAnyOrder(Fault.values());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/faults?on=no-such-fault", "/trouble?errors=many", "/trouble?latency=long"})
  void controlPortRefusesWhatItDoesNotKnow(String target) throws Exception {
    assertThat(control.ask("POST", target, "").status()).isEqualTo(400);
  }

  @Test
  void troubleStrikesReadsBelowItsPathOnly() throws Exception {
    control.ask("POST", "/trouble?path=/users&errors=1", "");
    assertThat(candidate.get("/users/3").status()).isEqualTo(500);
    assertThat(candidate.get("/products/3").status()).isEqualTo(200);
    assertThat(candidate.ask("DELETE", "/users/999999", "").status()).isEqualTo(404);
    control.ask("POST", "/trouble?path=/users", "");
    control.ask("POST", "/trouble?path=/products&latency=PT0.2S", "");
    assertThat(candidate.get("/users/3").status()).isEqualTo(200);
    long before = System.nanoTime();
    assertThat(candidate.get("/products/3").status()).isEqualTo(200);
    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(200_000_000L);
  }

  /// The places where two answers differ, in the words of Banyan's parity report.
  private static Set<String> differences(Wire.Seen left, Wire.Seen right) {
    Set<String> places = new LinkedHashSet<>();
    if (left.status() != right.status()) {
      places.add("status");
    }
    Set<String> names = new TreeSet<>(left.headers().keySet());
    names.addAll(right.headers().keySet());
    for (String name : names) {
      if (!left.headers()
          .getOrDefault(name, List.of())
          .equals(right.headers().getOrDefault(name, List.of()))) {
        places.add("header:" + name);
      }
    }
    compare("body:$", JSON.readTree(left.body()), JSON.readTree(right.body()), places);
    return places;
  }

  private static void compare(String path, JsonNode left, JsonNode right, Set<String> places) {
    if (left.isArray() && right.isArray()) {
      assertThat(left.size()).isEqualTo(right.size());
      for (int i = 0; i < left.size(); i++) {
        compare(path + "[*]", left.get(i), right.get(i), places);
      }
    } else if (left.isObject() && right.isObject()) {
      Set<String> names = new TreeSet<>(left.propertyNames());
      names.addAll(right.propertyNames());
      for (String name : names) {
        if (left.has(name) && right.has(name)) {
          compare(path + "." + name, left.get(name), right.get(name), places);
        } else {
          places.add(path + "." + name);
        }
      }
    } else if (!left.equals(right)) {
      places.add(path);
    }
  }
}
