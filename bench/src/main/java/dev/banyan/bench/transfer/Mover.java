package dev.banyan.bench.transfer;

import dev.banyan.transfer.moving.ConfiguredTransfers;
import dev.banyan.transfer.moving.Working;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.options.Throttle;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.options.TransferOptions.Compare;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.report.TransferFailed;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// One transfer as `banyan.yaml` would declare it, and what the commands of `banyan transfer` do
/// with it, in this process.
final class Mover {
  private static final Duration NEVER = Duration.ofDays(1);
  private static final long WAL_BUDGET = 64L << 30;
  private static final Duration LOOK = Duration.ofMillis(5);
  private static final int CHUNK_ROWS = 10_000;
  private static final int PARALLEL = 2;

  private final List<DatabaseOptions> databases;
  private final String name;
  private final Server to;
  private final TableOptions table;
  private final Compare compare;

  /// @param compare how both sides are compared
  Mover(List<Server> servers, String name, Server to, TableOptions table, Compare compare) {
    this.compare = compare;
    this.databases = servers.stream().map(Server::options).toList();
    this.name = name;
    this.to = to;
    this.table = table;
  }

  private ConfiguredTransfers transfers(@Nullable Long rowsPerSecond) {
    TransferOptions options =
        new TransferOptions(
            name,
            "old",
            to.name(),
            List.of("accounts"),
            List.of(table),
            List.of(),
            false,
            new Throttle(rowsPerSecond, null, null, null, WAL_BUDGET, null),
            CHUNK_ROWS,
            PARALLEL,
            NEVER,
            NEVER,
            NEVER,
            NEVER,
            compare);
    Working working =
        new Working(
            databases,
            InstantSource.system(),
            System::nanoTime,
            Thread.ofVirtual().name("mover-", 0).factory());
    return new ConfiguredTransfers(List.of(options), working, "bench");
  }

  /// `banyan transfer remove`, before the target is emptied.
  void remove() throws TransferFailed {
    try (ConfiguredTransfers transfers = transfers(null)) {
      var _ = transfers.remove(name, false, false);
    }
  }

  /// `banyan transfer backfill`.
  ///
  /// @return rows copied
  long backfill(@Nullable Long rowsPerSecond) throws TransferFailed, InterruptedException {
    try (ConfiguredTransfers transfers = transfers(rowsPerSecond)) {
      StatusReport report = transfers.backfill(name, _ -> {});
      return report.rows();
    }
  }

  /// `banyan transfer reconcile`.
  ///
  /// @throws IOException where both sides differ: then no other figure means anything
  ReconcileReport reconcile() throws TransferFailed, InterruptedException, IOException {
    try (ConfiguredTransfers transfers = transfers(null)) {
      ReconcileReport report = transfers.reconcile(name, false, _ -> {});
      if (!report.certificate().green()) {
        throw new IOException(name + ": the sides differ: " + report.differences());
      }
      return report;
    }
  }

  /// `banyan transfer stream`, while something else is done, or until everything is applied that is
  /// in the log by now.
  <T> T following(Meanwhile<T> meanwhile) throws Exception {
    try (ConfiguredTransfers transfers = transfers(null)) {
      FutureTask<StatusReport> stream = new FutureTask<>(() -> transfers.stream(name, _ -> {}));
      Thread thread = Thread.ofVirtual().start(stream);
      try {
        return meanwhile.look(() -> caughtUp(transfers, stream));
      } finally {
        transfers.stop();
        thread.join();
      }
    }
  }

  interface Meanwhile<T> {
    T look(CaughtUp stream) throws Exception;
  }

  interface CaughtUp {
    void await() throws Exception;
  }

  private void caughtUp(ConfiguredTransfers transfers, FutureTask<StatusReport> stream)
      throws TransferFailed, InterruptedException, IOException {
    while (!transfers.follows(name)) {
      alive(stream);
      Thread.sleep(LOOK);
    }
    long tip = transfers.tip(name);
    while (transfers.applied(name) < tip) {
      alive(stream);
      Thread.sleep(LOOK);
    }
  }

  private void alive(FutureTask<StatusReport> stream) throws InterruptedException, IOException {
    if (stream.isDone()) {
      try {
        throw new IOException(name + " stopped: " + stream.get());
      } catch (ExecutionException e) {
        throw new IOException(name + " failed", e.getCause());
      }
    }
  }
}
