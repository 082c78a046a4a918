package dev.banyan.app;

import dev.banyan.replica.WriteHold;
import dev.banyan.replica.WriteHolds;
import dev.banyan.transfer.handover.Writes;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes that are held at every gateway on one store while their owner changes.
///
/// The controller, which moves the rows, begins a hold in the store, and waits until each replica
/// says that none of these writes is under way there any more, or has lost its lease, without which
/// it sends none. Each replica, the controller too, holds what the store says is held ([#held]),
/// and lets go what the store does not say any more: the look that showed that has shown who the
/// owner is by then. So a replica that hears nothing holds on, and answers 503 after
/// `limits.hold_time`.
///
/// A hold whose controller has died is ended by the next one, once it knows who the owner is.
final class HeldEverywhere implements Holding {
  private static final Logger LOG = LoggerFactory.getLogger(HeldEverywhere.class);

  /// How often the store is asked who holds.
  private static final Duration ASK = Duration.ofMillis(10);

  /// How long to wait before a store that failed is asked again.
  private static final Duration AGAIN = Duration.ofMillis(200);

  /// A lease, its margin, and a little for the one who looks to notice.
  private static final Duration SILENT = Duration.ofMillis(3_500);

  /// The replicas.
  ///
  /// @param term in which this one decides
  /// @param live those whose lease may not have run out
  /// @param isGone whether that of one has, since
  record Replicas(
      Supplier<OptionalLong> term, Supplier<Set<String>> live, Predicate<String> isGone) {}

  private final WriteHolds holds;
  private final Replicas replicas;
  private final Function<Set<String>, WriteKeeping.Hold> here;
  private final ExecutorService blocking;

  /// Those of the store that are in force here. Only for the thread that polls.
  private final Map<String, Local> inForce = new HashMap<>();

  /// @param here holds the writes of families at this gateway
  HeldEverywhere(
      WriteHolds holds,
      Replicas replicas,
      Function<Set<String>, WriteKeeping.Hold> here,
      ExecutorService blocking) {
    this.holds = holds;
    this.replicas = replicas;
    this.here = here;
    this.blocking = blocking;
  }

  // ---- at each replica ----

  /// What is held at this gateway because the store says so.
  private record Local(WriteKeeping.Hold hold, AtomicBoolean ended) {
    boolean end() {
      ended.set(true);
      hold.release();
      return true;
    }
  }

  /// These are to be held, and no others. By the thread that polls.
  void held(List<WriteHold> standing) {
    if (standing.isEmpty() && inForce.isEmpty()) {
      return;
    }
    Set<String> ids = standing.stream().map(WriteHold::id).collect(Collectors.toSet());
    inForce.entrySet().removeIf(each -> !ids.contains(each.getKey()) && each.getValue().end());
    for (WriteHold each : standing) {
      if (!inForce.containsKey(each.id())) {
        begin(each);
      }
    }
  }

  private void begin(WriteHold hold) {
    try {
      Local local = new Local(here.apply(hold.families()), new AtomicBoolean());
      inForce.put(hold.id(), local);
      blocking.execute(() -> tellWhenDrained(hold, local));
    } catch (IllegalArgumentException e) {
      // It says nothing, so that the owner does not change.
      LOG.error(
          "the writes of {} are to be held, and this replica's banyan.yaml is another",
          hold.families(),
          e);
    } catch (RejectedExecutionException e) {
      LOG.debug("this replica is ending", e);
    }
  }

  private void tellWhenDrained(WriteHold hold, Local local) {
    try {
      while (!local.ended().get()) {
        if (local.hold().inFlight().orElse(1) == 0 && told(hold)) {
          return;
        }
        Thread.sleep(HeldHere.LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean told(WriteHold hold) throws InterruptedException {
    try {
      holds.drained(hold.id());
      return true;
    } catch (UncheckedIOException e) {
      LOG.debug("that the writes of {} are held is told again", hold.families(), e);
      Thread.sleep(AGAIN);
      return false;
    }
  }

  // ---- at the controller ----

  @Override
  public Writes.Held hold(Set<String> families, boolean sure) {
    long term =
        replicas
            .term()
            .get()
            .orElseThrow(() -> new IllegalStateException("another replica decides by now"));
    Begun begun = new Begun(new WriteHold(UUID.randomUUID().toString(), families, term), sure);
    try {
      if (!holds.begin(begun.hold)) {
        throw new IllegalStateException("another replica decides by now");
      }
      return begun;
    } catch (UncheckedIOException e) {
      begun.close(); // for it may have been written all the same
      throw e;
    }
  }

  @Override
  public void settled(long term, Set<String> families) {
    holds.endEarlier(term, families);
  }

  @Override
  public void settledBut(long term, Set<String> families) {
    holds.endEarlierBut(term, families);
  }

  private final class Begun implements Writes.Held {
    private final WriteHold hold;
    private final boolean sure;
    private final AtomicBoolean ended = new AtomicBoolean();

    Begun(WriteHold hold, boolean sure) {
      this.hold = hold;
      this.sure = sure;
    }

    @Override
    public boolean drained(Duration wait) throws InterruptedException {
      Set<String> all = replicas.live().get();
      long patience = Math.max(wait.toNanos(), SILENT.toNanos());
      long from = System.nanoTime();
      while (true) {
        Set<String> said = holds.whereDrained(hold.id());
        List<String> missing = all.stream().filter(name -> !said.contains(name)).toList();
        if (missing.isEmpty()) {
          return true;
        }
        if (missing.stream().allMatch(replicas.isGone())) {
          LOG.warn("{} have not been heard of, and their leases have run out", missing);
          return !sure;
        }
        if (System.nanoTime() - from > patience) {
          LOG.warn("writes of {} are still under way at {}", hold.families(), missing);
          return false;
        }
        Thread.sleep(ASK);
      }
    }

    @Override
    public void close() {
      if (!ended.getAndSet(true) && !end()) {
        try {
          blocking.execute(this::endLater);
        } catch (RejectedExecutionException e) {
          LOG.debug("the next controller ends it", e);
        }
      }
    }

    private boolean end() {
      try {
        holds.end(hold.id());
        return true;
      } catch (UncheckedIOException e) {
        LOG.warn(
            "that the writes of {} may go on can not be told: {}; trying again",
            hold.families(),
            e.getMessage());
        return false;
      }
    }

    /// Until it is told, or is for another controller to find out.
    private void endLater() {
      try {
        do {
          Thread.sleep(AGAIN);
        } while (replicas.term().get().equals(OptionalLong.of(hold.term())) && !end());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
