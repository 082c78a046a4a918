package dev.banyan.app;

import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.cutover.VersionWatch.Deploy;
import dev.banyan.cutover.VersionWatch.Stage;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has deploys that were seen entered, and the evidence of whom they concern begun anew: once among
/// all who see them, whichever that is, and again and again until the store takes it.
///
/// [#accept] never waits; [#run] may, and is to be called every second or so.
final class DeployEntries implements Consumer<Deploy>, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(DeployEntries.class);

  /// Deploys that wait to be entered; more are left out, and told to the log.
  private static final int WAITING = 1_000;

  private final @Nullable MigrationStore shared;
  private final Entering entering;
  private final Function<String, List<String>> concerned;
  private final Executor blocking;
  private final BlockingQueue<Deploy> waiting = new ArrayBlockingQueue<>(WAITING);
  private final ReentrantLock turn = new ReentrantLock();

  // Guarded by `turn`: the families that the first one in line is still to be entered for, null
  // while it is not known whether another has entered it.
  private @Nullable List<String> left;

  /// As [Cutover#deployed] does it.
  interface Entering {
    List<String> deployed(String actor, String reason, String what, Predicate<String> concerns);
  }

  /// @param shared the store, where several processes see the same; null where there is one
  /// @param concerned the families that have a service on one of their sides
  /// @param blocking runs what may wait
  DeployEntries(
      @Nullable MigrationStore shared,
      Entering entering,
      Function<String, List<String>> concerned,
      Executor blocking) {
    this.shared = shared;
    this.entering = entering;
    this.concerned = concerned;
    this.blocking = blocking;
  }

  @Override
  public void accept(Deploy deploy) {
    if (deploy.stage() != Stage.BEGUN && deploy.stage() != Stage.ENDED) {
      return;
    }
    if (waiting.offer(deploy)) {
      blocking.execute(this);
    } else {
      LOG.error("{} is not entered: too many deploys wait for the store", deploy);
    }
  }

  @Override
  public void run() {
    turn.lock();
    try {
      while (true) {
        Deploy deploy = waiting.peek();
        if (deploy == null || !isEntered(deploy)) {
          return;
        }
        waiting.remove();
        left = null;
      }
    } catch (UncheckedIOException e) {
      LOG.warn("a deploy that was seen is not entered; it is tried again: {}", e.getMessage(), e);
    } finally {
      turn.unlock();
    }
  }

  /// Whether it is entered, here or elsewhere.
  private boolean isEntered(Deploy deploy) {
    List<String> families = left;
    if (families == null) {
      if (shared != null && !claim(shared, deploy)) {
        return true;
      }
      families = concerned.apply(deploy.service());
      left = families;
    }
    String what = deploy.service() + " " + deploy.version();
    List<String> failures =
        entering.deployed(Cutover.ITSELF, "seen in its version header", what, families::contains);
    failures.forEach(why -> LOG.warn("the deploy of {} is not entered yet: {}", what, why));
    left =
        families.stream()
            .filter(name -> failures.stream().anyMatch(why -> why.startsWith(name + ": ")))
            .toList();
    return failures.isEmpty();
  }

  /// A version that begins is new again once another was left, and one that is left is news again
  /// once another has begun.
  private static boolean claim(MigrationStore store, Deploy deploy) {
    String begun = "deploy-begun:" + deploy.service();
    String ended = "deploy-ended:" + deploy.service();
    boolean begins = deploy.stage() == Stage.BEGUN;
    boolean claimed = store.claim(begins ? begun : ended, deploy.version());
    if (claimed) {
      store.note(begins ? ended : begun, begins ? "" : deploy.version());
    }
    return claimed;
  }
}
