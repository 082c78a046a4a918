package dev.banyan.app;

import com.dynatrace.hash4j.hashing.Hasher64;
import dev.banyan.config.FamilyConfig;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Side;
import dev.banyan.parity.Units;
import dev.banyan.proxy.StickyUnit;
import dev.banyan.routing.RouteSpec;
import dev.banyan.routing.Sticky;
import dev.banyan.shadow.Drop;
import dev.banyan.shadow.FollowUp;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Settles one family's exchanges: at once, or after one side was asked the same again.
///
/// Two things make it ask again. To **learn**: the first exchanges of each endpoint and status, and
/// a share of the later ones, picked before anybody looks at the answers. And for a **difference**:
/// to tell it from a race, and from what the primary never gives twice. Either has an allowance of
/// its own, so that neither can take the other's, and the two together bound what a family's
/// services get beside their clients' requests. Only requests that are safe are ever asked again.
///
/// Any comparing thread may call.
final class FamilyJudging {

  /// Why a side was asked again.
  enum Why {
    LEARNING,
    DIFFERENCE;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// Exchanges of an endpoint and status that are all doubled.
  static final int FIRST = 200;

  /// Until so many were doubled, others are not counted at all: what is volatile is not known yet,
  /// and counting only those without a difference would make the candidate look better than it is.
  static final int ENOUGH = 20;

  static final int PER_SECOND = 10;
  static final int LEARNING_AT_ONCE = 200;
  static final int DIFFERENCES_AT_ONCE = 100;

  /// Reason of a [Verdict.Skipped]: see [#ENOUGH].
  static final String NOISE_UNKNOWN = "noise-not-learned";

  /// Reason of a [Verdict.Skipped]: it differs, and a stop kept the other side from being asked.
  static final String STOPPING = "shutting-down";

  /// Reason of a [Verdict.Skipped]: it differs, and the side that follows the other one did not
  /// have in time what that one had; or it does not, at a time when a difference would be left out.
  static final String ROWS_BEHIND = Drop.ROWS_BEHIND.word();

  private final Judging.Ports ports;
  private final Hasher64 callers;
  private final Supplier<Judging.Rows> rows;
  private final Map<Why, Allowance> allowances = new EnumMap<>(Why.class);
  private final Map<Why, AtomicLong> asked = new EnumMap<>(Why.class);
  private volatile FamilyConfig config;

  /// Guarded by this.
  private @Nullable Learning known;

  FamilyJudging(FamilyConfig config, Judging.Ports ports, Supplier<Judging.Rows> rows) {
    this.rows = rows;
    this.config = config;
    this.callers = Sticky.hasher(config.name());
    this.ports = ports;
    allowances.put(Why.LEARNING, new Allowance(PER_SECOND, LEARNING_AT_ONCE, ports.nanos()));
    allowances.put(Why.DIFFERENCE, new Allowance(PER_SECOND, DIFFERENCES_AT_ONCE, ports.nanos()));
    for (Why why : Why.values()) {
      asked.put(why, new AtomicLong());
    }
  }

  void adopt(FamilyConfig next) {
    config = next;
  }

  /// Times that a side was asked again.
  long asked(Why why) {
    return Objects.requireNonNull(asked.get(why)).get();
  }

  private boolean mayAsk(Why why) {
    if (!Objects.requireNonNull(allowances.get(why)).take()) {
      return false;
    }
    Objects.requireNonNull(asked.get(why)).incrementAndGet();
    return true;
  }

  private boolean has(Why why) {
    return Objects.requireNonNull(allowances.get(why)).has();
  }

  /// What was learned in a period; null when it is over.
  synchronized @Nullable Learning learning(long period) {
    Learning learned = known;
    if (learned == null || learned.period() < period) {
      learned = new Learning(period, ports.clock());
      known = learned;
    }
    return learned.period() == period ? learned : null;
  }

