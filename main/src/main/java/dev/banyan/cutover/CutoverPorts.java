package dev.banyan.cutover;

import dev.banyan.migration.ParityEvidence;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;

/// All that [Cutover] needs from outside.
///
/// @param parity a family's comparisons so far; must not wait
/// @param clock for people: when an entry was made. Nothing is decided by it
/// @param nanos the monotonic clock
/// @param executor runs the writes to the store; one thread is enough, and it is this program's
///   only one that waits for the store on behalf of a rollback
public record CutoverPorts(
    MigrationStore store,
    RoutingSwitch routing,
    Traffic traffic,
    Function<String, ParityEvidence> parity,
    CutoverListener listener,
    InstantSource clock,
    LongSupplier nanos,
    Executor executor) {}
