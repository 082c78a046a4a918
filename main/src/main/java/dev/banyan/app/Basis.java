package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.FamilyConfig;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverResult;
import dev.banyan.cutover.Order;
import dev.banyan.migration.Phase;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.routing.Sticky;
import java.net.URI;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a family's comparisons rest on: where its sides are, its routes, what its units are told
/// apart by, and the rules that say what counts as a difference. When one of these is no longer
/// what it was, the comparisons begin anew: what was counted under other rules proves nothing under
/// these. Where a side is elsewhere, all evidence begins anew, as after a deploy: neither has
/// anybody seen how often and how fast that one answers.
///
/// Safe to use from any thread. A change that is looked for twice is found once.
final class Basis {
  private static final Logger LOG = LoggerFactory.getLogger(Basis.class);

  private final Cutover cutover;
  private final Evidence evidence;
  private final InstantSource clock;

  /// Guarded by this, so that an older basis is never put in place of a newer one.
  private @Nullable BanyanConfig config;

  /// The last one looked at. Guarded by this.
  private @Nullable LocalDate day;

  /// Families whose sides are elsewhere, which the store has not taken yet, and why for the ledger.
  /// Guarded by this.
  private final Map<String, String> moved = new LinkedHashMap<>();

  Basis(Cutover cutover, Evidence evidence, InstantSource clock) {
    this.cutover = cutover;
    this.evidence = evidence;
    this.clock = clock;
  }

  /// Takes a configuration, once its table is in force: what the former one still sent to the
  /// former sides is then not counted.
  void adopt(BanyanConfig next, String why) {
    synchronized (this) {
      config = next;
    }
    look(why);
  }

  /// Looks at every family when a day, in UTC, has begun: what was accepted until yesterday is
  /// over. To be called every second or so; what the store has not taken is tried again with that.
  void lookDaily() {
    enterMoved();
    LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    if (isNew(today)) {
      look("what was accepted until a day before " + today + " is over");
    }
  }

  private synchronized boolean isNew(LocalDate today) {
    boolean fresh = !today.equals(day);
    day = today;
    return fresh;
  }

  private void look(String why) {
    BanyanConfig now = config();
    if (now != null) {
      now.families().forEach(family -> look(family.name(), why));
    }
  }

  private synchronized @Nullable BanyanConfig config() {
    return config;
  }

  /// Begins the family's comparisons anew, if they rest on something else than before.
  ///
  /// @param why for the ledger
  void look(String family, String why) {
    switch (change(family, why)) {
      case NONE -> {}
      case SIDES -> enterMoved();
      case OTHER -> {
        LOG.info("{} is compared anew: {}", family, why);
        CutoverResult entered = cutover.parityReset(Order.of(family, Cutover.ITSELF, why));
        if (entered instanceof CutoverResult.Refused refused) {
          LOG.warn("that {} is compared anew is not in the ledger: {}", family, refused);
        }
      }
    }
  }

  /// Something else is ruled of families, at a replica that has it entered and begins the
  /// comparisons anew for all.
  void follow(Collection<String> families) {
    for (String family : families) {
      LOG.info("{} is compared by what was ruled at another replica", family);
      var _ = change(family, "ruled at another replica");
    }
  }

  private enum Change {
    NONE,
    /// Its sides are elsewhere.
    SIDES,
    /// Something else, and something was counted by what was before.
    OTHER
  }

  private synchronized Change change(String name, String why) {
    FamilyConfig family = config == null ? null : config.family(name).orElse(null);
    if (config == null || family == null) {
      return Change.NONE;
    }
    String rules = evidence.rulings().inForce(name);
    String all = sides(config, family) + (rules.isEmpty() ? "" : "\n" + rules);
    String before = evidence.book().sides(name);
    // Others may have counted what this replica has not: whoever decides is to count it no more.
    boolean counted = !before.equals(all) && isCounted(name);
    counted |= evidence.book().compares(name, all, clock.instant());
    boolean elsewhere = !before.isEmpty() && !where(before).equals(where(all));
    if (elsewhere && isWatched(name)) {
      moved.put(name, why);
      return Change.SIDES;
    }
    return counted ? Change.OTHER : Change.NONE;
  }

  /// Whether anybody has compared anything by what was before.
  private boolean isCounted(String family) {
    return cutover.evidence(family).filter(known -> known.parity().compared() > 0).isPresent();
  }

  /// Whether anything is measured of a family; in `legacy` nothing is.
  private boolean isWatched(String family) {
    return cutover
        .state(family)
        .filter(state -> state.phase().name() != Phase.Name.LEGACY)
        .isPresent();
  }

  /// Has it entered that sides are elsewhere. Of those that the store does not take the first is
  /// tried, for each try may wait.
  private void enterMoved() {
    for (Map.Entry<String, String> each = first(); each != null; each = first()) {
      String family = each.getKey();
      LOG.info("the evidence of {} begins anew: {}", family, each.getValue());
      List<String> failures =
          cutover.deployed(Cutover.ITSELF, each.getValue(), "a side is elsewhere", family::equals);
      if (!failures.isEmpty()) {
        LOG.warn("that a side is elsewhere is not entered yet: {}", failures);
        return;
      }
      entered(each);
    }
  }

  private synchronized Map.@Nullable Entry<String, String> first() {
    return moved.entrySet().stream().map(Map.Entry::copyOf).findFirst().orElse(null);
  }

  private synchronized void entered(Map.Entry<String, String> done) {
    moved.remove(done.getKey(), done.getValue());
  }

  /// The part of [#sides] that says where they are: the first two lines.
  private static List<String> where(String sides) {
    return sides.lines().limit(2).toList();
  }

  private static String sides(BanyanConfig config, FamilyConfig family) {
    Map<String, ServiceOptions> services = Banyan.services(config);
    String routes =
        family.routes().stream()
            .map(route -> route + (route.safe() == null ? "" : " safe: " + route.safe()))
            .sorted()
            .collect(Collectors.joining("\n"));
    return url(services, family.legacyService())
        + "\n"
        + url(services, family.candidateService())
        + "\nunits by "
        + units(family.sticky())
        + "\n"
        + routes;
  }

  private static String units(Sticky sticky) {
    return switch (sticky) {
      case Sticky.Header(String name) -> "header:" + name;
      case Sticky.Cookie(String name) -> "cookie:" + name;
      case Sticky.Ip _ -> "ip";
    };
  }

  private static String url(Map<String, ServiceOptions> services, String name) {
    return Objects.requireNonNull(services.get(name), name).urls().stream()
        .map(URI::toString)
        .collect(Collectors.joining(","));
  }
}
