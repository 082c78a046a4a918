package dev.banyan.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A request is never routed as one endpoint and run as another.
class PathReadingsTest {
  private static final RoutingTable SHOP =
      RoutingTable.compile(
          "old",
          List.of(
              family("users", "/users/{id}", "/users"),
              family("admin", "/admin/**"),
              family("files", "GET /files/{name}"),
              safeOnly("search", "POST /search")));

  private static FamilyRoutes family(String name, String... routes) {
    List<RouteSpec> specs =
        java.util.Arrays.stream(routes).map(route -> RouteSpec.parse(route, null)).toList();
    return new FamilyRoutes(
        name, "old", "new-" + name, new Sticky.Ip(), true, specs, new Phase.Reads(), 1);
  }

  private static FamilyRoutes safeOnly(String name, String route) {
    List<RouteSpec> specs =
        List.of(RouteSpec.parse(route, true), RouteSpec.parse(route + "/save", false));
    return new FamilyRoutes(
        name, "old", "new-" + name, new Sticky.Ip(), true, specs, new Phase.Reads(), 1);
  }

  private static String taken(String target) {
    return taken("GET", target);
  }

  private static String taken(String method, String target) {
    Route route = SHOP.match(method, target);
    return route == null ? "refused" : String.valueOf(route.family());
  }

  @Test
  void refusesDotSegmentsThatLeadToAnotherFamily() {
    assertThat(taken("/users/../admin")).isEqualTo("refused");
    assertThat(taken("/public/../admin/x")).isEqualTo("refused");
    assertThat(taken("/public/%2e%2E/admin/x")).isEqualTo("refused");
    assertThat(taken("/admin/../public"))
        .as("only the plain reading is claimed")
        .isEqualTo("admin");
    assertThat(taken("/users/./7")).isEqualTo("refused");
    assertThat(taken("/users/7/.")).isEqualTo("refused");
    assertThat(taken("/users/x/../7")).isEqualTo("refused");
    assertThat(taken("/admin/x/../7")).isEqualTo("admin");
    assertThat(taken("/a/../b")).isEqualTo("null");
    assertThat(taken("/.well-known/users")).isEqualTo("null");
    assertThat(taken("/users/.hidden")).isEqualTo("users");
  }

  @Test
  void refusesEmptySegmentsThatHideAFamily() {
    assertThat(taken("//users/7")).isEqualTo("refused");
    assertThat(taken("/users//7")).isEqualTo("refused");
    assertThat(taken("/users//")).isEqualTo("refused");
    assertThat(taken("//host/users/7")).as("with host for an authority").isEqualTo("refused");
    assertThat(taken("/admin//x")).isEqualTo("admin");
    assertThat(taken("/a//b")).isEqualTo("null");
    assertThat(taken("/a/..//users/7")).isEqualTo("refused");
    assertThat(taken("/users/7//../8")).isEqualTo("refused");
  }

  @Test
  void refusesEncodedSlashesThatSplitIntoAnotherFamily() {
    assertThat(taken("/users%2F7")).isEqualTo("refused");
    assertThat(taken("/x/..%2fadmin")).isEqualTo("refused");
    assertThat(taken("/files/..%2f..%2Fadmin")).isEqualTo("refused");
    assertThat(taken("/files/a%2Fb")).as("nobody else claims /files/a/b").isEqualTo("files");
    assertThat(taken("/admin/a%2Fb")).isEqualTo("admin");
    assertThat(taken("/x/a%2Fb")).isEqualTo("null");
  }

  @Test
  void refusesBackslashesThatSplitIntoAnotherFamily() {
    assertThat(taken("/users\\7")).isEqualTo("refused");
    assertThat(taken("/users%5c7")).isEqualTo("refused");
    assertThat(taken("/x\\..\\admin")).isEqualTo("refused");
    assertThat(taken("/files/a\\b")).isEqualTo("files");
    assertThat(taken("/x\\y")).isEqualTo("null");
  }

  @Test
  void refusesParametersThatHideAFamily() {
    assertThat(taken("/users;v=1/7")).isEqualTo("refused");
    assertThat(taken("/public/..;/admin")).isEqualTo("refused");
    assertThat(taken("/users/7;session=1")).isEqualTo("users");
    assertThat(taken("/public;v=1")).isEqualTo("null");
  }

