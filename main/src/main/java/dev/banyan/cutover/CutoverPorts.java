package dev.banyan.cutover;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/// All that [Cutover] needs from outside.
///
/// @param health whether candidates are well
/// @param rows whether the rows of both sides agree, where each has its own
/// @param clock for people: when an entry was made. Freeze windows alone are decided by it
/// @param nanos the monotonic clock
/// @param executor runs the writes to the store; one thread is enough, and it is this program's
///   only one that waits for the store on behalf of a rollback
public record CutoverPorts(
    MigrationStore store,
    RoutingSwitch routing,
    Traffic traffic,
    Comparisons comparisons,
    CandidateHealth health,
    RowProof rows,
    CutoverListener listener,
    Replicas replicas,
    InstantSource clock,
    LongSupplier nanos,
    Executor executor) {

  /// Ports that know nothing of rows.
  public CutoverPorts(
      MigrationStore store,
      RoutingSwitch routing,
      Traffic traffic,
      Comparisons comparisons,
      CandidateHealth health,
      CutoverListener listener,
      Replicas replicas,
      InstantSource clock,
      LongSupplier nanos,
      Executor executor) {
    this(
        store,
        routing,
        traffic,
        comparisons,
        health,
        RowProof.NONE,
        listener,
        replicas,
        clock,
        nanos,
        executor);
  }
}
