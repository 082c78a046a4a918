package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.cutover.CutoverListener;
import dev.banyan.cutover.HeadFile;
import dev.banyan.cutover.Ledger;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.cutover.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the ledger's head file no older than a minute, and once a day removes what is too old. A
/// chore, for one thread.
final class LedgerKeeping implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerKeeping.class);

  /// How often this is to be run.
  static final Duration PAUSE = Duration.ofMinutes(1);

  private static final String HEAD = "ledger.head";
  private static final long DAY = Duration.ofDays(1).toNanos();

  private final Ledger ledger;
  private final Retention retention;
  private final Supplier<@Nullable Duration> keep;
  private final Supplier<Optional<Turn>> turn;
  private final LongSupplier nanos;
  private boolean pruned;
  private long prunedAt;

  /// @param keep how long entries are kept, or null for ever
  /// @param turn whether it is this process that removes, among all that share the store
  LedgerKeeping(
      Ledger ledger,
      Retention retention,
      Supplier<@Nullable Duration> keep,
      Supplier<Optional<Turn>> turn,
      LongSupplier nanos) {
    this.ledger = ledger;
    this.retention = retention;
    this.keep = keep;
    this.turn = turn;
    this.nanos = nanos;
  }

  /// @param turn whether it is this process that removes, among all that share the store
  static LedgerKeeping of(
      Ledger ledger,
      MigrationStore store,
      CutoverListener listener,
      Supplier<BanyanConfig> config,
      Supplier<Optional<Turn>> turn) {
    return new LedgerKeeping(
        ledger,
        new Retention(ledger, store, listener, InstantSource.system()),
        () -> config.get().ledger().retention(),
        turn,
        System::nanoTime);
  }

  /// Where the ledger's head is kept outside of the store.
  static HeadFile headFile(Banyan.Setup setup) {
    Path configured = setup.config().ledger().headFile();
    return HeadFile.at(configured == null ? setup.data().resolve(HEAD) : configured);
  }

  /// Leave to remove entries.
  ///
  /// @param term the controller's; null where there is one process only
  record Turn(@Nullable Long term) {
    static final Turn ALONE = new Turn(null);
  }

  /// Among several, the one that decides also removes old entries.
  static Optional<Turn> turn(@Nullable Replication replication) {
    if (replication == null) {
      return Optional.of(Turn.ALONE);
    }
    OptionalLong term = replication.term();
    return term.isPresent() ? Optional.of(new Turn(term.getAsLong())) : Optional.empty();
  }

  @Override
  public void run() {
    ledger.follow();
    Duration kept = keep.get();
    long now = nanos.getAsLong();
    if (kept == null || (pruned && now - prunedAt < DAY)) {
      return;
    }
    turn.get()
        .ifPresent(leave -> {
          retention.prune(kept, leave.term()).map(LedgerEntry::reason).ifPresent(LOG::info);
          pruned = true;
          prunedAt = now;
        });
  }
}
