package dev.banyan.dual;

import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Side;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends what is in the outbox where it has to go: what the owner took to the other side, and what
/// nobody knows the outcome of to the owner once more, where that is allowed.
///
/// One entry of a sticky unit is under way at a time, the oldest; up to [#UNDER_WAY] units at once.
/// Nothing but the store is remembered across a restart, so an entry may be sent again, always by
/// the same key. A side that can not be reached is tried until it is there; one that answers badly,
/// or perhaps did not answer, a bounded number of times.
public final class Deliveries {
  private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

  /// Entries under way at one time.
  static final int UNDER_WAY = 32;

  /// Units whose oldest entry is looked at in one turn.
  static final int WINDOW = 1_000;

  /// The longest answer that is read; it is thrown away. A longer one counts as none.
  static final int ANSWER = 8 << 20;

  /// How often a conflict is heard before it means that the side has carried it out already. Before
  /// that it may mean that the side is about to (draft-ietf-httpapi-idempotency-key-header, §2.7).
  static final int CONFLICTS = 3;

  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /// Sends a request that no client waits for; tells once, on a thread that must not be blocked.
  public interface Sending {
    void send(
        String service,
        Request request,
        Side side,
        Duration deadline,
        IntPredicate admission,
        Consumer<Leg> told);
  }

  /// Where a family's sides are.
  public record Plan(DualOptions options, String legacy, String candidate) {
    String service(Side side) {
      return side == Side.LEGACY ? legacy : candidate;
    }
  }

  /// @param plan of a family, or null where it is not sent to both sides (any more)
  /// @param writer this process, as its entries name it
  /// @param sends whether this process is the one that sends
  /// @param deadline of one try
  /// @param parked told of an entry that has just been parked; must not block
  /// @param nanos a monotonic clock
  public record Ports(
      OutboxStore store,
      Outbox outbox,
      Sending sending,
      Function<String, @Nullable Plan> plan,
      String writer,
      BooleanSupplier sends,
      Duration deadline,
      Consumer<Entry.Listed> parked,
      LongSupplier nanos) {}

  private record Unit(String family, long hash) {}

  private record Way(String family, Side side) {}

  /// How long something rests, and until when.
  private record Rest(Duration pause, long until) {}

  private final Ports ports;
  private final Semaphore woken = new Semaphore(0);
  private final Set<Unit> busy = ConcurrentHashMap.newKeySet();
  private final Map<Unit, Rest> units = new ConcurrentHashMap<>();
  private final Map<Way, Rest> ways = new ConcurrentHashMap<>();

  public Deliveries(Ports ports) {
    this.ports = ports;
    ports.outbox().whenAccepted(woken::release);
  }

