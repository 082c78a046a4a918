package dev.banyan.control;

import dev.banyan.cutover.Ledger;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.Replay;
import dev.banyan.notification.Notifier;
import dev.banyan.parity.LearnedNoise;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// All that the control plane offers, as the rest of the program implements it.
///
/// Changes are decided one at a time and answered once they are in force: no request decided after
/// [#rollback] returns goes to the candidate. A refusal is a value; an exception is a fault of the
/// program or of its disk, and the client is told 500.
///
/// Called from many threads at once; may block.
public interface Operations extends TokenOrders, OutboxOrders {

  /// Whether the gateway accepts connections.
  boolean ready();

  /// What can be asked of transfers.
  TransferOrders transferring();

  StatusView status();

  /// One family as it stands, or nothing when no family has that name.
  Optional<FamilyView> family(String name);

  /// What comparing a family has learned of its noise; nothing of a family that is not known.
  LearnedNoise noise(String family);

  /// Moves a family one step up the ladder, or to a larger weight of the step's phase.
  Outcome promote(Change.Promotion ask);

  /// Gives leave to enter a phase that needs it.
  Outcome approve(Change.Approval ask);

  /// Why all promotion is stopped; empty while it is not.
  Optional<String> line();

  /// Stops all promotion. Nothing else is stopped, a rollback least of all.
  WideOutcome stopLine(String actor, String reason);

  /// Lets promotion go on.
  WideOutcome releaseLine(String actor, String reason);

  /// Enters that a service runs another version: the evidence of every family that has it on a side
  /// begins anew.
  ///
  /// @param version as it is called, or null when nobody says
  WideOutcome deploy(String service, @Nullable String version, String actor, String reason);

  /// Moves a family back on this process alone, whatever has become of the store and of the other
  /// replicas; entered in the ledger once the store is back.
  Outcome rollbackLocally(Change.Rollback ask);

  /// Moves a family back; neither a hold nor a gate refuses it.
  Outcome rollback(Change.Rollback ask);

  /// Stops promotions of a family until it is resumed.
  Outcome hold(Change.Hold ask);

  Outcome resume(Change.Resume ask);

  /// Forgets what comparing has shown, because one of the sides is no longer what it was.
  Outcome resetParity(Change.ParityReset ask);

  /// Accepts a difference for a while. This and the other two rulings begin the evidence anew.
  Outcome acceptDifference(Change.ParityAccept ask);

  /// Marks a place critical.
  Outcome markCritical(Change.ParityCritical ask);

  /// Takes back what was accepted or marked critical by command, of exactly that scope.
  Outcome unacceptDifference(Change.ParityUnaccept ask);

  /// Reads the configuration's file again, whether it has changed or not.
  ///
  /// @return the configuration in force; its `lastError` says why the file was refused, if it was
  StatusView.Config reload();

  /// Entries with a sequence number above `after`, oldest first, `limit` at most.
  List<LedgerEntry> ledgerAfter(long after, int limit);

  /// The last `limit` entries, oldest first.
  List<LedgerEntry> ledgerTail(int limit);

  /// Reads the whole ledger and recomputes its chain.
  Ledger.Check verifyLedger();

  /// Sends a test to everybody who is told of what happens, and waits for their answers.
  List<Notifier.Tried> testNotifications();

  /// Makes every automatic decision from entry number `from` on again, from its evidence.
  Replay replayLedger(long from);
}
