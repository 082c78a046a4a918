/// The second leg: what is sampled, what it may cost, and what becomes of it.
///
/// The tee asks [Shadow#begin] for each request that could be compared. A [Sample] is asked for
/// room for each piece of a body as it passes; when the client has its answer, the sample sends the
/// request to the other side through [SecondLeg], and hands both answers over as an `Exchange`. A
/// [Fuse] for each service keeps most samples from one that fails them all, and [Shedding] from
/// event loops that are late. Wherever that path ends early there is a [Drop], and [ShadowCounts]
/// add up. The [Judge] may ask more of either side before it has settled an exchange: a [FollowUp],
/// within the same bounds.
///
/// Second legs carry `X-Banyan-Shadow: 1`, so that a backend can tell them from clients' requests.
@NullMarked
package dev.banyan.shadow;

import org.jspecify.annotations.NullMarked;
