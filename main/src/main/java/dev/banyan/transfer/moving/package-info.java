/// The transfers of one configuration, at work.
///
/// [ConfiguredTransfers] answers commands, the control plane and the gates. A [Moving] is one
/// transfer with both its databases open: it runs a [dev.banyan.transfer.Transfer] in the direction
/// that the owner of the rows says, keeps what must survive in a [Memory] at the target, and makes
/// reports. [Comparing] reconciles it while it runs; [ChangeOfOwner] is what a
/// [dev.banyan.transfer.handover.Handover] acts on, with [Touched] knowing which rows to look at.
@NullMarked
package dev.banyan.transfer.moving;

import org.jspecify.annotations.NullMarked;
