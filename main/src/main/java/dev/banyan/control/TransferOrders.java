package dev.banyan.control;

import dev.banyan.transfer.report.CutoverReport;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.TransferFailed;
import java.util.List;

/// What the control plane offers of transfers. The running gateway changes the owner of rows,
/// because it is where writes can be held.
///
/// Called from many threads at once; may block for as long as what is asked takes. [#transfers] is
/// asked at every scrape and for every page: it answers from what was read lately.
public interface TransferOrders {
  /// No transfer is configured.
  TransferOrders NONE =
      new TransferOrders() {
        @Override
        public List<TransferView> transfers() {
          return List.of();
        }

        @Override
        public CutoverReport cutover(TransferOrder ask) throws TransferFailed {
          throw unknown(ask);
        }

        @Override
        public CutoverReport back(TransferOrder ask) throws TransferFailed {
          throw unknown(ask);
        }

        @Override
        public ReconcileReport reconcile(TransferOrder ask) throws TransferFailed {
          throw unknown(ask);
        }

        private static TransferFailed unknown(TransferOrder ask) {
          return new TransferFailed(
              TransferFailed.Reason.UNKNOWN,
              "no transfer is called '" + ask.transfer() + "'; there are none in banyan.yaml");
        }
      };

  /// All of them, in the order of the file.
  List<TransferView> transfers();

  /// Makes the target the owner of the rows. Where a step fails the ones before it are undone, and
  /// the report says so.
  CutoverReport cutover(TransferOrder ask) throws TransferFailed, InterruptedException;

  /// Makes the source the owner again.
  CutoverReport back(TransferOrder ask) throws TransferFailed, InterruptedException;

  /// Compares every row of both sides.
  ReconcileReport reconcile(TransferOrder ask) throws TransferFailed, InterruptedException;
}
