package dev.banyan.demo.tour;

import dev.banyan.demo.traffic.Count;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// One family's way up, from wherever it is to `retired`, through the strikes on it.
final class Climb implements Callable<Void> {
  private static final Duration STEP = Duration.ofSeconds(60);
  private static final Duration NOTICE = Duration.ofSeconds(60);
  private static final Duration GLANCE = Duration.ofMillis(150);
  private static final double FAILING = 0.8;
  private static final int CROSSINGS = 8;
  private static final Strike.Place READS = new Strike.Place("reads", null);
  private static final Strike.Place END = new Strike.Place("retired", null);

  private final Configuration.Shelf shelf;
  private final List<Strike> strikes;
  private final @Nullable Ferry ferry;
  private final Banyan banyan;
  private final Stage stage;
  private final FaultHunt hunt;
  private final Count count;
  private final Screen screen;

  /// @param ferry changes the owner of the family's rows; null where both sides use the same ones
  Climb(
      Configuration.Shelf shelf,
      List<Strike> strikes,
      @Nullable Ferry ferry,
      Banyan banyan,
      Stage stage,
      FaultHunt hunt,
      Count count,
      Screen screen) {
    this.shelf = shelf;
    this.strikes = List.copyOf(strikes);
    this.ferry = ferry;
    this.banyan = banyan;
    this.stage = stage;
    this.hunt = hunt;
    this.count = count;
    this.screen = screen;
  }

  @Override
  public Void call() throws TourException, InterruptedException {
    for (Strike strike : strikes) {
      rise(strike.at());
      suffer(strike);
    }
    if (ferry != null) {
      thereAndBackAgain(ferry);
    }
    rise(END);
    hunt.mended(banyan.parity(shelf.name()));
    say("retired. The candidate answers everything, the legacy is no longer asked.");
    return null;
  }

  private void thereAndBackAgain(Ferry rows) throws TourException, InterruptedException {
    cross(rows, true);
    rows.work();
    rows.count(true);
    say("and now back to the legacy, which gets every row that the candidate was given");
    cross(rows, false);
    rows.work();
    rows.count(false);
    cross(rows, true);
  }

  /// A family that Banyan takes back meanwhile, or a machine too slow for a step's bound, undoes a
  /// change of sides.
  private void cross(Ferry rows, boolean there) throws TourException, InterruptedException {
    for (int tries = 1; ; tries++) {
      if (there) {
        rise(READS);
        awaitGates();
      }
      Optional<String> refused = rows.cross(there);
      if (refused.isEmpty()) {
        return;
      }
      if (tries == CROSSINGS) {
        throw new TourException(
            "the writes did not change sides in " + tries + " tries: " + refused.get());
      }
      say("the writes stay where they were, and nothing is lost by it: " + refused.get());
    }
  }

  private void awaitGates() throws TourException, InterruptedException {
    Deadline deadline = new Deadline(STEP);
    Family family = banyan.family(shelf.name());
    while (!family.mayRise()) {
      if (deadline.over()) {
        throw stuck(family, "writes");
      }
      Thread.sleep(GLANCE);
      family = banyan.family(shelf.name());
    }
  }

  /// Goes up step by step, each as soon as its gates are open.
  private void rise(Strike.Place goal) throws TourException, InterruptedException {
    Deadline deadline = new Deadline(STEP);
    Family family = banyan.family(shelf.name());
    while (!goal.is(family)) {
      if (family.mayRise() && step(family)) {
        deadline = new Deadline(STEP);
      } else if (deadline.over()) {
        throw stuck(family, goal.toString());
      } else {
        Thread.sleep(GLANCE);
      }
      Family now = banyan.family(shelf.name());
      if (now.way() < family.way()) {
        say("taken back from " + family.place() + " to " + now.place() + "; that was not planned");
      }
      family = now;
    }
  }