  /// @return what is to be asked; null when the exchange was recorded
  @Nullable FollowUp judge(Exchange exchange, long period) {
    Learning learned = learning(period);
    if (learned == null
        || !(exchange.leg(Side.LEGACY) instanceof Leg.Answered legacy)
        || !(exchange.leg(Side.CANDIDATE) instanceof Leg.Answered candidate)
        || !reads(config, exchange.endpoint())) {
      record(exchange, period, ports.comparisons().apply(exchange.family()).compare(exchange));
      return null;
    }
    Case each = new Case(exchange, period, legacy.response(), candidate.response(), learned);
    return each.begin();
  }

  /// An address is nobody's name: what was compared does not have it, and many share one.
  long caller(Exchange exchange) {
    CharSequence named = StickyUnit.named(config.sticky(), new Captured(exchange));
    return named == null ? Units.ALONE : Sticky.hash(callers, named);
  }

  private record Captured(Exchange exchange) implements StickyUnit.Source {
    @Override
    public @Nullable CharSequence header(String name) {
      return exchange.request().headers().first(name).orElse(null);
    }

    @Override
    public String address() {
      return "";
    }

    @Override
    public String id() {
      return exchange.id();
    }
  }

  private void record(Exchange exchange, long period, Verdict verdict) {
    ports.book().record(exchange, period, verdict);
  }

  /// Whether requests of an endpoint only read, as the routing table reads the routes.
  private static boolean reads(FamilyConfig config, Endpoint endpoint) {
    Boolean said = null;
    int best = 0;
    for (RouteSpec route : config.routes()) {
      int fit = fit(route, endpoint);
      if (fit > best) {
        best = fit;
        said = route.safe();
      }
    }
    return best > 0 && (said == null ? Endpoint.isRead(endpoint.method()) : said);
  }

  /// A method of its own goes before `HEAD` as a kind of `GET`, and that before a route for all.
  private static int fit(RouteSpec route, Endpoint endpoint) {
    if (!route.template().toString().equals(endpoint.template())) {
      return 0;
    }
    String method = route.method();
    if (method == null) {
      return 1;
    }
    if (method.equals(endpoint.method())) {
      return 3;
    }
    return method.equals("GET") && endpoint.method().equals("HEAD") ? 2 : 0;
  }

  /// One exchange that both sides answered.
  private final class Case {
    private final Exchange exchange;
    private final long period;
    private final Response legacy;
    private final Response candidate;
    private final Learning learned;
    private final Endpoint endpoint;

    Case(Exchange exchange, long period, Response legacy, Response candidate, Learning learned) {
      this.exchange = exchange;
      this.period = period;
      this.legacy = legacy;
      this.candidate = candidate;
      this.learned = learned;
      this.endpoint = exchange.endpoint();
    }

    @Nullable FollowUp begin() {
      double share = config.shadowAgain();
      boolean first = share > 0 && learned.wants(endpoint, legacy.status(), FIRST);
      boolean drawn = first || (share > 0 && ports.randomness().getAsDouble() < share);
      boolean scarce = share > 0 && learned.wants(endpoint, legacy.status(), ENOUGH);
      if (drawn && mayAsk(Why.LEARNING)) {
        return doubled(scarce ? new Verdict.Skipped(NOISE_UNKNOWN) : compared());
      }
      return scarce ? settled(new Verdict.Skipped(NOISE_UNKNOWN)) : settle(compared());
    }

    private Verdict compared() {
      return ports
          .comparisons()
          .apply(exchange.family())
          .compare(exchange, learned.tolerance(endpoint, legacy.status()));
    }

    private @Nullable FollowUp settled(Verdict verdict) {
      boolean counts = !(verdict instanceof Verdict.Match) || mayDiffer();
      record(exchange, period, counts ? verdict : new Verdict.Skipped(ROWS_BEHIND));
      return null;
    }

    /// Whether a difference would be looked at now. Where it would be left out a match is as well:
    /// to count those alone would make the candidate look better than it is.
    private boolean mayDiffer() {
      Judging.Rows following = rows.get();
      return following.behind(exchange.family()) == null
          || (has(Why.DIFFERENCE) && following.come(exchange.family()));
    }

