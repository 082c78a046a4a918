package dev.banyan.app;

import dev.banyan.cli.Programs;
import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.Environment;
import dev.banyan.transfer.moving.ConfiguredTransfers;
import dev.banyan.transfer.moving.Working;
import dev.banyan.transfer.report.TransferFailed;
import dev.banyan.transfer.report.TransferOperations;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Transfers in a command's own process: read from the file, and ended at a chunk when the process
/// is told to stop.
final class TransferWorking {
  private static final Logger LOG = LoggerFactory.getLogger(TransferWorking.class);

  private TransferWorking() {}

  static int work(Path file, Programs.TransferWork work)
      throws TransferFailed, InterruptedException {
    BanyanConfig config = config(file);
    Working working =
        new Working(
            config.databases(),
            InstantSource.system(),
            System::nanoTime,
            Thread.ofVirtual().name("banyan-rows-", 0).factory());
    String self = self("command");
    try (TransferOperations transfers =
        new ConfiguredTransfers(config.transfers(), working, self)) {
      return untilStopped(transfers, work);
    }
  }

  /// How this process is told from all others that may work on the same rows: in a container, the
  /// first process has the same number as in any other.
  static String self(String kind) {
    return "the "
        + kind
        + " of process "
        + ProcessHandle.current().pid()
        + " at "
        + Machine.name("unknown-host");
  }

  private static BanyanConfig config(Path file) throws TransferFailed {
    ConfigResult result = new ConfigFile(file, Environment.of(System.getenv())).load();
    return switch (result) {
      case ConfigResult.Loaded loaded -> loaded.config();
      case ConfigResult.Rejected rejected ->
          throw new TransferFailed(
              TransferFailed.Reason.CONFIGURATION, file + " has problems\n" + rejected.text());
    };
  }

  /// The JVM ends when its hooks do, so the hook waits until what ran has been brought to an end.
  private static int untilStopped(TransferOperations transfers, Programs.TransferWork work)
      throws TransferFailed, InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    Thread hook =
        Thread.ofPlatform().name("banyan-transfer-stop").unstarted(() -> stop(transfers, over));
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.on(transfers);
    } finally {
      over.countDown();
      forget(hook);
    }
  }

  private static void stop(TransferOperations transfers, CountDownLatch over) {
    transfers.stop();
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Not while the hooks run: it has done its work then.
  private static void forget(Thread hook) {
    if (hook.getState() == Thread.State.NEW) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        LOG.debug("being stopped", e);
      }
    }
  }
}
