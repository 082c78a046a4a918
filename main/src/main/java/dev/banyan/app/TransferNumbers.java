package dev.banyan.app;

import dev.banyan.control.TransferView;
import dev.banyan.telemetry.Metric;
import dev.banyan.telemetry.Sheet;
import dev.banyan.transfer.report.Certificate;
import dev.banyan.transfer.report.StatusReport;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The numbers of transfers, from the same status that people are shown.
final class TransferNumbers implements Consumer<Sheet> {
  private final Supplier<List<TransferView>> transfers;

  TransferNumbers(Supplier<List<TransferView>> transfers) {
    this.transfers = transfers;
  }

  @Override
  public void accept(Sheet sheet) {
    for (TransferView transfer : transfers.get()) {
      StatusReport status = transfer.status();
      sheet.add(Metric.TRANSFER_KNOWN, status == null ? 0 : 1, transfer.name());
      if (status != null) {
        known(sheet, transfer.name(), status);
      }
    }
  }

  private static void known(Sheet sheet, String transfer, StatusReport status) {
    for (StatusReport.Phase phase : StatusReport.Phase.values()) {
      sheet.add(Metric.TRANSFER_PHASE, phase == status.phase() ? 1 : 0, transfer, phase.toString());
    }
    for (StatusReport.Table table : status.tables()) {
      if (table.state() != StatusReport.State.COMPARING) {
        sheet.add(Metric.TRANSFER_ROWS, table.rows(), transfer, table.table());
      }
    }
    sheet.add(Metric.TRANSFER_EPOCH, status.epoch(), transfer);
    sheet.add(Metric.TRANSFER_TABLES_STOPPED, status.stoppedTables().size(), transfer);
    sheet.add(Metric.TRANSFER_DIFFERENCES, status.differences(), transfer);
    Long bytes = status.lagBytes();
    if (bytes != null) {
      sheet.add(Metric.TRANSFER_LAG_BYTES, bytes.longValue(), transfer);
    }
    Double seconds = status.lagSeconds();
    if (seconds != null) {
      sheet.add(Metric.TRANSFER_LAG, seconds.doubleValue(), transfer);
    }
    Certificate certificate = status.certificate();
    if (certificate != null) {
      sheet.add(Metric.TRANSFER_CERTIFICATE_GREEN, certificate.green() ? 1 : 0, transfer);
      sheet.add(Metric.TRANSFER_CERTIFICATE_TIME, certificate.at().getEpochSecond(), transfer);
    }
  }
}
