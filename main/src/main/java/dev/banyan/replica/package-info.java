/// Many gateways on one store: who is alive, who decides, and how soon each knows what was decided.
///
/// [ReplicaLife] is one replica's part in it, driven by three threads of `app`. The one that beats
/// keeps the [Lease] and the controller's office through a [Roster]. The one that polls a [Wire]
/// puts in force what others decided, says so, and so keeps the [Pulse]. The third hands evidence
/// to the controller through a [Mailbox]. [Acknowledged] is how somebody waits until a rollback is
/// in force everywhere, and [Fleet] is what status shows.
///
/// While rows change their owner, [WriteHolds] say whose writes all hold; [Petitions] are what any
/// replica has the controller asked.
///
/// All time is the monotonic clock of the process that looks: another's life is judged by whether
/// its row changes, never by what a wall clock says.
@NullMarked
package dev.banyan.replica;

import org.jspecify.annotations.NullMarked;
