/// Rows, their types and what happens to them, as every engine of the transfer speaks of them.
///
/// Start at [Table] and [Row]; [Change] and [Transaction] are what a log says, [SnapshotToken] is
/// what a snapshot has seen of it. Everything here is an immutable value and nothing here touches a
/// database.
@NullMarked
package dev.banyan.transfer.table;

import org.jspecify.annotations.NullMarked;
