package dev.banyan.store.postgres;

import dev.banyan.cutover.Change;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.Standing;
import dev.banyan.cutover.Written;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.replica.Digest;
import dev.banyan.replica.Hint;
import dev.banyan.replica.ReplicaLife;
import dev.banyan.replica.ReplicaListener;
import dev.banyan.replica.WriteHold;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A replica with the threads that a program gives it, and a way to stop them all as SIGSTOP would.
final class LiveReplica implements AutoCloseable {
  private static final int RUNNING = 1_000;
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

  final String name;
  final PostgresStore store;
  final ReplicaLife life;

  /// What the listener was told, in order.
  final List<String> told = new CopyOnWriteArrayList<>();

  /// Which epoch of each family is in force, and since when.
  final Map<String, Long> epochs = new ConcurrentHashMap<>();

  /// What it has been told to hold, and holds.
  volatile List<WriteHold> held = List.of();

  final Map<Long, Long> appliedAt = new ConcurrentHashMap<>();

  private final Semaphore running = new Semaphore(RUNNING);
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private volatile boolean over;

  LiveReplica(PostgresOptions options) {
    name = options.replica();
    store = PostgresStore.open(options);
    life =
        new ReplicaLife(
            name,
            new ReplicaLife.Ports(
                store.roster(),
                store.wire(),
                store.mailbox(),
                store::replicas,
                this::apply,
                new Told(),
                Set::of,
                (one, other) -> one,
                System::nanoTime));
  }

  LiveReplica start() {
    loop(life::beat);
    loop(life::poll);
    loop(() -> {
      life.tick();
      return Duration.ofMillis(20);
    });
    loop(() -> {
      life.exchange(List.of(new Digest(name, "users", 1, new byte[100])));
      return Duration.ofMillis(100);
    });
    return this;
  }

  private void loop(Supplier<Duration> step) {
    threads.add(
        Thread.ofVirtual()
            .start(() -> {
              while (!over) {
                running.acquireUninterruptibly();
                Duration rest;
                try {
                  rest = step.get();
                } finally {
                  running.release();
                }
                LockSupport.parkNanos(rest.toNanos());
              }
            }));
  }

  /// Returns once none of its threads does anything.
  void pause() {
    running.acquireUninterruptibly(RUNNING);
  }

  void wake() {
    running.release(RUNNING);
  }

  private long apply(long after) {
    PostgresStore.Decided decided = store.decidedAfter(after);
    for (Standing standing : decided.standings()) {
      epochs.put(standing.state().family(), standing.state().epoch());
      appliedAt.putIfAbsent(standing.state().epoch(), System.nanoTime());
    }
    return decided.seq();
  }

  /// Moves a family by one epoch, and returns what became of it.
  Written move(String family, @Nullable Long term) {
    Standing from =
        store.migrations().standings().stream()
            .filter(each -> each.state().family().equals(family))
            .findFirst()
            .orElse(new Standing(FamilyState.initial(family, AT), null));
    Standing to = new Standing(from.state().moved(new Phase.Shadow(), AT), null);
    return store
        .migrations()
        .write(
            new LedgerEntry.Draft(
                AT,
                LedgerEntry.Kind.ROLLBACK,
                family,
                name,
                "test",
                from.state(),
                to.state(),
                List.of(),
                null,
                null),
            new Change.Move(from, to),
            term);
  }

  boolean controls() {
    return life.controls();
  }

  OptionalLong term() {
    return life.term();
  }

  @Override
  public void close() {
    over = true;
    threads.forEach(thread -> {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    life.close();
    store.close();
  }

  private final class Told implements ReplicaListener {
    @Override
    public void heard(long validUntil) {
      // Too often to tell.
    }

    @Override
    public void denied(Hint hint) {
      told.add(hint.toString());
    }

    @Override
    public void held(List<WriteHold> holds) {
      held = holds;
      holds.forEach(each -> store.holds().drained(each.id()));
    }

    @Override
    public void asked() {
      store
          .petitions()
          .take(term().orElse(-1))
          .forEach(
              each -> store.petitions().answer(each.id(), each.replica() + " has asked " + name));
    }

    @Override
    public void lost() {
      told.add("lost");
    }

    @Override
    public void regained() {
      told.add("regained");
    }

    @Override
    public void becameController(long term) {
      told.add("controller " + term);
    }

    @Override
    public void deposed() {
      told.add("deposed");
    }
  }
}
