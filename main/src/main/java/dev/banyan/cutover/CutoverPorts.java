package dev.banyan.cutover;

import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/// All that [Cutover] needs from outside.
///
/// @param backlog keeps what is in force and not in the store yet
/// @param health whether candidates are well
/// @param rows whether both sides of a family hold the same rows
/// @param handovers has the writes of families with rows of their own change sides
/// @param clock for people: when an entry was made. Freeze windows alone are decided by it
/// @param nanos the monotonic clock
/// @param executor runs the writes to the store; one thread is enough, and it is this program's
///   only one that waits for the store on behalf of a rollback
public record CutoverPorts(
    MigrationStore store,
    Backlog backlog,
    RoutingSwitch routing,
    Traffic traffic,
    Comparisons comparisons,
    CandidateHealth health,
    RowAgreement rows,
    Handovers handovers,
    CutoverListener listener,
    Replicas replicas,
    InstantSource clock,
    LongSupplier nanos,
    Executor executor) {}
