package dev.banyan.app;

import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.Replicas;
import dev.banyan.cutover.TickDigest;
import dev.banyan.migration.Phase;
import dev.banyan.replica.Changes;
import dev.banyan.replica.Digest;
import dev.banyan.replica.Fleet;
import dev.banyan.replica.Hint;
import dev.banyan.replica.ReplicaLife;
import dev.banyan.replica.ReplicaListener;
import dev.banyan.replica.WriteHold;
import dev.banyan.replica.WriteHolds;
import dev.banyan.store.local.Remembering;
import dev.banyan.store.postgres.PostgresHints;
import dev.banyan.store.postgres.PostgresStore;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This process among those that share its store: what was decided elsewhere is put in force here,
/// what was seen here is told to all, and what is not known any more steers no request.
final class Replication implements Replicas, ReplicaListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Replication.class);

  /// A lease, its margin, and a little for the others to say so.
  private static final Duration ACKNOWLEDGED = Duration.ofMillis(3_500);

  private static final Duration EXCHANGE = Duration.ofMillis(100);

  /// Digests that wait to be handed over; more are dropped.
  private static final int WAITING = 10_000;

  private static final int WARNINGS = 16;

  private final ReplicaLife life;
  private final Steering steering;
  private final Remembering remembering;
  private final LongSupplier nanos;
  private final BlockingQueue<Digest> outbox = new ArrayBlockingQueue<>(WAITING);
  private final String name;

  private final PostgresHints hints;
  private final WriteHolds holds;

  /// Warnings under way; a rollback that finds none free is heard of once it is written.
  private final Semaphore warnings = new Semaphore(WARNINGS);

  /// Set before any thread of this runs, like `cutover`.
  private volatile @Nullable Clockwork own;

  /// Set before any thread of this runs.
  private volatile @Nullable Cutover cutover;

  /// Set before any thread of this runs, like `orders`.
  private volatile @Nullable HeldEverywhere held;

  private volatile @Nullable OwnerOrders orders;

  Replication(Storage storage, Steering steering, LongSupplier nanos) {
    PostgresStore store = Objects.requireNonNull(storage.shared());
    this.remembering = Objects.requireNonNull(storage.remembering());
    this.name = Objects.requireNonNull(storage.name());
    this.hints = store.hints();
    this.holds = store.holds();
    this.steering = steering;
    this.nanos = nanos;
    // Until the store is heard this one is cut off: it serves by what was last known.
    steering.cutOff(true);
    steering.live().extend(nanos.getAsLong());
    this.life =
        new ReplicaLife(
            name,
            new ReplicaLife.Ports(
                store.roster(),
                store.wire(),
                store.mailbox(),
                store::replicas,
                after -> apply(store, after),
                this,
                this::denied,
                TickDigest::sum,
                nanos));
  }

  /// Begins to live among the others. Until the store has been heard, nothing here is known.
  ///
  /// @param here holds the writes of families at this gateway
  /// @return what has all of them hold writes
  Holding begin(
      Cutover decided,
      Clockwork clockwork,
      Function<Set<String>, WriteKeeping.Hold> here,
      OwnerOrders ownerOrders) {
    cutover = decided;
    orders = ownerOrders;
    HeldEverywhere holding =
        new HeldEverywhere(
            holds,
            new HeldEverywhere.Replicas(life::term, life::live, life::isGone),
            here,
            clockwork.blocking());
    held = holding;
    own = clockwork;
    clockwork.loop("banyan-beat", life::beat);
    clockwork.loop("banyan-poll", life::poll);
    clockwork.loop("banyan-exchange", this::exchange);
    return holding;
  }

  /// All that was decided since an entry, in one transaction.
  private static Cutover.Known known(PostgresStore store, long after) {
    PostgresStore.Decided decided = store.decidedAfter(after);
    return new Cutover.Known(
        decided.standings(),
        after == Changes.NOTHING,
        Map.of(),
        decided.stoppedLine(),
        decided.seq());
  }

  private long apply(PostgresStore store, long after) {
    Cutover decided = Objects.requireNonNull(cutover);
    try {
      Cutover.Known known = decided.refresh(() -> known(store, after)).join();
      remembering.learn(known.standings(), known.stoppedLine().orElse(null));
      return known.head();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException failed) {
        throw failed;
      }
      throw e;
    }
  }

  private Set<String> denied() {
    Cutover decided = cutover;
    return decided == null ? Set.of() : decided.denied();
  }

  private Duration exchange() {
    long began = nanos.getAsLong();
    List<Digest> mine = new ArrayList<>();
    outbox.drainTo(mine);
    Cutover decided = Objects.requireNonNull(cutover);
    for (Digest digest : life.exchange(mine)) {
      decided.count(digest.family(), digest.epoch(), digest.bytes());
    }
    life.tick();
    Duration rest = EXCHANGE.minusNanos(nanos.getAsLong() - began);
    return rest.isNegative() ? Duration.ZERO : rest;
  }

  /// Those that live, by name; null until this one knows that it does.
  @Nullable Set<String> live() {
    Set<String> live = new HashSet<>();
    boolean self = false;
    for (Fleet.Member member : fleet().members()) {
      if (member.live()) {
        live.add(member.name());
        self |= member.self();
      }
    }
    return self ? live : null;
  }

  Fleet fleet() {
    return life.fleet();
  }

  boolean controls() {
    return life.controls();
  }

  @Override
  public boolean alone() {
    return false;
  }

  @Override
  public OptionalLong term() {
    return life.term();
  }

  @Override
  public Acknowledged await(long seq) {
    var followed = life.await(seq, ACKNOWLEDGED);
    if (!followed.everywhere()) {
      LOG.warn(
          "{} of {} replicas have said that they follow entry {}; of the others it is not known",
          followed.acknowledged(),
          followed.of(),
          seq);
    }
    return new Acknowledged(followed.acknowledged(), followed.of());
  }

  @Override
  public boolean cutOff() {
    return !life.lease().holds(nanos.getAsLong());
  }

  @Override
  public void warn(String family, long epoch, Phase.Name to) {
    Clockwork clockwork = own;
    if (clockwork != null && warnings.tryAcquire()) {
      try {
        clockwork.blocking().execute(() -> warn(new Hint(family, epoch, to)));
      } catch (RejectedExecutionException e) {
        warnings.release();
        LOG.debug("the others hear of {} once it is written", family, e);
      }
    }
  }

  private void warn(Hint hint) {
    try {
      hints.tell(hint);
    } catch (UncheckedIOException e) {
      LOG.debug("the others hear of {} once it is written", hint, e);
    } finally {
      warnings.release();
    }
  }

  @Override
  public void denied(Hint hint) {
    Objects.requireNonNull(cutover).hint(hint.family(), hint.epoch(), hint.to());
  }

  @Override
  public void held(List<WriteHold> standing) {
    Objects.requireNonNull(held).held(standing);
  }

  @Override
  public void asked() {
    Objects.requireNonNull(orders).taken();
  }

  @Override
  public void give(String family, long epoch, byte[] digest) {
    if (digest.length > Digest.MOST || !outbox.offer(new Digest(name, family, epoch, digest))) {
      LOG.debug("evidence of {} is not handed over: too much of it", family);
    }
  }

  @Override
  public void heard(long validUntil) {
    steering.live().extend(validUntil);
  }

  @Override
  public void lost() {
    steering.cutOff(true);
  }

  @Override
  public void regained() {
    steering.cutOff(false);
  }

  @Override
  public void becameController(long term) {
    LOG.info("this replica decides for all, in term {}", term);
  }

  @Override
  public void deposed() {
    LOG.info("this replica does not decide for all any more");
  }

  @Override
  public void close() {
    life.close();
    hints.close();
  }
}
