package dev.banyan.dual;

import dev.banyan.dual.Entry.Listed;
import dev.banyan.migration.Side;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where writes are written down before they are forwarded, many in one commit.
///
/// Event loops hand steps over and wait for nothing; the thread that calls [#turn] writes all that
/// has come meanwhile in one transaction, so that the disk is asked once for all who wait. An entry
/// that can not be written is refused: nothing of it is forwarded. What became of one that was
/// forwarded is tried until it is written.
///
/// After the owner of a family's writes has changed, the first entries wait until what the new
/// owner has yet to be sent is there, for [#TURN] at most; after that the order is not known, so
/// the whole family is dirty.
public final class Outbox implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  /// Entries that may wait to be written, and bytes of their bodies; more are refused.
  static final int WAITING = 4_096;

  static final int WAITING_BYTES = 64 << 20;

  /// How long a write may wait for its new owner to get what is on its way.
  static final Duration TURN = Duration.ofSeconds(2);

  /// Steps of one transaction.
  private static final int BATCH = 512;

  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int ORPHANS = 10_000;

  /// Hears once what became of a step, on the writing thread. Must not block.
  public interface Told {
    /// It is durable.
    void written(long number);

    /// It is not, and will not be.
    ///
    /// @param full whether too much waits; otherwise the store failed
    default void refused(boolean full) {}
  }

  private record Work(Step step, Told told, int bytes, long began) {
    boolean mayBeRefused() {
      return step instanceof Step.Mark || isIntended();
    }

    boolean isIntended() {
      return step instanceof Step.Intend(Entry entry) && entry.state() == EntryState.INTENDED;
    }
  }

  private final OutboxStore store;
  private final LongSupplier nanos;
  private final LinkedTransferQueue<Work> queue = new LinkedTransferQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong waitingBytes = new AtomicLong();
  private final Map<String, AtomicLong> begun = new ConcurrentHashMap<>();
  private volatile @Nullable Seen seen;
  private volatile boolean closed;
  private volatile Runnable wake = () -> {};

  // Guarded by `writing`: what waits for its turn, what must be written yet, and whose writes are
  // known to find nothing on its way to their owner.
  private final ReentrantLock writing = new ReentrantLock();
  private final List<Work> turning = new ArrayList<>();
  private final List<Work> undone = new ArrayList<>();
  private final Map<String, Side> owners = new HashMap<>();

  /// What the store held, and how many entries of each family this process had begun before.
  private record Seen(Map<String, OutboxCounts> counts, Map<String, Long> begun) {}

  /// @param nanos a monotonic clock
  public Outbox(OutboxStore store, LongSupplier nanos) {
    this.store = store;
    this.nanos = nanos;
  }

  /// Has something told whenever there may be something to send.
  public void whenAccepted(Runnable waking) {
    wake = waking;
  }

  // ---- for event loops

  /// Has a write and its dirty keys written down. It is told of on the writing thread, or at once
  /// when too much waits.
  public void intend(Entry entry, Told told) {
    int bytes = entry.request().body().length();
    begun.computeIfAbsent(entry.family(), _ -> new AtomicLong()).incrementAndGet();
    hand(new Work(new Step.Intend(entry), told, bytes, nanos.getAsLong()));
  }

  /// Has keys written down as dirty without an entry.
  public void mark(String family, Set<String> keys, Told told) {
    begun.computeIfAbsent(family, _ -> new AtomicLong()).incrementAndGet();
    hand(new Work(new Step.Mark(family, keys), told, 0, nanos.getAsLong()));
  }

  private void hand(Work work) {
    if (closed) {
      work.told().refused(false);
    } else if (waiting.incrementAndGet() > WAITING
        || waitingBytes.addAndGet(work.bytes()) > WAITING_BYTES) {
      left(work);
      work.told().refused(true);
    } else {
      queue.add(work);
      if (closed) {
        flush();
      }
    }
  }

  /// Has a write kept that nobody knows the fate of, for people to settle. It is tried until it is
  /// written.
  public void keep(Entry uncertain) {
    settle(new Step.Intend(uncertain), _ -> {});
  }

  private void left(Work work) {
    waiting.decrementAndGet();
    waitingBytes.addAndGet(-work.bytes());
  }

  /// Has it written what became of an entry. It is tried until it is.
  public void settle(Step step, Told told) {
    queue.add(new Work(step, told, 0, nanos.getAsLong()));
    if (closed) {
      flush();
    }
  }

  // ---- the writing thread

  /// Writes what has come, waiting a moment for something to come.
  ///
  /// @return how long to rest before the next turn
  public Duration turn() {
    if (closed) {
      return PAUSE;
    }
    try {
      boolean patient = turning.isEmpty() && undone.isEmpty();
      Work first = queue.poll(patient ? LOOK.toNanos() : 0, TimeUnit.NANOSECONDS);
      return write(first);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return PAUSE;
    }
  }

  private Duration write(@Nullable Work first) {
    writing.lock();
    try {
      List<Work> batch = new ArrayList<>(undone);
      undone.clear();
      List<Work> come = new ArrayList<>(turning);
      turning.clear();
      if (first != null) {
        come.add(first);
      }
      queue.drainTo(come, BATCH);
      come.forEach(work -> admit(work, batch));
      if (batch.isEmpty()) {
        return turning.isEmpty() ? Duration.ZERO : Duration.ofMillis(20);
      }
      return commit(batch) ? Duration.ZERO : PAUSE;
    } finally {
      writing.unlock();
    }
  }

  /// Lets a step into the batch, or has it wait for its owner.
  private void admit(Work work, List<Work> batch) {
    if (!(work.step() instanceof Step.Intend(Entry entry))
        || !work.isIntended()
        || owners.get(entry.family()) == entry.owner()) {
      batch.add(work);
      return;
    }
    try {
      if (store.isOnItsWayTo(entry.family(), entry.owner())) {
        if (nanos.getAsLong() - work.began() < TURN.toNanos()) {
          turning.add(work);
          return;
        }
        log.warn(
            "writes of {} go to the {} before all that was sent to the other side is there;"
                + " the whole family is to be compared",
            entry.family(),
            entry.owner().word());
        Step all = new Step.Mark(entry.family(), Set.of(DirtyKeys.WHOLE));
        batch.add(new Work(all, _ -> {}, 0, work.began()));
        waiting.incrementAndGet(); // it leaves like the others
      }
      owners.put(entry.family(), entry.owner());
      batch.add(work);
    } catch (UncheckedIOException e) {
      log.warn("a write of {} is refused: the outbox can not be read", entry.family(), e);
      left(work);
      work.told().refused(false);
    }
  }

  private boolean commit(List<Work> batch) {
    List<Long> numbers;
    try {
      numbers = store.write(batch.stream().map(Work::step).toList());
    } catch (UncheckedIOException e) {
      log.warn("{} steps of the outbox can not be written", batch.size(), e);
      for (Work work : batch) {
        if (work.mayBeRefused()) {
          left(work);
          work.told().refused(false);
        } else {
          undone.add(work);
        }
      }
      return false;
    }
    boolean accepted = false;
    for (int i = 0; i < batch.size(); i++) {
      Work work = batch.get(i);
      accepted |= !(work.step() instanceof Step.Intend);
      if (work.mayBeRefused()) {
        left(work);
      }
      work.told().written(numbers.get(i));
    }
    if (accepted) {
      wake.run();
    }
    return true;
  }

  private void flush() {
    writing.lock();
    try {
      do {
        write(null);
      } while (!queue.isEmpty() && undone.isEmpty());
    } finally {
      writing.unlock();
    }
  }

  /// Writes what is left, and refuses what comes after.
  @Override
  public void close() {
    closed = true;
    flush();
  }

  // ---- for everybody else

  /// Looks how much there is. To be called a few times a second.
  ///
  /// @throws UncheckedIOException when the store fails; then nothing is known until it is back
  public void refresh() {
    Map<String, Long> before = new HashMap<>();
    begun.forEach((family, count) -> before.put(family, count.get()));
    try {
      seen = new Seen(store.counts(), before);
    } catch (UncheckedIOException e) {
      seen = null;
      throw e;
    }
  }

  /// How much of a family is open and dirty: as the store had it last, and what this process has
  /// begun since, so that nothing is left out. Empty while that is not known. Never waits.
  public Optional<OutboxCounts> counts(String family) {
    Seen last = seen;
    if (last == null) {
      return Optional.empty();
    }
    OutboxCounts stored = last.counts().getOrDefault(family, OutboxCounts.uncompared());
    AtomicLong count = begun.get(family);
    long since = count == null ? 0 : count.get() - last.begun().getOrDefault(family, 0L);
    if (since == 0) {
      return Optional.of(stored);
    }
    Map<EntryState, Long> states = new HashMap<>(stored.states());
    states.merge(EntryState.INTENDED, since, Long::sum);
    return Optional.of(
        new OutboxCounts(states, stored.dirty() + since, stored.whole(), stored.oldest()));
  }

  /// The dirty keys, for whoever compares.
  public DirtyKeys dirtyKeys() {
    return store;
  }

  /// Writes of these families go to their owner alone from now on, or went so while nobody looked.
  public void unprove(Collection<String> families) {
    if (!families.isEmpty()) {
      store.unprove(families);
    }
  }

  public List<Listed> list(@Nullable String family, long after, int most) {
    return store.list(family, after, most);
  }

  /// Takes up entries whose process has ended, so that nobody will say what became of them.
  ///
  /// @param ended whether a writer has
  /// @param idempotent whether both sides of a family are said to be
  /// @return how many
  public int takeUp(Predicate<String> ended, Predicate<String> idempotent) {
    List<Step> steps = new ArrayList<>();
    for (Listed entry : store.in(EntryState.INTENDED, ORPHANS)) {
      if (ended.test(entry.writer())) {
        EntryState next =
            idempotent.test(entry.family()) ? EntryState.ASKING : EntryState.INDETERMINATE;
        steps.add(
            new Step.Move(
                entry.seq(),
                EntryState.INTENDED,
                next,
                0,
                "Banyan ended before the owner's answer was written down"));
      }
    }
    if (!steps.isEmpty()) {
      store.write(steps);
      wake.run();
    }
    return steps.size();
  }

  /// What came of settling an entry by hand.
  public sealed interface Settled {
    record Done(Listed entry) implements Settled {}

    record Unknown() implements Settled {}

    /// @param why a sentence's rest, after the entry's number
    record Refused(String why) implements Settled {}
  }

  /// Looks at an entry that somebody wants settled.
  ///
  /// @param again whether it is to be tried again; otherwise it is to be discarded
  /// @return `Done` where it may be
  public Settled settling(long seq, boolean again, Predicate<String> idempotent) {
    Entry entry = store.find(seq).orElse(null);
    if (entry == null) {
      return new Settled.Unknown();
    }
    if (entry.state().isOnItsWay()) {
      return new Settled.Refused(
          "is " + entry.state().word() + ": it goes on by itself, or is parked if it does not");
    }
    if (again && !entry.isWhole()) {
      return new Settled.Refused(
          "was sent past the outbox, which does not have it whole: look at its owner's rows, do"
              + " what is missing, and discard it");
    }
    if (again && entry.state() == EntryState.INDETERMINATE && !idempotent.test(entry.family())) {
      return new Settled.Refused(
          "may have been carried out by its owner, which is asked again only where the family says"
              + " dual.idempotent: true; look at the rows and discard it, they stay dirty until"
              + " they are compared");
    }
    return new Settled.Done(entry.listed());
  }

  /// Has an entry tried again, that [#settling] let pass.
  public void retry(Listed entry) {
    EntryState next = entry.state() == EntryState.PARKED ? EntryState.ACCEPTED : EntryState.ASKING;
    store.write(List.of(new Step.Move(entry.seq(), entry.state(), next, 0, "tried again")));
    wake.run();
  }

  /// Takes an entry out, that [#settling] let pass. Its keys stay dirty.
  public void discard(Listed entry) {
    store.write(List.of(Step.Remove.of(entry)));
    wake.run();
  }
}
