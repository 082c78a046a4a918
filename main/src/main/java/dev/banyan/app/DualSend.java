package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.FamilyConfig;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.cutover.RowAgreement;
import dev.banyan.dual.Deliveries;
import dev.banyan.dual.DirtyKeys;
import dev.banyan.dual.DualOptions;
import dev.banyan.dual.Entry;
import dev.banyan.dual.EntryState;
import dev.banyan.dual.Outbox;
import dev.banyan.dual.OutboxCounts;
import dev.banyan.dual.OutboxStore;
import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.migration.DataOwnership;
import dev.banyan.proxy.KeptWrite;
import dev.banyan.proxy.KeptWrites;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.UncertainWrites;
import dev.banyan.routing.Decision;
import dev.banyan.routing.Route;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Families whose writes go to both sides: joins the gateway to the outbox, the outbox to the
/// second legs, and what is left in it to the gates.
///
/// What a family has written is sent to both sides from `shadow` to `writes`. In `legacy` the
/// candidate may not be there yet, and in `retired` the legacy is gone. Any thread may call.
final class DualSend implements KeptWrites, RowAgreement, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DualSend.class);

  /// How long one try to send an entry may take.
  static final Duration DEADLINE = Duration.ofSeconds(30);

  private static final Duration TEND = Duration.ofSeconds(1);
  private static final Duration COUNT = Duration.ofMillis(250);
  private static final int RANDOM = 16;

  /// @param sends whether this process is the one that empties the outbox
  /// @param live the names of the processes that share the store and live; null while that is not
  ///   known, or there is but this one
  /// @param name of this process among them; empty where there is but this one
  /// @param blocking does what may take a while
  record Ports(
      OutboxStore store,
      Deliveries.Sending sending,
      BooleanSupplier sends,
      Supplier<@Nullable Set<String>> live,
      String name,
      Executor blocking,
      InstantSource clock,
      LongSupplier nanos) {}

  private final Ports ports;
  private final String writer;
  private final Outbox outbox;
  private final Deliveries deliveries;
  private final SecureRandom chance = new SecureRandom();
  private volatile Map<String, Deliveries.Plan> plans = Map.of();

  /// Whether writes of any family change their owner, so that some may come to be uncertain.
  private volatile boolean owned;

  private volatile Consumer<Limit> limited = _ -> {};
  private volatile @Nullable Cutover ledger;

  /// Families whose rows were compared once and may not agree any more, until the store knows.
  private final Set<String> forgotten = ConcurrentHashMap.newKeySet();

  DualSend(Ports ports) {
    this.ports = ports;
    this.writer = ports.name() + "/" + random();
    this.outbox = new Outbox(ports.store(), ports.nanos());
    this.deliveries =
        new Deliveries(
            new Deliveries.Ports(
                ports.store(),
                outbox,
                ports.sending(),
                family -> plans.get(family),
                writer,
                ports.sends(),
                DEADLINE,
                this::parked,
                ports.nanos()));
  }

  private String random() {
    byte[] drawn = new byte[RANDOM];
    chance.nextBytes(drawn);
    return HexFormat.of().formatHex(drawn);
  }

  /// A configuration comes into force, or has.
  void adopt(BanyanConfig config) {
    Map<String, Deliveries.Plan> next = new HashMap<>();
    for (FamilyConfig family : config.families()) {
      DualOptions options = family.dual();
      if (options == null) {
        forgotten.add(family.name()); // its writes go to one side from now on
      } else {
        next.put(
            family.name(),
            new Deliveries.Plan(options, family.legacyService(), family.candidateService()));
      }
    }
    plans = Map.copyOf(next);
    owned = config.families().stream().anyMatch(each -> each.data() == DataOwnership.SYNCED);
  }

  /// Begins to write and to send.
  void begin(Clockwork clockwork) {
    clockwork.loop("banyan-outbox", outbox::turn);
    clockwork.loop("banyan-deliver", deliveries::turn);
    clockwork.loop("banyan-count", this::count);
    clockwork.choreEvery(TEND, this::tend);
  }

  /// Where what happens is told of, from now on.
  void tell(Cutover cutover) {
    ledger = cutover;
  }

  /// Null until everything has begun.
  @Nullable Cutover cutover() {
    return ledger;
  }

  /// Who hears that a limit was reached, from now on.
  void limits(Consumer<Limit> hears) {
    limited = hears;
  }

  private Duration count() {
    try {
      if (owned || !plans.isEmpty()) {
        outbox.refresh();
      }
    } catch (UncheckedIOException e) {
      LOG.warn("how much is in the outbox is not known", e);
    }
    return COUNT;
  }

  /// Takes up what processes have left that have ended, and has the store forget what is known to
  /// be forgotten.
  void tend() {
    try {
      List<String> now = List.copyOf(forgotten);
      outbox.unprove(now);
      forgotten.removeAll(now);
      int taken = outbox.takeUp(this::hasEnded, this::isIdempotent);
      if (taken > 0) {
        LOG.warn(
            "{} writes were under way when their gateway ended; see 'banyan outbox list'", taken);
      }
    } catch (UncheckedIOException e) {
      LOG.warn("the outbox is not tended; it is tried again", e);
    }
  }

  private boolean hasEnded(String other) {
    if (other.equals(writer)) {
      return false;
    }
    String name = other.substring(0, other.lastIndexOf('/'));
    if (name.equals(ports.name())) {
      return true; // of this process's name there is one at a time
    }
    Set<String> live = ports.live().get();
    return live != null && ports.sends().getAsBoolean() && !live.contains(name);
  }

  private boolean isIdempotent(String family) {
    Deliveries.Plan plan = plans.get(family);
    return plan != null && plan.options().idempotent();
  }

  private void parked(Entry.Listed entry) {
    boolean first =
        outbox.counts(entry.family()).map(counts -> counts.of(EntryState.PARKED) == 0).orElse(true);
    LOG.warn(
        "{} {} of {} (entry {}) is parked: {}",
        entry.method(),
        entry.path(),
        entry.family(),
        entry.seq(),
        entry.says());
    Cutover to = ledger;
    if (first && to != null) {
      // Not each one: a side that is broken would fill the ledger.
      String what = DualOrders.words(entry) + " is parked, the first one: " + entry.says();
      ports
          .blocking()
          .execute(() -> to.enter(Kind.OUTBOX_PARK, entry.family(), Cutover.ITSELF, what));
    }
  }

  // ---- for the gateway

  @Override
  public boolean keeps(Route route) {
    String family = route.family();
    return family != null && plans.containsKey(family) && route.hasBothSides();
  }

  @Override
  public @Nullable KeptWrite begin(Decision decision, long unit) {
    String family = decision.route().family();
    Deliveries.Plan plan = family == null ? null : plans.get(family);
    if (family == null || plan == null) {
      return null;
    }
    boolean full =
        outbox
            .counts(family)
            .map(counts -> counts.entries() >= plan.options().entries())
            .orElse(false);
    if (full) {
      limited.accept(Limit.OUTBOX_ENTRIES);
    }
    return new DualWrite(this, family, decision, unit, plan.options(), full);
  }

  /// A write to one side that was not answered as its owner changed. Of those that go to both sides
  /// the outbox knows already.
  void keep(UncertainWrites.Sent write) {
    if (plans.containsKey(write.family())) {
      return;
    }
    String key = write.idempotencyKey();
    outbox.keep(
        Entry.uncertain(
            write.family(),
            write.unit(),
            write.side(),
            ports.clock().instant(),
            new Request(write.method(), write.path(), Headers.NONE, Body.EMPTY),
            key == null ? "" : key,
            write.why() + " (request " + write.requestId() + ", epoch " + write.epoch() + ")"));
  }

  Outbox outbox() {
    return outbox;
  }

  String writer() {
    return writer;
  }

  String freshKey() {
    return random();
  }

  InstantSource clock() {
    return ports.clock();
  }

  Executor blocking() {
    return ports.blocking();
  }

  // ---- for the gates, the metrics and those who compare

  @Override
  public Reading of(String family) {
    if (!plans.containsKey(family)) {
      return new Untransferred();
    }
    return new Sent(counts(family).map(this::reading).orElse(null), null);
  }

  private Counts reading(OutboxCounts counts) {
    Instant oldest = counts.oldest();
    return new Counts(
        counts.of(EntryState.INTENDED)
            + counts.of(EntryState.ASKING)
            + counts.of(EntryState.ACCEPTED),
        counts.of(EntryState.INDETERMINATE),
        counts.of(EntryState.PARKED),
        counts.dirty(),
        counts.whole(),
        oldest == null ? null : Duration.between(oldest, ports.clock().instant()));
  }

  /// How much of a family is open and dirty; empty while the store can not be read.
  Optional<OutboxCounts> counts(String family) {
    return outbox
        .counts(family)
        .map(counts ->
            forgotten.contains(family) && !counts.whole()
                ? new OutboxCounts(counts.states(), counts.dirty(), true, counts.oldest())
                : counts);
  }

  /// Writes of a family that nobody has settled, as far as that is known.
  long indeterminate(String family) {
    return outbox.counts(family).map(counts -> counts.of(EntryState.INDETERMINATE)).orElse(0L);
  }

  /// The families whose writes go to both sides.
  Collection<String> families() {
    return plans.keySet();
  }

  @Override
  public void forget(String family) {
    outbox.unprove(List.of(family));
    forgotten.remove(family);
  }

  /// For the comparison of rows.
  DirtyKeys dirtyKeys() {
    return outbox.dirtyKeys();
  }

  DualOrders orders(Cutover cutover) {
    return new DualOrders(outbox, cutover, this::isIdempotent);
  }

  @Override
  public void close() {
    outbox.close();
  }
}
