package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverListener;
import dev.banyan.cutover.FamilyPolicy;
import dev.banyan.cutover.Ledger;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.notification.Notifier;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/// What becomes of decisions once they are made: the ledger, its keeping, and those who are told.
final class Chronicle implements AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(10);

  private final MigrationStore store;
  private final Clockwork clockwork;
  private final Ledger ledger;
  private final Notifier notifier;
  private final Notices notices;

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
    this.notices = new Notices(next, notifier, clock);
    adopt(setup.config());
  }

  Ledger ledger() {
    return ledger;
  }

  Notifier notifier() {
    return notifier;
  }

  CutoverListener listener() {
    return notices;
  }

  /// Tells those whom a configuration names, from now on.
  void adopt(BanyanConfig config) {
    notifier.adopt(config.notifications());
  }

  /// Begins to keep the ledger, and to look for what waits for a person.
  void begin(Cutover cutover, Supplier<BanyanConfig> config) {
    clockwork.choreEvery(LedgerKeeping.PAUSE, LedgerKeeping.alone(ledger, store, notices, config));
    clockwork.choreEvery(LOOK, () -> look(cutover, config.get()));
  }

  private void look(Cutover cutover, BanyanConfig config) {
    if (config.notifications().isEmpty()) {
      return;
    }
    config
        .families()
        .forEach(family -> {
          boolean byItself = family.policy().auto() == FamilyPolicy.Auto.FULL;
          cutover.explain(family.name()).ifPresent(now -> notices.look(now, byItself));
        });
  }

  @Override
  public void close() {
    notifier.close();
  }
}
