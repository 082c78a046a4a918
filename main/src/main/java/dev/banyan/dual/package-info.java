/// Dual send: each write of a family whose stores can not be streamed goes to its owner, and from a
/// durable outbox to the other side.
///
/// A write is an [Entry] before anything of it is forwarded: [Outbox] has it written, many in one
/// commit, and tells. What the owner answered decides its [EntryState]; [Deliveries] sends what the
/// owner took to the other side, in order for each sticky unit, and parks what that side does not
/// take. [Touches] says which keys a write touches; these are dirty from then on, until a
/// comparison of rows clears them through [DirtyKeys]. Everything that outlives the process is
/// behind [OutboxStore].
@NullMarked
package dev.banyan.dual;

import org.jspecify.annotations.NullMarked;