  private TourException stuck(Family family, String goal) {
    return new TourException(
        "%s has stood at %s for %d s on its way to %s; %s"
            .formatted(
                shelf.name(),
                family.place(),
                STEP.toSeconds(),
                goal,
                family
                    .waitsFor()
                    .map(gate -> "the gate '" + gate.name() + "' says: " + gate.says())
                    .orElse("every gate is open, yet the step is refused")));
  }

  private boolean step(Family family) throws TourException, InterruptedException {
    if (family.phase().equals("shadow")) {
      hunt.mended(banyan.parity(shelf.name()));
    }
    if (!banyan.promote(shelf.name(), "the tour: every gate is open")) {
      return false;
    }
    say(
        family.place()
            + " → "
            + family.next()
            + (family.compared() == 0
                ? ""
                : " ("
                    + family.compared()
                    + " answers compared, "
                    + family.mismatched()
                    + " differ)"));
    return true;
  }

  /// Breaks the candidate, waits until Banyan has taken the family back by itself, and mends it.
  private void suffer(Strike strike) throws TourException, InterruptedException {
    long before = rollbacks().stream().mapToLong(Banyan.Rollback::seq).max().orElse(0);
    long failedBefore = count.failed();
    Duration latency = latency(strike);
    stage.trouble(shelf.path(), strike.errors(), latency);
    say(
        strike.errors() > 0
            ? "!! now %.0f %% of the candidate's reads fail".formatted(strike.errors() * 100)
            : "!! now the candidate's reads take %d ms longer".formatted(latency.toMillis()));
    Banyan.Rollback rollback = awaitRollback(before, latency);
    say(
        String.format(
            Locale.ROOT,
            "rolled back by Banyan itself, in %.2f ms: %s",
            rollback.millis(),
            rollback.reason()));
    stage.trouble(shelf.path(), 0, Duration.ZERO);
    banyan.resetParity(shelf.name(), "the tour: the candidate was mended");
    say(
        "clients saw "
            + (count.failed() - failedBefore)
            + " errors meanwhile. The candidate is mended; up again from "
            + banyan.family(shelf.name()).place()
            + ".");
  }

  /// Well above what Banyan calls slow, however slow this machine is.
  private Duration latency(Strike strike) throws TourException, InterruptedException {
    if (strike.latency().isZero()) {
      return Duration.ZERO;
    }
    double slow = banyan.family(shelf.name()).number("latency", "slowFromMillis").orElse(0.0);
    Duration twice = Duration.ofMillis(Math.round(Math.min(slow * 2, 3000)));
    return twice.compareTo(strike.latency()) > 0 ? twice : strike.latency();
  }

  /// On a machine so busy that most answers are slow, slowness proves nothing: then errors are
  /// added.
  private Banyan.Rollback awaitRollback(long after, Duration latency)
      throws TourException, InterruptedException {
    Deadline half = new Deadline(NOTICE.dividedBy(2));
    Deadline deadline = new Deadline(NOTICE);
    boolean worse = false;
    while (true) {
      var seen = rollbacks().stream().filter(each -> each.seq() > after).findFirst();
      if (seen.isPresent()) {
        return seen.get();
      }
      if (half.over() && !worse) {
        worse = true;
        stage.trouble(shelf.path(), FAILING, latency);
        say("!! that is not told from how busy this machine is; now most of them fail as well");
      }
      if (deadline.over()) {
        throw new TourException(
            "%s was not rolled back within %d s of its candidate breaking; it is at %s"
                .formatted(shelf.name(), NOTICE.toSeconds(), banyan.family(shelf.name()).place()));
      }
      Thread.sleep(GLANCE);
    }
  }

  private List<Banyan.Rollback> rollbacks() throws TourException, InterruptedException {
    return banyan.rollbacks().stream().filter(each -> each.family().equals(shelf.name())).toList();
  }

  private void say(String words) {
    screen.say(String.format(Locale.ROOT, "%-9s %s", shelf.name(), words));
  }
}
