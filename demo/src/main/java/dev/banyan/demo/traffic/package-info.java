/// The shop's clients: steady traffic over every endpoint, and a count of everything that fails.
///
/// [Traffic] runs the clients; each follows a [Script], which says what to ask next and what to
/// expect, over a [Connection] of its own, and everything is entered in a [Count]. A [Buyer] writes
/// orders all the time, and what it was told goes to the [Receipts].
///
/// Comparing two answers is sound only if nothing changes between them. So the script reads seeded
/// rows, which nobody ever changes, and rows that are never changed after they were made; lists are
/// read on the pages of seeded rows only; what is changed and deleted is never read.
@NullMarked
package dev.banyan.demo.traffic;

import org.jspecify.annotations.NullMarked;
