/// The writes of a set of tables change sides, or nothing changes at all.
///
/// [Handover] is the order of the steps and what undoes each; [OwnerDatabase], [Link] and [Writes]
/// are what it acts on: the old owner's database, the rows on their way, and the gateway's own
/// requests. Nothing here knows an engine or a phase.
@NullMarked
package dev.banyan.transfer.handover;

import org.jspecify.annotations.NullMarked;