  @Test
  void refusesWhatBecomesAnotherFamilyWhenItIsDecodedTwice() {
    assertThat(taken("/x/%252e%252e/admin")).isEqualTo("refused");
    assertThat(taken("/users%252f7")).isEqualTo("refused");
    assertThat(taken("/x%25252e/..%25255cadmin")).isEqualTo("refused");
    assertThat(taken("/files/100%25")).isEqualTo("files");
    assertThat(taken("/users/a%20b%C3%A9")).isEqualTo("users");
  }

  @Test
  void refusesNeedlessEncodingsThatHideAFamilyFromServersThatDoNotDecode() {
    RoutingTable table =
        RoutingTable.compile(
            "old", List.of(family("me", "/users/me"), family("others", "/users/{id}")));
    assertThat(table.match("GET", "/users/%6de")).isNull();
    assertThat(Objects.requireNonNull(table.match("GET", "/users/m%65x")).family())
        .isEqualTo("others");
    assertThat(taken("/%75sers/7")).as("nobody else claims it undecoded").isEqualTo("users");
  }

  @Test
  void refusesWhatOneReadingWouldOnlyReadAndAnotherWrite() {
    assertThat(taken("POST", "/search")).isEqualTo("search");
    assertThat(taken("POST", "/search/save/..")).isEqualTo("refused");
    assertThat(taken("POST", "/search%2Fsave")).isEqualTo("refused");
  }

  @Test
  void looksAtThePathAndNotAtTheQuery() {
    assertThat(taken("/users/7?next=/../admin//;%2f\\")).isEqualTo("users");
    assertThat(PathReadings.isPlain("/a/b%20c/d.e?x=//", 11)).isTrue();
    assertThat(PathReadings.isPlain("/a/b%2", 6)).as("no whole code").isTrue();
  }

  @Test
  void refusesWhatHasMoreReadingsThanTheBoundUnlessNobodyClaimsAnything() {
    String wild = "/a;b/..%2f%5c..\\%252e/.//%2e%2e;x/".repeat(200);
    String heavy = "/x%2F" + "y".repeat(PathReadings.MOST_CHARACTERS);
    assertThat(PathReadings.of(wild)).isNull();
    assertThat(PathReadings.of(heavy)).isNull();
    assertThat(SHOP.match("GET", wild)).isNull();
    assertThat(RoutingTable.compile("old", List.of()).match("GET", wild)).isNotNull();
    assertThat(PathReadings.of("/fetch/https%3A%2F%2Fexample.com%2F" + "a%2F".repeat(500)))
        .isNotNull();
  }

  // ---- the property

  /// What a server makes of a path before it looks for a handler, written another way than the code
  /// under test. Each is applied to the raw path, and what it returns holds no percent-encoding
  /// that the server would undo.
  private static final Map<String, UnaryOperator<String>> SERVERS =
      Map.of(
          "as it came", path -> path,
          "resolves, then decodes", path -> decoded(resolved(path)),
          "decodes, then resolves", path -> resolved(decoded(path)),
          "decodes, merges, resolves", path -> resolved(decoded(path).replaceAll("/+", "/")),
          "decodes, resolves, merges", path -> resolved(decoded(path)).replaceAll("/+", "/"),
          "drops parameters, decodes, resolves and merges",
              path -> resolved(decoded(path.replaceAll(";[^/]*", ""))).replaceAll("/+", "/"),
          "decodes, turns backslashes, merges, resolves",
              path -> resolved(decoded(path).replace('\\', '/').replaceAll("/+", "/")),
          "decodes twice, then resolves", path -> resolved(decoded(decoded(path))),
          "resolves behind one that has resolved and merged",
              path -> resolved(decoded(resolved(path).replaceAll("/+", "/"))),
          "a URI's path", path -> uriPath(path));

  private static String uriPath(String path) {
    try {
      String read = URI.create(path).normalize().getPath();
      // It leaves what goes above the root; RFC 3986 §5.2.4 removes it.
      String below = read == null ? "" : read.replaceAll("^(/\\.\\.)+(?=/|$)", "");
      return below.isEmpty() ? "/" : below;
    } catch (IllegalArgumentException e) {
      return path; // such a server refuses it
    }
  }

