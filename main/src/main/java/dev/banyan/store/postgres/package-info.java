/// State of many processes, in one PostgreSQL.
///
/// [PostgresStore] brings the tables up to date and hands out one view for each feature that keeps
/// something. What any thread may ask goes through the [Pool]; each of a replica's own threads has
/// a [Link] of its own: [PostgresRoster] for the one that beats, [PostgresWire] for the one that
/// polls, [PostgresMailbox] for the one that hands over evidence. [Failures] says in words what
/// went wrong.
///
/// Decisions have one order because every writer holds the lock on one row, `ledger_head`, which
/// the [PostgresOrdering] takes first; the controller's term is looked at under the same lock.
@NullMarked
package dev.banyan.store.postgres;

import org.jspecify.annotations.NullMarked;
