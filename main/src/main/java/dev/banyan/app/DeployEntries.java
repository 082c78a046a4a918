package dev.banyan.app;

import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.cutover.VersionWatch.Deploy;
import dev.banyan.cutover.VersionWatch.Stage;
import java.io.UncheckedIOException;
import java.util.ArrayList;
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

/// Has deploys that were seen entered, and the evidence of whom they concern begun anew: by one
/// among all who see them, whichever that is, and again and again until the store takes it. The
/// others look whether that one has done it, and enter it themselves where it does not get there:
/// twice entered is evidence that begins anew twice, and never entered would be a proof by a
/// version that is gone.
///
/// The version that was last known of a service is kept. The first one that a process sees is
/// nothing new to it, and yet a deploy where it is another: comparisons outlive the process, and
/// those of a version that is gone prove nothing.
///
/// [#accept] never waits; [#run] may, and is to be called every second or so: a replica that has a
/// deploy to enter is given [#LOOKS] of these.
final class DeployEntries implements Consumer<Deploy>, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(DeployEntries.class);

  /// Deploys that wait to be entered; more are left out, and told to the log.
  private static final int WAITING = 1_000;

  /// How often somebody looks whether another has entered a deploy before it does.
  static final int LOOKS = 10;

  private final MigrationStore store;
  private final boolean shared;
  private final Entering entering;
  private final Function<String, List<String>> concerned;
  private final Executor blocking;
  private final BlockingQueue<Due> waiting = new ArrayBlockingQueue<>(WAITING);
  private final ReentrantLock turn = new ReentrantLock();

  // Guarded by `turn`.
  private List<Elsewhere> elsewhere = List.of();

  // Guarded by `turn`: whether the store has failed since the last one that was entered.
  private boolean failing;

  // Guarded by `turn`: the families that the first one in line is still to be entered for, null
  // while it is not known whether another has entered it.
  private @Nullable List<String> left;

  /// A deploy that is to be entered.
  ///
  /// @param here whether by this process in any case
  private record Due(Deploy deploy, boolean here) {}

  /// A deploy that another was to enter.
  ///
  /// @param before what was entered of the service when that was found
  /// @param looks since then in which the store answered
  private record Elsewhere(Deploy deploy, String before, int looks) {
    Elsewhere again() {
      return new Elsewhere(deploy, before, looks + 1);
    }
  }

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
    if (waiting.offer(new Due(deploy, !shared))) {
      blocking.execute(() -> inTurn(this::enterAll));
    } else {
      LOG.error("{} is not entered: too many deploys wait for the store", deploy);
    }
  }

  @Override
  public void run() {
    inTurn(() -> {
      lookElsewhere();
      enterAll();
    });
  }

  private void inTurn(Runnable work) {
    turn.lock();
    try {
      work.run();
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

  private void enterAll() {
    for (Due due = waiting.peek(); due != null && isSettled(due); due = waiting.peek()) {
      waiting.remove();
      left = null;
      failing = false;
    }
  }

  private void lookElsewhere() {
    List<Elsewhere> still = new ArrayList<>();
    for (Elsewhere each : elsewhere) {
      String now = entered(each.deploy());
      if (now.isEmpty() || (now.equals(each.before()) && !covers(now, each.deploy()))) {
        still.add(each.again());
      } // or it was entered, or another since, which is as good
    }
    elsewhere =
        still.stream().filter(each -> each.looks() < LOOKS || !isTakenOver(each.deploy())).toList();
  }

  private boolean isTakenOver(Deploy deploy) {
    LOG.warn("{} was to be entered by another replica, which has not done it", deploy);
    return waiting.offer(new Due(deploy, true));
  }

  /// Whether it is entered, or is for another to enter, or there is nothing to enter.
  private boolean isSettled(Due due) {
    Deploy deploy = due.deploy();
    List<String> families = left;
    if (families == null) {
      if (deploy.stage() == Stage.FIRST && !isAnother(deploy)) {
        store.note(last(deploy), deploy.version());
        return true;
      }
      if (!due.here() && !claim(store, deploy)) {
        leaveToTheOther(deploy);
        return true;
      }
      families = concerned.apply(deploy.service());
    } else if (families.isEmpty()) {
      return isNoted(deploy); // what was tried before has failed at that alone
    }
    return isEntered(deploy, families) && isNoted(deploy);
  }

  private boolean isNoted(Deploy deploy) {
    if (shared) {
      store.note(enteredName(deploy), word(deploy));
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

  private void leaveToTheOther(Deploy deploy) {
    String before = entered(deploy);
    if (!covers(before, deploy) && elsewhere.size() < WAITING) {
      List<Elsewhere> more = new ArrayList<>(elsewhere);
      more.add(new Elsewhere(deploy, before, 0));
      elsewhere = List.copyOf(more);
    }
  }

  private boolean isEntered(Deploy deploy, List<String> families) {
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

  /// What was entered last of a service; nothing from when another deploy of it was taken on.
  private String entered(Deploy deploy) {
    return store.note(enteredName(deploy)).orElse("");
  }

  private static String enteredName(Deploy deploy) {
    return "deploy-entered:" + deploy.service();
  }

  private static String word(Deploy deploy) {
    return (begins(deploy) ? "begun " : "ended ") + deploy.version();
  }

  /// Whether a deploy needs no entry any more, after what was entered of its service.
  private static boolean covers(String entered, Deploy deploy) {
    return entered.equals(word(deploy)) || entered.equals("ended " + deploy.version());
  }

  private static boolean begins(Deploy deploy) {
    return deploy.stage() != Stage.ENDED;
  }

  /// A version that begins is new again once another was left, and one that is left is news again
  /// once another has begun.
  private static boolean claim(MigrationStore store, Deploy deploy) {
    String begun = "deploy-begun:" + deploy.service();
    String ended = "deploy-ended:" + deploy.service();
    boolean begins = begins(deploy);
    boolean claimed = store.claim(begins ? begun : ended, deploy.version());
    if (claimed) {
      store.note(enteredName(deploy), "");
      store.note(begins ? ended : begun, begins ? "" : deploy.version());
    }
    return claimed;
  }
}
