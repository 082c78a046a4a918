package dev.banyan.routing;

import com.dynatrace.hash4j.hashing.Hasher64;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Side;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Every family's routes, compiled. Immutable; any thread may ask it.
///
/// Paths are matched segment by segment, a literal before a variable before a catch-all, with a
/// step back where the more exact branch has no route for the method. A segment is compared
/// decoded: `%2F` in it is a character of the segment and never a separator. A `HEAD` that nobody
/// claims is matched as its `GET`. One slash at the end is not looked at. Spellings that servers
/// read differently are [PathReadings].
public final class RoutingTable {
  /// Methods that get an endpoint of their own on a route without a method; the others share one.
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");

  static final String OTHER = "*";

  private final TrieNode root = new TrieNode();
  private final Map<String, Route> unclaimed = new HashMap<>();
  private final Route unclaimedOther;
  private final List<FamilyRoutes> families;
  private final String legacyService;

  private RoutingTable(String legacyService, List<FamilyRoutes> families) {
    this.legacyService = legacyService;
    this.families = List.copyOf(families);
    for (String method : METHODS) {
      unclaimed.put(method, new Route(legacyService, method));
    }
    unclaimedOther = new Route(legacyService, OTHER);
  }

  /// Compiles the families' routes.
  ///
  /// @param legacyService gets every request that no family claims
  /// @throws IllegalArgumentException when two routes claim the same requests; `banyan.yaml` is
  ///   checked for it first
  public static RoutingTable compile(String legacyService, List<FamilyRoutes> families) {
    RoutingTable table = new RoutingTable(legacyService, families);
    for (FamilyRoutes family : families) {
      Hasher64 hasher = Sticky.hasher(family.family());
      for (RouteSpec route : family.routes()) {
        table.add(family, hasher, route);
      }
    }
    return table;
  }

  private void add(FamilyRoutes family, Hasher64 hasher, RouteSpec spec) {
    TrieNode node = root.descend(spec.template());
    String method = spec.method();
    if (method == null) {
      for (String each : METHODS) {
        claim(node.anyMethod, family, hasher, spec, each);
      }
      claim(node.anyMethod, family, hasher, spec, OTHER);
    } else {
      claim(node.byMethod, family, hasher, spec, method);
      if (method.equals("GET")) {
        node.headOfGet = route(family, hasher, spec, "HEAD");
      }
    }
  }

  private static void claim(
      Map<String, Route> routes,
      FamilyRoutes family,
      Hasher64 hasher,
      RouteSpec spec,
      String method) {
    Route before = routes.put(method, route(family, hasher, spec, method));
    if (before != null) {
      throw new IllegalArgumentException(
          "'"
              + spec
              + "' of family '"
              + family.family()
              + "' is claimed already by family '"
              + before.family()
              + "'");
    }
  }

  private static Route route(FamilyRoutes family, Hasher64 hasher, RouteSpec spec, String method) {
    Boolean said = spec.safe();
    boolean safe = said == null ? Endpoint.isRead(method) : said;
    return new Route(family, hasher, new Endpoint(method, spec.template().toString()), safe);
  }

  /// What this table was compiled from.
  public List<FamilyRoutes> families() {
    return families;
  }

  public Optional<FamilyRoutes> family(String name) {
    return families.stream().filter(family -> family.family().equals(name)).findFirst();
  }

  /// The side that a family's unit is on: what the gateway decides for a request of that unit.
  ///
  /// @param unit what the family's `sticky` names, as it stands in the request
  /// @param read whether a read is asked about; otherwise a write
  /// @return empty when there is no such family
  public Optional<Side> side(String family, CharSequence unit, boolean read) {
    return family(family)
        .map(known ->
            Sticky.bucket(Sticky.hasher(family), unit) < known.weight(read).buckets()
                ? Side.CANDIDATE
                : Side.LEGACY);
  }

  /// The same table with one family in another phase, or denied.
  public RoutingTable with(FamilyRoutes changed) {
    List<FamilyRoutes> next = new ArrayList<>(families);
    next.replaceAll(family -> family.family().equals(changed.family()) ? changed : family);
    return compile(legacyService, next);
  }

  /// The same table with the writes of some families held back, and of no others.
  public RoutingTable holding(Set<String> held) {
    if (families.stream().allMatch(family -> family.held() == held.contains(family.family()))) {
      return this;
    }
    return compile(
        legacyService,
        families.stream().map(family -> family.held(held.contains(family.family()))).toList());
  }

  /// The route of a request; what no family claims goes to the legacy.
  ///
  /// Null where servers may read the path in more than one way, and a reading other than the plain
  /// one is claimed by another family or differs in being safe: such a request could be routed as
  /// one endpoint and run as another, so it must be refused.
  ///
  /// @param target the request's path as it came, with or without a query
  public @Nullable Route match(String method, String target) {
    int query = target.indexOf('?');
    int end = query < 0 ? target.length() : query;
    Route found = claimed(method, target, end);
    if (!PathReadings.isPlain(target, end)
        && !families.isEmpty()
        && goesOtherWays(method, target.substring(0, end), found)) {
      return null;
    }
    return found != null ? found : unclaimed.getOrDefault(method, unclaimedOther);
  }

  /// The route that a family has for a path, which ends before its query.
  private @Nullable Route claimed(String method, String path, int pathEnd) {
    int end = pathEnd > 0 && path.charAt(pathEnd - 1) == '/' ? pathEnd - 1 : pathEnd;
    return path.startsWith("/") ? root.match(method, path, 0, end) : null;
  }

  private boolean goesOtherWays(String method, String path, @Nullable Route plain) {
    Set<String> readings = path.startsWith("/") ? PathReadings.of(path) : Set.of();
    if (readings == null) {
      return true;
    }
    for (String reading : readings) {
      String undecoded = PathReadings.undecoded(reading);
      if (isAnother(claimed(method, reading, reading.length()), plain)
          || isAnother(claimed(method, undecoded, undecoded.length()), plain)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAnother(@Nullable Route read, @Nullable Route plain) {
    return read != null
        && (plain == null
            || !Objects.equals(read.family(), plain.family())
            || read.safe() != plain.safe());
  }
}