  private static String decoded(String path) {
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return path;
    }
  }

  private static String resolved(String path) {
    Deque<String> kept = new ArrayDeque<>();
    String[] parts = path.split("/", -1);
    for (int i = 1; i < parts.length; i++) {
      boolean last = i == parts.length - 1;
      if (parts[i].equals("..")) {
        kept.pollLast();
      }
      if (!parts[i].equals("..") && !parts[i].equals(".")) {
        kept.addLast("/" + parts[i]);
      } else if (last) {
        kept.addLast("/");
      }
    }
    String path2 = String.join("", kept);
    return path2.startsWith("/") ? path2 : "/" + path2;
  }

  private static final String[] PIECES = {
    "a", "b", "c", "a", "b", "/", "/", "/", "//", ".", "..", "/../", "/./", "%2e", "%2E%2e", "%2f",
    "%2F", "\\", "%5c", "%5C", ";", ";x=1", ";/", "%25", "%252f", "%252e", "%61", "%", "%zz", "~"
  };

  private static String path(Random random) {
    StringBuilder path = new StringBuilder("/");
    int pieces = 1 + random.nextInt(9);
    for (int i = 0; i < pieces; i++) {
      path.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return path.toString();
  }

  private static RoutingTable randomTable(Random random) {
    List<FamilyRoutes> families = new ArrayList<>();
    List<String> shapes = new ArrayList<>();
    for (int f = 0; f < 1 + random.nextInt(3); f++) {
      List<RouteSpec> routes = new ArrayList<>();
      for (int r = 0; r < 1 + random.nextInt(3); r++) {
        RouteSpec spec = RouteSpec.parse(template(random), random.nextBoolean());
        if (!shapes.contains(spec.template().shape())) {
          shapes.add(spec.template().shape());
          routes.add(spec);
        }
      }
      families.add(
          new FamilyRoutes(
              "f" + f, "old", "new", new Sticky.Ip(), true, routes, new Phase.Reads(), 1));
    }
    return RoutingTable.compile("old", families);
  }

  private static String template(Random random) {
    StringBuilder template = new StringBuilder();
    int segments = 1 + random.nextInt(3);
    for (int i = 0; i < segments; i++) {
      String[] choices =
          i == segments - 1
              ? new String[] {"a", "b", "c", "{x}", "**"}
              : new String[] {"a", "b", "c", "{x}"};
      template.append('/').append(choices[random.nextInt(choices.length)]);
    }
    return template.toString();
  }

  /// The route that a server with these handlers would run for a path that it has made sense of.
  /// Its percent signs are characters by now.
  private static @Nullable Route run(RoutingTable table, String read) {
    StringBuilder literal = new StringBuilder();
    for (String segment : read.substring(1).split("/", -1)) {
      literal.append('/').append(segment.replace("%", "%25").replace(".", "~"));
    }
    String plain = literal.toString().replace(";", "~").replace("\\", "~").replace("%25", "~");
    if (plain.contains("//") && !plain.equals("/")) {
      return null; // names nothing but what a catch-all holds, which is another reading's matter
    }
    Route route = table.match("GET", plain);
    return route == null || route.family() == null ? null : route;
  }

  @Test
  void noServerRunsAnythingElseThanWhatWasRouted() {
    long seed = Long.getLong("seed", 20_261_120);
    Random random = new Random(seed);
    int refused = 0;
    int claimed = 0;
    for (int round = 0; round < 60_000; round++) {
      RoutingTable table = randomTable(random);
      String path = path(random);
      Route route = table.match("GET", path);
      if (route == null) {
        refused++;
        continue;
      }
      for (Map.Entry<String, UnaryOperator<String>> server : SERVERS.entrySet()) {
        String read = server.getValue().apply(path);
        Route run = run(table, read);
        if (run != null) {
          claimed++;
          String what =
              "seed %d: %s is read as %s by one that %s"
                  .formatted(seed, path, read, server.getKey());
          assertThat(route.family()).as(what).isEqualTo(run.family());
          assertThat(route.safe()).as(what).isEqualTo(run.safe());
        }
      }
    }
    assertThat(refused).as("paths that the property never looked at").isBetween(1_000, 50_000);
    assertThat(claimed).as("decisions that were checked").isGreaterThan(10_000);
  }
}
