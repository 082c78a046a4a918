package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverListener;
import dev.banyan.cutover.Ledger;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.migration.FamilyState;
import dev.banyan.notification.Notifier;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What becomes of decisions once they are made: the ledger, its keeping, those who are told, and
/// how far the migrations have come with what they are for.
final class Chronicle implements AutoCloseable {
  private final MigrationStore store;
  private final Clockwork clockwork;
  private final Ledger ledger;
  private final Notifier notifier;
  private final CutoverListener listener;
  private final GoalKeeping goals;
  private final ReentrantLock looking = new ReentrantLock();

  /// @param next hears of every change too
  Chronicle(
      Banyan.Setup setup,
      MigrationStore store,
      CutoverListener next,
      Clockwork clockwork,
      InstantSource clock) {
    this.store = store;
    this.clockwork = clockwork;
    this.ledger = new Ledger(store, LedgerKeeping.headFile(setup));
    this.notifier =
        new Notifier(
            new Notifier.Ports(
                clockwork.blocking(),
                clock,
                Thread::sleep,
                () -> ThreadLocalRandom.current().nextDouble()));
    this.goals = new GoalKeeping(store, new ServicePages(clockwork.blocking()), System::nanoTime);
    this.listener = CutoverListener.of(goals, next, new Notices(notifier, clock));
    adopt(setup.config());
  }

  Ledger ledger() {
    return ledger;
  }

  Notifier notifier() {
    return notifier;
  }

  GoalKeeping goals() {
    return goals;
  }

  /// Who hears of decisions.
  CutoverListener listener() {
    return listener;
  }

  /// Tells those whom a configuration names, from now on.
  void adopt(BanyanConfig config) {
    notifier.adopt(config.notifications());
  }

  /// Begins to keep the ledger, and to look at what the migrations are for.
  void begin(
      Cutover cutover, Supplier<BanyanConfig> config, Supplier<Optional<LedgerKeeping.Turn>> turn) {
    clockwork.choreEvery(
        LedgerKeeping.PAUSE, LedgerKeeping.of(ledger, store, listener, config, turn));
    clockwork.choreEvery(
        GoalKeeping.PAUSE,
        () -> clockwork.blocking().execute(() -> lookAtGoals(cutover, config.get())));
  }

  /// On a thread of its own: services that do not answer must not keep the chores waiting.
  private void lookAtGoals(Cutover cutover, BanyanConfig config) {
    if (looking.tryLock()) {
      try {
        goals.look(config, family -> known(cutover, family));
      } finally {
        looking.unlock();
      }
    }
  }

  private static GoalKeeping.@Nullable Known known(Cutover cutover, String family) {
    FamilyState state = cutover.state(family).orElse(null);
    return cutover
        .evidence(family)
        .filter(_ -> state != null)
        .map(evidence -> new GoalKeeping.Known(evidence, Objects.requireNonNull(state).phase()))
        .orElse(null);
  }

  @Override
  public void close() {
    goals.close();
    notifier.close();
  }
}
