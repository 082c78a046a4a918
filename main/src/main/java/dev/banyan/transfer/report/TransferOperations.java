package dev.banyan.transfer.report;

import java.util.List;
import java.util.function.Consumer;

/// What can be asked of the transfers of one configuration, in the process that is asked.
///
/// Everything blocks until it is done. Everything can be asked twice: what was done is kept in the
/// target's database, and the second time goes on from there. Whatever runs ends at its next chunk
/// when [#stop] is called from another thread, with what it has done kept; it then returns as if it
/// had come to an end, and the report says how far it came. Interrupting the thread does the same.
///
/// `progress` is told now and then, at most a few times a second, on the thread that works or on
/// another one, but never on two at once.
public interface TransferOperations extends AutoCloseable {
  /// The transfers that are configured, in the order of the file.
  List<String> names();

  /// Reads both schemas and tells everything that will not work. Writes nothing.
  ///
  /// @param ddl whether to draft the target's missing tables
  PlanReport plan(String transfer, boolean ddl) throws TransferFailed, InterruptedException;

  /// Copies what is not copied yet, with the changes made meanwhile.
  StatusReport backfill(String transfer, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException;

  /// Follows changes until it is stopped. Needs a backfill that is complete.
  StatusReport stream(String transfer, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException;

  /// Backfill, then stream, and reconciles again and again, until it is stopped.
  StatusReport run(String transfer, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException;

  /// Reads where it stands.
  StatusReport status(String transfer) throws TransferFailed, InterruptedException;

  /// Tells where it stands once a second, until it is stopped.
  void watch(String transfer, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException;

  /// Compares every row of both sides.
  ///
  /// @param repair whether rows that differ get the owner's state, and are compared again
  ReconcileReport reconcile(String transfer, boolean repair, Consumer<StatusReport> progress)
      throws TransferFailed, InterruptedException;

  /// Makes the target the owner of the rows. Only the process that holds the writes can do it.
  ///
  /// @param unfenced whether to go without a fence where the database can not be fenced
  CutoverReport cutover(String transfer, boolean unfenced)
      throws TransferFailed, InterruptedException;

  /// Makes the source the owner again; the same, mirrored.
  CutoverReport back(String transfer, boolean unfenced) throws TransferFailed, InterruptedException;

  /// Removes what was created for it in both databases: slot, publication, triggers, our tables.
  /// The rows stay where they are.
  ///
  /// @param unfence takes away the fence as well, so that the side that does not own the rows can
  ///   be written to again
  /// @param ids takes away the pairs of mapped ids as well, which are else kept for what refers to
  ///   them
  /// @return what was removed, and what stays, for people
  List<String> remove(String transfer, boolean unfence, boolean ids)
      throws TransferFailed, InterruptedException;

  /// Ends what runs at its next chunk, without waiting for it. May be called by any thread.
  void stop();

  @Override
  void close();
}