    /// The paired test needs the candidate's answer to lie between the legacy's two. Where the
    /// candidate is primary it came first, so the legacy's are only compared with each other.
    private FollowUp doubled(Verdict otherwise) {
      boolean between = exchange.primary().side() == Side.LEGACY;
      return ask(
          Side.LEGACY,
          otherwise,
          again -> {
            if (between) {
              learned.learn(endpoint, legacy, again, candidate);
              return caughtUp(sandwich(exchange, again));
            }
            learned.learn(endpoint, legacy, again);
            return settle(compared());
          });
    }

    private @Nullable FollowUp settle(Verdict verdict) {
      if (verdict instanceof Verdict.Mismatch && rows.get().behind(exchange.family()) != null) {
        return caughtUp(verdict);
      }
      return verdict instanceof Verdict.Mismatch && mayAsk(Why.DIFFERENCE)
          ? ask(exchange.primary().side(), verdict, again -> settled(sandwich(exchange, again)))
          : settled(verdict);
    }

    /// Where one side's rows follow the other's, what differs may only be on its way: both are
    /// asked anew once they have come, the primary before and after the other.
    private @Nullable FollowUp caughtUp(Verdict verdict) {
      String family = exchange.family();
      Judging.Rows following = rows.get();
      Side behind = following.behind(family);
      if (!(verdict instanceof Verdict.Mismatch) || behind == null) {
        return settled(verdict);
      }
      Verdict unknown = new Verdict.Skipped(ROWS_BEHIND);
      if (!mayAsk(Why.DIFFERENCE)) {
        return settled(unknown);
      }
      Side primary = exchange.primary().side();
      return new FollowUp(
          List.of(question(primary), question(primary.other()), question(primary)),
          legs -> ports.guarded(exchange, period, () -> settledAnew(legs, verdict)),
          reason -> settled(reason == Drop.ROWS_BEHIND ? unknown : givenUp(verdict, reason)),
          (now, late) -> following.await(family, behind, now, late));
    }

    private @Nullable FollowUp settledAnew(List<Leg> legs, Verdict otherwise) {
      if (!(legs.get(0) instanceof Leg.Answered before)
          || !(legs.get(1) instanceof Leg.Answered other)
          || !(legs.get(2) instanceof Leg.Answered after)) {
        return settled(otherwise);
      }
      Exchange anew =
          new Exchange(
              exchange.id(),
              exchange.family(),
              exchange.epoch(),
              endpoint,
              exchange.request(),
              before,
              other);
      record(anew, period, sandwich(anew, after.response()));
      return null;
    }

    private FollowUp.Question question(Side side) {
      FamilyConfig now = config;
      String service = side == Side.LEGACY ? now.legacyService() : now.candidateService();
      return new FollowUp.Question(service, side, exchange.request());
    }

    private Verdict sandwich(Exchange answered, Response again) {
      int status = legacy.status();
      return ports
          .comparisons()
          .apply(answered.family())
          .sandwich(
              answered,
              again,
              learned.tolerance(endpoint, status),
              learned.defective(endpoint, status));
    }

    /// Asks one side the same again.
    ///
    /// @param otherwise what is recorded when there is no answer
    private FollowUp ask(
        Side side, Verdict otherwise, Function<Response, @Nullable FollowUp> then) {
      return new FollowUp(
          List.of(question(side)),
          legs ->
              switch (legs.getFirst()) {
                case Leg.Answered answered ->
                    ports.guarded(exchange, period, () -> then.apply(answered.response()));
                case Leg.Failed _ -> settled(otherwise);
              },
          reason -> settled(givenUp(otherwise, reason)));
    }

    /// A difference that was not settled stays one: to skip it would hide those that are real. A
    /// stop is no burden that a candidate could bring about, and is over at once.
    private static Verdict givenUp(Verdict otherwise, Drop reason) {
      return reason == Drop.SHUTTING_DOWN && otherwise instanceof Verdict.Mismatch
          ? new Verdict.Skipped(STOPPING)
          : otherwise;
    }
  }
}
