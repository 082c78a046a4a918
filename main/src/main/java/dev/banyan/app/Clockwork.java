package dev.banyan.app;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The program's threads beside the event loops and the control API's virtual ones, and what they
/// do at a steady pace.
///
/// | thread | does | may wait |
/// |---|---|---|
/// | `banyan-watch` | looks at the traffic every 100 ms, and rolls back | never |
/// | `banyan-chores` | saves parity counts, looks at the file, each second | for the store, for the disk |
/// | `banyan-journal` | writes decisions to the store | for the store |
/// | `banyan-tell` | feeds the event stream | never |
/// | `banyan-beat`, `banyan-poll`, `banyan-exchange` | with a shared store: live among the replicas | for the store, within its bounds |
/// | `banyan-outbox`, `banyan-deliver`, `banyan-count` | writes to both sides: kept, sent, counted | for the store |
/// | `banyan-compare-N` | compares answers, at the lowest priority | for the processor |
final class Clockwork implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Clockwork.class);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final Duration PAUSE_AFTER_FAULT = Duration.ofSeconds(1);

  /// Exchanges that may wait to be compared; more are dropped and counted.
  private static final int WAITING = 1_024;

  private final ScheduledExecutorService watch = scheduled("banyan-watch");
  private final ScheduledExecutorService chores = scheduled("banyan-chores");
  private final ExecutorService journal =
      Executors.newSingleThreadExecutor(named("banyan-journal", Thread.NORM_PRIORITY));
  private final ScheduledExecutorService tell = scheduled("banyan-tell");
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final ThreadPoolExecutor compare;
  private final List<Thread> loops = new CopyOnWriteArrayList<>();
  private volatile boolean over;

  Clockwork(int comparers) {
    compare =
        new ThreadPoolExecutor(
            comparers,
            comparers,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            named("banyan-compare", Thread.MIN_PRIORITY),
            new ThreadPoolExecutor.AbortPolicy());
  }

  private static ScheduledExecutorService scheduled(String name) {
    return Executors.newSingleThreadScheduledExecutor(named(name, Thread.NORM_PRIORITY));
  }

  // A priority is a hint to the system; what isolates comparing is its bounds.
  @SuppressWarnings("ThreadPriorityCheck")
  private static ThreadFactory named(String name, int priority) {
    return Thread.ofPlatform().name(name).priority(priority).daemon(true).factory();
  }

  ExecutorService journal() {
    return journal;
  }

  ExecutorService tell() {
    return tell;
  }

  ExecutorService blocking() {
    return blocking;
  }

  /// Refuses when [#WAITING] comparisons are waiting.
  ExecutorService compare() {
    return compare;
  }

  /// Looks at the traffic, for as long as this runs.
  void watchEvery(Duration pause, Runnable look) {
    repeat(watch, pause, look);
  }

  /// Tells of what moved, for as long as this runs.
  void tellEvery(Duration pause, Runnable telling) {
    repeat(tell, pause, telling);
  }

  /// Does a chore that may wait, for as long as this runs.
  void choreEvery(Duration pause, Runnable chore) {
    repeat(chores, pause, chore);
  }

  /// Does a chore now, between the regular ones, and waits for it.
  ///
  /// @throws IllegalStateException when the program is being stopped
  <T> T chore(Callable<T> chore) {
    try {
      return chores.submit(chore).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the chore failed", e.getCause());
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the program is being stopped", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the chore was not waited for", e);
    }
  }

  /// Does something again and again on a thread of its own, for as long as this runs.
  ///
  /// @param step returns how long to rest before the next
  void loop(String name, Supplier<Duration> step) {
    Thread thread = named(name, Thread.NORM_PRIORITY).newThread(() -> turn(step));
    loops.add(thread);
    thread.start();
  }

  private void turn(Supplier<Duration> step) {
    while (!over) {
      Duration rest = PAUSE_AFTER_FAULT;
      try {
        rest = step.get();
      } catch (RuntimeException | Error e) {
        LOG.error("a loop failed; it goes on in {}", rest, e);
      }
      LockSupport.parkNanos(rest.toNanos());
    }
  }

  private static void repeat(ScheduledExecutorService on, Duration pause, Runnable work) {
    var _ =
        on.scheduleWithFixedDelay(
            safe(pause, work), pause.toNanos(), pause.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// The work, again and again. Whatever it throws would end the schedule without a word, and with
  /// it rollbacks or the saving of evidence; memory that ran out once may be there again. What goes
  /// on failing as before is told once: a store may be gone for a night.
  static Runnable safe(Duration pause, Runnable work) {
    AtomicReference<String> told = new AtomicReference<>("");
    return () -> {
      try {
        work.run();
        told.set("");
      } catch (RuntimeException | Error e) {
        String failure = e.toString();
        if (failure.equals(told.getAndSet(failure))) {
          LOG.debug("a regular task fails as before", e);
        } else {
          LOG.error("a regular task failed; it is tried again in {}", pause, e);
        }
      }
    };
  }

  /// Ends everything: what decides first, what records last.
  @Override
  public void close() {
    over = true;
    for (Thread loop : loops) {
      LockSupport.unpark(loop);
      try {
        loop.join(GRACE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    for (ExecutorService each :
        new ArrayList<>(List.of(watch, chores, compare, journal, tell, blocking))) {
      each.shutdown();
      try {
        if (!each.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
          each.shutdownNow();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        each.shutdownNow();
      }
    }
  }
}
