package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.control.TransferOrder;
import dev.banyan.control.TransferOrders;
import dev.banyan.control.TransferView;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.report.CutoverReport;
import dev.banyan.transfer.report.PlanReport;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.report.TransferFailed;
import dev.banyan.transfer.report.TransferOperations;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The transfers as the configuration in force declares them, and no more than that: nothing is
/// moved, and whoever asks for it is told so.
final class DeclaredTransfers implements TransferOrders, TransferOperations {
  private static final String NOT_MOVED =
      "this version of Banyan reads what banyan.yaml declares of transfers, and does not move rows"
          + " yet";

  private final Supplier<BanyanConfig> config;

  DeclaredTransfers(Supplier<BanyanConfig> config) {
    this.config = config;
  }

  @Override
  public List<TransferView> transfers() {
    return config.get().transfers().stream()
        .map(transfer ->
            new TransferView(
                transfer.name(),
                transfer.from(),
                transfer.to(),
                transfer.families(),
                null,
                NOT_MOVED))
        .toList();
  }

  @Override
  public List<String> names() {
    return config.get().transfers().stream().map(TransferOptions::name).toList();
  }

  private TransferFailed refused(String transfer) {
    return config.get().transfer(transfer).isPresent()
        ? new TransferFailed(TransferFailed.Reason.REFUSED, transfer + ": " + NOT_MOVED)
        : new TransferFailed(
            TransferFailed.Reason.UNKNOWN,
            "no transfer is called '" + transfer + "'; there are " + names());
  }

  @Override
  public CutoverReport cutover(TransferOrder ask) throws TransferFailed {
    throw refused(ask.transfer());
  }

  @Override
  public CutoverReport back(TransferOrder ask) throws TransferFailed {
    throw refused(ask.transfer());
  }

  @Override
  public ReconcileReport reconcile(TransferOrder ask) throws TransferFailed {
    throw refused(ask.transfer());
  }

  @Override
  public PlanReport plan(String transfer, boolean ddl) throws TransferFailed {
    throw refused(transfer);
  }

  @Override
  public StatusReport backfill(String transfer, Consumer<StatusReport> progress)
      throws TransferFailed {
    throw refused(transfer);
  }

  @Override
  public StatusReport stream(String transfer, Consumer<StatusReport> progress)
      throws TransferFailed {
    throw refused(transfer);
  }

  @Override
  public StatusReport run(String transfer, Consumer<StatusReport> progress) throws TransferFailed {
    throw refused(transfer);
  }

  @Override
  public StatusReport status(String transfer) throws TransferFailed {
    throw refused(transfer);
  }

  @Override
  public void watch(String transfer, Consumer<StatusReport> progress) throws TransferFailed {
    throw refused(transfer);
  }

  @Override
  public ReconcileReport reconcile(String transfer, boolean repair, Consumer<StatusReport> progress)
      throws TransferFailed {
    throw refused(transfer);
  }

  @Override
  public CutoverReport cutover(String transfer, boolean unfenced) throws TransferFailed {
    throw refused(transfer);
  }

  @Override
  public CutoverReport back(String transfer, boolean unfenced) throws TransferFailed {
    throw refused(transfer);
  }

  @Override
  public List<String> remove(String transfer) throws TransferFailed {
    throw refused(transfer);
  }

  @Override
  public void stop() {
    // Nothing runs.
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
