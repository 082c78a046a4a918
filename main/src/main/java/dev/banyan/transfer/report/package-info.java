/// What people and programs are shown of a transfer, and what they can ask of it.
///
/// [TransferOperations] is the list of what can be asked; each answer is one of the reports beside
/// it: [PlanReport] before anything moves, [StatusReport] while it does, [ReconcileReport] with the
/// [Certificate] that says whether both sides agree, [CutoverReport] when the rows have changed
/// their owner. The commands, the control API, the console and the metrics all read the same
/// values, whose components are the keys of the JSON that programs get.
///
/// Everything here is an immutable value or a port; nothing touches a database.
@NullMarked
package dev.banyan.transfer.report;

import org.jspecify.annotations.NullMarked;
