/// The candidate: the shop written anew from a schema, with the contract faults that real rewrites
/// make.
///
/// [CandidateShop] finds the [Operation] that a call names and hands it to one of [UserOperations],
/// [ProductOperations] or [OrderOperations]; [Repository] reads and writes rows as records, the
/// orders in a database of the candidate's own, the others in the legacy's; [Schema] says how each
/// record looks as JSON. [Fault] is the catalogue of what is planted and [Faults] which of it is
/// on; [Trouble] is failure and slowness on demand, and [ControlPort] changes both while the
/// service runs.
@NullMarked
package dev.banyan.demo.candidate;

import org.jspecify.annotations.NullMarked;
