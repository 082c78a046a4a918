package dev.banyan.app;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import dev.banyan.migration.Side;
import dev.banyan.parity.Moments;
import dev.banyan.parity.Tolerance;
import dev.banyan.routing.Decision;
import dev.banyan.routing.Route;
import dev.banyan.routing.WriteShadow;
import dev.banyan.shadow.Drop;
import dev.banyan.shadow.Errand;
import dev.banyan.shadow.FollowUp;
import dev.banyan.shadow.SecondLeg;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One write's copy, from the tee until its effects were compared. Used by one thread after the
/// other.
final class WriteErrand implements Errand, WriteLane.Turn {
  private static final Logger LOG = LoggerFactory.getLogger(WriteErrand.class);

  /// Of an answer to OPTIONS.
  private static final int ANSWER = 64 * 1024;

  /// Why nothing is sent, where the book is told of it as well.
  static final Set<Drop> TOLD =
      Set.of(Drop.DRY_RUN_NOT_HONOURED, Drop.SANDBOX_IS_LIVE, Drop.ID_UNKNOWN);

  /// How much longer a body may become by the ids in it; more was not charged for.
  private static final int LONGER = 2;

  /// A dry run made nothing, so it has no id and no place of its own.
  private static final Pattern MADE =
      Pattern.compile("header:location|header:banyan-dry-run|body:\\$(?:.*\\.)?(?:id|_id|uuid)");

  private final Writes.Ports ports;
  private final FamilyWrites family;
  private final Route route;
  private final WriteShadow rung;
  private final String authority;
  private final String service;
  private final String id;
  private final long period;
  private final long lostBefore;

  /// Of the [SandboxGuard], when the write came.
  private final long turn;

  private boolean atLegacy;
  private boolean joined;

  /// Whether the departure has been told what to do.
  private boolean gone;

  private boolean sent;
  private @Nullable Request request;
  private @Nullable Departure departure;

  /// Why the copy was kept back at the last moment.
  private volatile @Nullable Drop kept;

  private volatile @Nullable InetSocketAddress asked;

  /// @param period of evidence that the write began in
  WriteErrand(Writes writes, FamilyWrites family, Decision decision, String id, long period) {
    this.ports = writes.ports();
    this.family = family;
    this.route = decision.route();
    this.rung = Objects.requireNonNull(decision.write());
    this.authority = decision.service();
    this.service = Objects.requireNonNull(decision.shadow());
    this.id = id;
    this.period = period;
    this.lostBefore = family.timesLost();
    this.turn = ports.guard().turn();
  }

  private Endpoint endpoint() {
    return route.endpoint();
  }

  /// It was sampled: one of `begin` and `over` is next. On an event loop, like [#unsampled].
  void sampled() {
    atLegacy = true;
    family.atLegacy();
  }

  void unsampled() {
    family.lost();
  }

  @Override
  public void begin(Request write, Leg.Answered primary, Departure way) {
    leaveLegacy();
    request = write;
    departure = way;
    joined = true;
    if (!family.lane.join(this)) {
      joined = false;
      way.drop(Drop.WRITES_WAITING);
    }
  }

  private void leaveLegacy() {
    if (atLegacy) {
      atLegacy = false;
      family.answered();
    }
  }

  @Override
  public void over() {
    leaveLegacy();
    if (!sent || kept != null) {
      family.lost();
    }
    if (joined) {
      family.lane.leave();
    }
  }

  private Request write() {
    return Objects.requireNonNull(request);
  }

  private void drop(Drop reason) {
    gone = true;
    if (TOLD.contains(reason)) {
      ports.book().skipped(family.family, period, reason.word());
    }
    Objects.requireNonNull(departure).drop(reason);
  }

  // ---- sending, when it is its turn

  @Override
  public void take() {
    try {
      switch (rung) {
        case WriteShadow.DryRun _ -> dryRun();
        case WriteShadow.Sandbox _ -> sandbox();
        case WriteShadow.Blocked _ -> throw new IllegalStateException("nothing is to be sent");
      }
    } catch (RuntimeException e) {
      LOG.error("no copy of {} could be made", endpoint(), e);
      if (!gone) {
        drop(Drop.NOT_MADE);
      }
    }
  }

  @Override
  public void refused(Drop reason) {
    drop(reason);
  }

  /// Whether it changes what is at a path, or may.
  boolean touches(String path) {
    Request write = request;
    if (write == null) {
      return true;
    }
    String own = WriteRequests.path(write);
    boolean within = own.equals(path) || own.startsWith(path + "/");
    return within || (!write.method().equals("POST") && path.startsWith(own + "/"));
  }

  /// @param seen is told of the answer before anybody may drop it
  private void depart(Request copy, Predicate<InetSocketAddress> allowed, Consumer<Leg> seen) {
    gone = true;
    SecondLeg guarded =
        (to, what, side, deadline, admission, told) -> {
          sent = true;
          ports.sending().send(to, what, side, deadline, admission, seen.andThen(told), allowed);
        };
    Objects.requireNonNull(departure).send(copy, guarded);
  }

  private void sandbox() {
    if (!ports.guard().allows(turn, family.family, service)) {
      drop(Drop.SANDBOX_IS_LIVE);
      return;
    }
    Optional<Request> translated = family.ids.translate(write());
    if (translated.isEmpty()) {
      drop(Drop.ID_UNKNOWN);
    } else if (translated.get().body().length() > LONGER * write().body().length()) {
      drop(Drop.BODY_TOO_LONG);
    } else {
      String key = ports.keys().of(id, endpoint(), write());
      depart(WriteRequests.copy(translated.get(), key, false), this::isApart, _ -> {});
    }
  }

