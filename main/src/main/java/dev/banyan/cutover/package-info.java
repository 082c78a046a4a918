/// Gates, transitions, the decommission checklist, the ledger's rules.
///
/// Start at [Cutover#promote]: the [Ladder] says which step is next, [Gates] asks each [Gate] for
/// its reading of the [Situation], and a step that all of them agree to goes through the [Journal]
/// into the [Ledger] and the [MigrationStore] before [RoutingSwitch] puts it in force. Then see
/// [Cutover#tick]: it folds the [Traffic] into a [Window], and where [ErrorGate] or [LatencyGate]
/// sees harm it swaps the table first and has it written after, as [Cutover#rollback] does for
/// people. [ComparisonOrders] are those that move no family.
@NullMarked
package dev.banyan.cutover;

import org.jspecify.annotations.NullMarked;
