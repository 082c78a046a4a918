/// Moves rows from one database to another while both live: backfill, and the changes after it.
///
/// [Transfer#run] is one life after the other of a `Session`, each of which takes up what the
/// target remembers. In a session, a `Follower` reads the log ahead, the session's own thread hands
/// what it read to the `Dispatcher` and has it written, and a few `Copier`s copy chunks. The
/// dispatcher holds the [dev.banyan.transfer.plan.Plan], which decides everything, and takes one
/// step at a time; `Writing` turns changes of source tables into changes of target tables.
///
/// Databases are reached through [dev.banyan.transfer.engine], mappings through
/// [dev.banyan.transfer.engine.Mapping]. How slow it should be is up to a [Pace].
@NullMarked
package dev.banyan.transfer;

import org.jspecify.annotations.NullMarked;
