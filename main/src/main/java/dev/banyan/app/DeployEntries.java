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
/// The version that was last known of a service is kept. The first one that a process sees is
/// nothing new to it, and yet a deploy where it is another: comparisons outlive the process, and
/// those of a version that is gone prove nothing.
///
/// [#accept] never waits; [#run] may, and is to be called every second or so.
final class DeployEntries implements Consumer<Deploy>, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(DeployEntries.class);

  /// Deploys that wait to be entered; more are left out, and told to the log.
  private static final int WAITING = 1_000;

  private final MigrationStore store;
  private final boolean shared;
  private final Entering entering;
  private final Function<String, List<String>> concerned;
  private final Executor blocking;
  private final BlockingQueue<Deploy> waiting = new ArrayBlockingQueue<>(WAITING);
  private final ReentrantLock turn = new ReentrantLock();

  // Guarded by `turn`: whether the store has failed since the last one that was entered.
  private boolean failing;

  // Guarded by `turn`: the families that the first one in line is still to be entered for, null
  // while it is not known whether another has entered it.
  private @Nullable List<String> left;

  /// As [Cutover#deployed] does it.
  interface Entering {
    List<String> deployed(String actor, String reason, String what, Predicate<String> concerns);
  }

  /// @param shared whether several processes see the same
  /// @param concerned the families that have a service on one of their sides
  /// @param blocking runs what may wait
  DeployEntries(
      MigrationStore store,
      boolean shared,
      Entering entering,
      Function<String, List<String>> concerned,
      Executor blocking) {
    this.store = store;
    this.shared = shared;
    this.entering = entering;
    this.concerned = concerned;
    this.blocking = blocking;
  }

  @Override
  public void accept(Deploy deploy) {
    if (deploy.stage() == Stage.TOO_MANY) {
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
        failing = false;
      }
    } catch (UncheckedIOException e) {
      if (failing) {
        LOG.debug("a deploy that was seen is not entered yet", e);
      } else {
        LOG.warn("a deploy that was seen is not entered; it is tried again: {}", e.getMessage(), e);
      }
      failing = true;
    } finally {
      turn.unlock();
    }
  }

  /// Whether it is entered, here or elsewhere, or there is nothing to enter.
  private boolean isEntered(Deploy deploy) {
    boolean due = deploy.stage() != Stage.FIRST || isAnother(deploy);
    if (due && !entered(deploy)) {
      return false;
    }
    store.note(last(deploy), deploy.version());
    return true;
  }

  private static String last(Deploy deploy) {
    return "version-seen:" + deploy.service();
  }

  /// Whether another version was the last that anybody saw.
  private boolean isAnother(Deploy deploy) {
    return store.note(last(deploy)).filter(known -> !known.equals(deploy.version())).isPresent();
  }

  private boolean entered(Deploy deploy) {
    List<String> families = left;
    if (families == null) {
      if (shared && !claim(store, deploy)) {
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
    boolean begins = deploy.stage() != Stage.ENDED;
    boolean claimed = store.claim(begins ? begun : ended, deploy.version());
    if (claimed) {
      store.note(begins ? ended : begun, begins ? "" : deploy.version());
    }
    return claimed;
  }
}