  private boolean isApart(InetSocketAddress chosen) {
    boolean apart = ports.guard().allows(turn, family.family, service, chosen);
    kept = apart ? null : Drop.SANDBOX_IS_LIVE;
    return apart;
  }

  private void dryRun() {
    switch (ports.dryRuns().step(family.family, endpoint())) {
      case LEAVE -> drop(Drop.DRY_RUN_NOT_HONOURED);
      case SEND -> departDry();
      case ASK -> ask();
    }
  }

  private void departDry() {
    boolean keyed = write().headers().first("idempotency-key").isPresent();
    String key = keyed ? ports.keys().of(id, endpoint(), write()) : null;
    long now = ports.book().period(family.family);
    depart(WriteRequests.copy(write(), key, true), this::gaveItsWord, leg -> seen(leg, now));
  }

  /// Whatever becomes of the exchange: a broken word ends the dry runs.
  private void seen(Leg leg, long now) {
    if (kept != null) {
      return; // nothing was sent
    }
    switch (leg) {
      case Leg.Answered answered -> {
        if (!honoured(answered.response())) {
          ports.dryRuns().end(family.family, endpoint(), now);
        }
      }
      case Leg.Failed _ -> ports.dryRuns().forget(family.family, endpoint());
    }
  }

  private boolean gaveItsWord(InetSocketAddress chosen) {
    boolean word = ports.dryRuns().allows(family.family, endpoint(), chosen);
    kept = word ? null : Drop.DRY_RUN_NOT_HONOURED;
    return word;
  }

  private void ask() {
    Request options = WriteRequests.options(write());
    Route asking = ports.table().inForce().match("OPTIONS", options.target());
    if (asking == null || !asking.safe()) {
      drop(Drop.DRY_RUN_NOT_HONOURED); // OPTIONS has effects there, so nobody can be asked
      return;
    }
    DryRuns.Moment began = ports.dryRuns().now(family.family);
    int[] room = {ANSWER};
    try {
      ports
          .sending()
          .send(
              service,
              options,
              Side.CANDIDATE,
              ports.deadline().get(),
              bytes -> (room[0] -= bytes) >= 0,
              leg -> goOn(() -> answered(leg, began)),
              to -> {
                asked = to;
                return !to.isUnresolved();
              });
    } catch (RejectedExecutionException e) {
      drop(Drop.SHUTTING_DOWN);
    }
  }

  private void goOn(Runnable work) {
    try {
      ports.comparing().execute(work);
    } catch (RejectedExecutionException e) {
      drop(Drop.COMPARISON_BACKLOG);
    }
  }

  private void answered(Leg leg, DryRuns.Moment began) {
    boolean honoured = leg instanceof Leg.Answered answered && honoured(answered.response());
    if (leg instanceof Leg.Answered answered) {
      answered.response().body().release();
    }
    ports.dryRuns().answered(family.family, endpoint(), began, asked, honoured);
    if (ports.dryRuns().step(family.family, endpoint()) == DryRuns.Step.SEND) {
      departDry();
    } else {
      drop(Drop.DRY_RUN_NOT_HONOURED);
    }
  }

  private static boolean honoured(Response response) {
    List<String> said = response.headers().all(DryRuns.HEADER);
    return said.size() == 1 && said.getFirst().strip().equalsIgnoreCase(DryRuns.HONOURED);
  }

  // ---- judging

  @Override
  public @Nullable FollowUp judge(Exchange exchange, long period) {
    Drop why = kept;
    if (why != null) {
      ports.book().skipped(family.family, period, why.word());
      return null;
    }
    try {
      return rung instanceof WriteShadow.DryRun
          ? judgeDryRun(exchange, period)
          : judgeSandbox(exchange, period);
    } catch (RuntimeException e) {
      LOG.error("comparing {} of {} failed", exchange.endpoint(), exchange.family(), e);
      ports.book().record(exchange, period, new Verdict.Skipped("comparison-failed"));
      return null;
    }
  }

  private @Nullable FollowUp judgeDryRun(Exchange exchange, long period) {
    Tolerance made = difference -> MADE.matcher(difference.where()).matches();
    Tolerance moments = new Moments(exchange.request(), ports.clock().instant());
    Verdict verdict = ports.comparison().apply(exchange, made.or(moments));
    if (exchange.leg(Side.CANDIDATE) instanceof Leg.Answered answered
        && !honoured(answered.response())) {
      Difference carriedOut =
          new Difference(
              DryRuns.PLACE, Difference.Kind.MISSING, Severity.BREAKING, DryRuns.HONOURED, null);
      verdict = Effects.with(verdict, List.of(carriedOut));
    }
    ports.book().record(exchange, period, verdict);
    return null;
  }

  private @Nullable FollowUp judgeSandbox(Exchange exchange, long period) {
    family.inPeriod(period);
    Moments moments = new Moments(exchange.request(), ports.clock().instant());
    Optional<Difference> swapped = Optional.empty();
    if (exchange.leg(Side.LEGACY) instanceof Leg.Answered legacy
        && exchange.leg(Side.CANDIDATE) instanceof Leg.Answered sandboxed
        && success(legacy)
        && success(sandboxed)) {
      swapped = family.ids.learn(endpoint(), legacy.response(), sandboxed.response());
    }
    Tolerance tolerance = family.ids.tolerance(endpoint()).or(moments);
    Verdict answers =
        Effects.with(ports.comparison().apply(exchange, tolerance), swapped.stream().toList());
    Effects effects = new Effects(ports, family, exchange, period, moments, answers, lostBefore);
    FollowUp reading = effects.reading(authority, service);
    if (reading == null) {
      ports.book().record(exchange, period, answers);
    }
    return reading;
  }

  private static boolean success(Leg.Answered leg) {
    return leg.response().status() / 100 == 2;
  }
}
