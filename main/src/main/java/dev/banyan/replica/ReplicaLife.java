package dev.banyan.replica;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One replica among many, on one store.
///
/// Four methods are called again and again, each by a thread of its own: [#beat] and [#poll], which
/// say how long to rest before the next call, [#exchange] ten times a second, and [#tick], which
/// never waits, at least as often. All others may be called from any thread. No call waits for
/// longer than the store's timeouts, and none throws when the store fails: what a failure means is
/// told to the [ReplicaListener].
///
/// [#beat] comes first: before a replica has been entered in the list nobody would wait for it, and
/// so it has no lease, and its [Pulse] stands still.
public final class ReplicaLife implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaLife.class);

  /// How often a replica says that it lives.
  public static final Duration BEAT = Duration.ofMillis(500);

  /// The longest wait for something to happen.
  public static final Duration POLL = Duration.ofMillis(50);

  private static final int MOST_DIGESTS = 10_000;

  private final String name;
  private final Ports ports;
  private final Lease lease;
  private final Pulse pulse;
  private final Office office;
  private final Sightings sightings = new Sightings();
  private final Notices notices;
  private final Backoff beating = new Backoff();
  private final Backoff polling = new Backoff();
  private final Backoff exchanging = new Backoff();

  /// Up to which ledger entry everything is in force here. Written by the thread that polls.
  private volatile long applied = Changes.NOTHING;

  /// Whether the store did not answer since then: a standby that has taken over may hold other
  /// entries of the same numbers. Written by the thread that polls.
  private volatile boolean anew;

  private volatile long head;

  // Only for the thread that beats.
  private boolean seize;
  private boolean toldOfTwin;

  // Only for the thread that polls: who has written, and waits for this one.
  private final Set<String> waiting = new HashSet<>();

  // Only for the thread that exchanges.
  private final Unsent unsent;
  private long tick;
  private long notBefore;

  /// All that a replica needs from outside.
  ///
  /// @param list reads the list of replicas; called by any thread
  /// @param denied the families whose candidate this process has taken off by itself
  /// @param sum of what two digests hold
  /// @param nanos the monotonic clock
  public record Ports(
      Roster roster,
      Wire wire,
      Mailbox mailbox,
      Supplier<List<Presence>> list,
      Changes changes,
      ReplicaListener listener,
      Supplier<Set<String>> denied,
      BinaryOperator<byte[]> sum,
      LongSupplier nanos) {}

  /// @param name the one that the roster enters
  public ReplicaLife(String name, Ports ports) {
    long now = ports.nanos().getAsLong();
    this.name = name;
    this.ports = ports;
    this.lease = new Lease(now);
    this.pulse = new Pulse(lease, now);
    this.office = new Office(ports.roster(), now);
    this.notices = new Notices(ports.listener());
    this.unsent = new Unsent(ports.sum());
    this.notBefore = now;
  }

  /// Says that this replica lives, looks who else does, and keeps or takes the controller's office.
  ///
  /// @return how long to rest before the next call
  public Duration beat() {
    tick(); // what was lost while this thread stood still is told before it is had again
    long asked = now();
    try {
      Roster.Sheet sheet = ports.roster().beat(new Roster.Hello(applied(), denied(), seize));
      sightings.look(sheet.replicas(), asked);
      if (sheet.joined()) {
        seize = false;
        toldOfTwin = false;
        lease.renew(asked);
        office.look(sheet.office(), asked);
        ports.roster().forget(sightings.gone());
      } else {
        await(asked);
      }
      beating.worked();
      return rest(asked);
    } catch (UncheckedIOException e) {
      office.cut();
      return failed(beating, "no beat", e);
    } finally {
      tick();
    }
  }

  /// The first failure in a row is told, the others would only repeat it.
  private static Duration failed(Backoff backoff, String what, UncheckedIOException e) {
    if (backoff.fails()) {
      LOG.debug(what, e);
    } else {
      LOG.warn("{}: {}", what, Objects.requireNonNull(e.getCause()).getMessage());
    }
    return backoff.failed();
  }

  /// Another process has this name: a former life of this replica, most likely.
  private void await(long asked) {
    seize = sightings.isGone(name);
    if (!seize && !toldOfTwin && lease.validUntil() - asked < -Sightings.GONE.toNanos()) {
      toldOfTwin = true;
      LOG.error(
          "another replica calls itself '{}'; give each a data directory and a store.replica of its"
              + " own. This one waits until the other has ended",
          name);
    }
  }

  private Duration rest(long asked) {
    Duration rest = BEAT.minusNanos(now() - asked);
    return rest.isNegative() ? Duration.ZERO : rest;
  }

  private Set<String> denied() {
    return ports.denied().get();
  }

  /// Puts in force what was decided anywhere, says so to the others, and waits a little for more.
  ///
  /// @return how long to rest before the next call: nothing, unless the store failed
  public Duration poll() {
    try {
      long asked = now();
      Wire.Look look = ports.wire().look();
      head = look.head();
      if (anew || head != applied) {
        apply(head);
      }
      ports.listener().held(look.holds());
      if (look.asked() && controls()) {
        ports.listener().asked();
      }
      acknowledge();
      long until = pulse.extend(asked);
      if (until - now() > 0) {
        notices.heard(until);
      }
      polling.worked();
      ports.wire().await(POLL).forEach(this::hear);
      return Duration.ZERO;
    } catch (UncheckedIOException e) {
      anew = true;
      return failed(polling, "no poll", e);
    } catch (RuntimeException e) {
      LOG.error("what others decided is not in force here; trying again", e);
      return polling.failed();
    }
  }

  private void apply(long last) {
    if (last < applied) {
      LOG.error(
          "the store's ledger ends at entry {} and ended at {} before: an older copy of the store"
              + " was put in its place. What it holds is in force now",
          last,
          applied);
    }
    boolean another = anew || last < applied;
    applied = ports.changes().apply(another ? Changes.NOTHING : applied);
    anew = false;
    if (another) {
      sightings.forgetAcknowledged();
    }
    sightings.acknowledged(new Wire.Ack(name, applied));
  }

  private void hear(Wire.Said said) {
    switch (said) {
      case Wire.Ack ack -> sightings.acknowledged(ack);
      case Wire.Denied(Hint hint) -> ports.listener().denied(hint);
      case Wire.Wrote(String by) -> waiting.add(by);
    }
  }

  /// Tells those who have written since what is in force here. Whoever is missed by that, because a
  /// connection was lost, sees it at this replica's next beat.
  private void acknowledge() {
    waiting.remove(name);
    if (!waiting.isEmpty()) {
      ports.wire().acknowledge(applied, Set.copyOf(waiting));
      waiting.clear();
    }
  }

  /// Hands over what this replica saw in one tick, and takes in what all saw. While the store
  /// fails, what is seen waits, summed; of a failure in the middle at most one tick is lost.
  ///
  /// @return what is to be counted here, each once
  public List<Digest> exchange(List<Digest> mine) {
    tick++;
    unsent.add(mine);
    if (now() - notBefore < 0) {
      return List.of();
    }
    List<Digest> taken = new ArrayList<>();
    try {
      if (exchanging.fails()) {
        taken.addAll(ports.mailbox().read(MOST_DIGESTS)); // does it answer?
      }
      // What fails from here on may have been written all the same, and must not be counted twice.
      ports.mailbox().give(tick, unsent.take());
      taken.addAll(ports.mailbox().read(MOST_DIGESTS));
      exchanging.worked();
    } catch (UncheckedIOException e) {
      // Without it nobody decides by what is seen here: that is told, not only noted.
      notBefore = now() + failed(exchanging, "no evidence handed over", e).toNanos();
    }
    return taken;
  }

  /// Tells the listener what time alone has changed. Never waits.
  public void tick() {
    notices.tell(lease, office, ports.nanos());
  }

  /// Whether this replica is the one that decides for all.
  public boolean controls() {
    return term().isPresent();
  }

  /// The term that its automatic decisions are written with; empty while it does not decide.
  public OptionalLong term() {
    return office.term(now());
  }

  /// Until when this replica is one that others wait for.
  public Lease lease() {
    return lease;
  }

  /// Until when this replica knows what was decided.
  public Pulse pulse() {
    return pulse;
  }

  /// Up to which ledger entry all decisions are in force here, [Changes#NOTHING] where that is not
  /// known: before any is, and from when the store did not answer until it has been read again.
  public long applied() {
    return anew ? Changes.NOTHING : applied;
  }

  /// Waits until a ledger entry's decision is in force on every replica that has a lease, but not
  /// longer than that.
  public Acknowledged await(long seq, Duration atMost) {
    long from = now();
    Set<String> live = live();
    boolean everywhere =
        sightings.awaitEverywhere(live, seq, ports.nanos(), from + atMost.toNanos());
    Duration waited = Duration.ofNanos(now() - from);
    return new Acknowledged(sightings.acknowledged(live, seq), live.size(), everywhere, waited);
  }

  /// The replicas that have a lease, or may have one for all that is known: those that somebody who
  /// wants to be sure waits for, until [#isGone].
  public Set<String> live() {
    long asked = now();
    try {
      // Who has joined since the last beat is waited for, too.
      sightings.look(ports.list().get(), asked);
    } catch (UncheckedIOException e) {
      LOG.debug("the list of replicas is not to be had; the last one known counts", e);
    }
    return sightings.live();
  }

  /// Whether a replica's lease has run out since it was last seen to beat.
  public boolean isGone(String replica) {
    return sightings.isGone(replica);
  }

  /// All replicas, for people.
  public Fleet fleet() {
    Roster.@Nullable Office last = office.last();
    return new Fleet(
        sightings.members(name, Math.max(head, applied)),
        last == null ? null : last.holder(),
        last == null ? 0 : last.term());
  }

  private long now() {
    return ports.nanos().getAsLong();
  }

  /// Gives the office back and takes the replica off the list, so that nobody waits for either. To
  /// be called when no thread calls the four methods any more.
  @Override
  public void close() {
    try (Roster roster = ports.roster();
        Wire _ = ports.wire();
        Mailbox _ = ports.mailbox()) {
      office.resign();
      roster.leave();
    } catch (UncheckedIOException e) {
      LOG.info("the other replicas will find out by themselves that this one has ended", e);
    }
    lease.end(now());
    notices.end();
  }
}