  /// Sends what is due, then waits a moment for more. For one thread.
  ///
  /// @return how long to rest before the next turn
  public Duration turn() {
    if (ports.sends().getAsBoolean() && busy.size() < UNDER_WAY) {
      try {
        sendDue();
      } catch (UncheckedIOException e) {
        log.warn("the outbox can not be read; it is tried again", e);
      }
    }
    try {
      if (woken.tryAcquire(LOOK.toNanos(), TimeUnit.NANOSECONDS)) {
        woken.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Duration.ZERO;
  }

  private void sendDue() {
    // Before the look: what is no longer busy by then is not in what is read any more.
    Set<Unit> before = Set.copyOf(busy);
    long now = ports.nanos().getAsLong();
    for (Entry entry : ports.store().due(WINDOW)) {
      if (busy.size() >= UNDER_WAY) {
        return;
      }
      Unit unit = new Unit(entry.family(), entry.unit());
      Side to = to(entry);
      Plan plan = ports.plan().apply(entry.family());
      if (plan != null
          && !before.contains(unit)
          && !rests(units.get(unit), now)
          && !rests(ways.get(new Way(entry.family(), to)), now)
          && busy.add(unit)) {
        send(entry, plan, to, unit);
      }
    }
  }

  private static Side to(Entry entry) {
    return entry.state() == EntryState.ASKING ? entry.owner() : entry.owner().other();
  }

  private static boolean rests(@Nullable Rest rest, long now) {
    return rest != null && now - rest.until() < 0;
  }

  private void send(Entry entry, Plan plan, Side to, Unit unit) {
    int[] room = {ANSWER};
    try {
      ports
          .sending()
          .send(
              plan.service(to),
              entry.request(),
              to,
              ports.deadline(),
              bytes -> (room[0] -= bytes) >= 0,
              leg -> told(entry, plan, to, unit, leg, room[0] < 0));
    } catch (RejectedExecutionException e) {
      busy.remove(unit); // the program is being stopped; the entry stays
    }
  }

  /// @param tooLong whether its answer was
  private void told(Entry entry, Plan plan, Side to, Unit unit, Leg leg, boolean tooLong) {
    switch (leg) {
      case Leg.Answered answered -> {
        answered.response().body().release();
        ways.remove(new Way(entry.family(), to));
        answered(entry, plan, to, unit, answered.response().status());
      }
      case Leg.Failed _ when tooLong ->
          again(entry, plan, unit, "the " + to.word() + " answered more than is read");
      case Leg.Failed failed -> {
        switch (failed.failure()) {
          case CONNECT, OVERLOAD -> {
            rest(ways, new Way(entry.family(), to));
            busy.remove(unit);
          }
          case RESET, TIMEOUT, PROTOCOL -> again(entry, plan, unit, failed.detail());
        }
      }
    }
  }

  private void answered(Entry entry, Plan plan, Side to, Unit unit, int status) {
    String says = "the " + to.word() + " answered " + status;
    boolean asked = entry.state() == EntryState.ASKING;
    int kind = status / 100;
    boolean conflict = status == 409 && mayHaveHad(entry);
    if (kind == 2 || kind == 3 || (conflict && entry.tries() + 1 >= CONFLICTS)) {
      step(asked ? accepted(entry, says) : Step.Remove.of(entry), unit);
    } else if (conflict || kind != 4 || status == 408 || status == 425 || status == 429) {
      again(entry, plan, unit, says);
    } else if (asked) {
      step(Step.Remove.of(entry), unit); // the owner refuses it, so there is nothing to send
    } else {
      park(entry, unit, says);
    }
  }

  /// Whether the side may have been sent this key before.
  private boolean mayHaveHad(Entry entry) {
    return entry.clientsOwn()
        || entry.tries() > 0
        || entry.state() == EntryState.ASKING
        || !entry.writer().equals(ports.writer());
  }

  private static Step accepted(Entry entry, String says) {
    return new Step.Move(entry.seq(), entry.state(), EntryState.ACCEPTED, 0, says);
  }

  private void again(Entry entry, Plan plan, Unit unit, String says) {
    int tries = entry.tries() + 1;
    if (tries < plan.options().tries()) {
      rest(units, unit);
      Step counted = new Step.Move(entry.seq(), entry.state(), entry.state(), tries, says);
      ports.outbox().settle(counted, _ -> busy.remove(unit));
    } else if (entry.state() == EntryState.ASKING) {
      step(new Step.Move(entry.seq(), entry.state(), EntryState.INDETERMINATE, tries, says), unit);
    } else {
      park(entry, unit, says);
    }
  }

  private void park(Entry entry, Unit unit, String says) {
    int tries = entry.tries() + 1;
    Step parked = new Step.Move(entry.seq(), entry.state(), EntryState.PARKED, tries, says);
    units.remove(unit);
    ports
        .outbox()
        .settle(
            parked,
            _ -> {
              busy.remove(unit);
              ports.parked().accept(entry.listed().parked(tries, says));
            });
  }

  /// Something is settled for good.
  private void step(Step step, Unit unit) {
    units.remove(unit);
    ports.outbox().settle(step, _ -> busy.remove(unit));
  }

  private <K> void rest(Map<K, Rest> resting, K key) {
    long now = ports.nanos().getAsLong();
    resting.compute(
        key,
        (_, before) -> {
          Duration pause = before == null ? FIRST : before.pause().multipliedBy(2);
          Duration bounded = pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
          return rests(before, now) && before != null
              ? before
              : new Rest(bounded, now + bounded.toNanos());
        });
  }

  /// How many entries are under way.
  public int underWay() {
    return List.copyOf(busy).size();
  }
}
