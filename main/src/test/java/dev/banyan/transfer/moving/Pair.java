package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.handover.Writes;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.options.Throttle;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.report.CutoverReport;
import dev.banyan.transfer.report.PlanReport;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.report.TransferFailed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A transfer between two databases as a gateway runs it: by a thread of its own, compared, handed
/// over and handed back.
final class Pair implements AutoCloseable {
  static final String NAME = "pair";

  private final ConfiguredTransfers transfers;
  private final AtomicReference<@Nullable StatusReport> last = new AtomicReference<>();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private @Nullable Thread running;

  Pair(DatabaseOptions old, DatabaseOptions next, List<TableOptions> tables) {
    this(old, next, tables, List.of());
  }

  Pair(
      DatabaseOptions old,
      DatabaseOptions next,
      List<TableOptions> tables,
      List<TransferOptions.Check> checks) {
    TransferOptions options =
        new TransferOptions(
            NAME,
            old.name(),
            next.name(),
            List.of(NAME),
            tables,
            checks,
            false,
            new Throttle(null, null, null, null, 1L << 30, null),
            200,
            2,
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            Duration.ofSeconds(10),
            Duration.ofMinutes(10),
            TransferOptions.Compare.ROWS);
    Working working =
        new Working(
            List.of(old, next),
            InstantSource.system(),
            System::nanoTime,
            Thread.ofVirtual().factory());
    this.transfers = new ConfiguredTransfers(List.of(options), working, "a test");
  }

  ConfiguredTransfers transfers() {
    return transfers;
  }

  List<String> blocking() throws Exception {
    return transfers.plan(NAME, false).findings().stream()
        .filter(PlanReport.Found::blocks)
        .map(each -> each.subject() + ": " + each.says())
        .toList();
  }

  /// Copies, follows and compares, until [#close].
  void start() {
    running =
        Thread.ofPlatform()
            .start(() -> {
              try {
                var _ = transfers.run(NAME, last::set);
              } catch (Exception e) {
                failure.set(e);
              }
            });
  }

  /// Waits until the rows are copied and compared.
  void awaitCompared() throws Exception {
    await(status -> status.certificate() != null);
  }

  StatusReport await(Predicate<StatusReport> condition) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (System.nanoTime() < until) {
      StatusReport status = last.get();
      Exception failed = failure.get();
      if (failed != null) {
        throw failed;
      }
      if (status != null && condition.test(status)) {
        return status;
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("in vain; it stands at " + last.get());
  }

  /// Compares every row in aligned cuts: whatever was committed before has been applied after it.
  void assertSame() throws Exception {
    ReconcileReport report = transfers.reconcile(NAME, false, _ -> {});
    assertThat(report.differences())
        .extracting(each -> each.table() + " " + each.key() + " " + each.kind() + each.columns())
        .isEmpty();
    assertThat(report.certificate().green()).isTrue();
  }

  /// Waits until whatever was committed before has been written to the side that does not own it.
  void awaitCaughtUp() throws Exception {
    long tip = transfers.tip(NAME);
    await(_ -> applied() >= tip);
  }

  private long applied() {
    try {
      return transfers.applied(NAME);
    } catch (TransferFailed e) {
      throw new AssertionError(e);
    }
  }

  void handOver(boolean toNew) throws Exception {
    CutoverReport report = triedHandOver(toNew);
    assertThat(report.done()).as("%s", report).isTrue();
  }

  /// Which may be undone.
  CutoverReport triedHandOver(boolean toNew) throws Exception {
    Writes none =
        _ ->
            new Writes.Held() {
              @Override
              public boolean drained(Duration wait) {
                return true;
              }

              @Override
              public void close() {}
            };
    return transfers.handOver(NAME, toNew, true, none, Optional::empty);
  }

  @Override
  public void close() {
    transfers.stop();
    Thread thread = running;
    try {
      if (thread != null) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      transfers.close();
    }
  }
}
