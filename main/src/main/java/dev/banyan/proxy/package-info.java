/// The life of a request, as rules and values. Only `proxy.transport` sees Netty or a socket.
///
/// A service is at one or more addresses ([ServiceAddresses]); what is known of each ([Address]) is
/// shared by all event loops, and so is how much may be sent once more ([RetryBudget]).
///
/// A request gets a name ([RequestIds]) and its sticky unit ([StickyUnit]), by which the routing
/// table decides. What belongs to a connection alone is not passed on ([HopByHop]). How each leg
/// ended is told to [Outcomes]; a leg that failed is a [ProxyFailure], and [Problem] is what the
/// client is told of it, unless the legacy stands in, as far as [SafetyNet] allows. What is to be
/// compared goes to a [Capture] of the [Tee], and which version of a service answers to [Versions].
///
/// Where each side of a family has data of its own, [AfterWrites] knows whose reads must go to the
/// owner, asking a [Freshness] how far the other side is and keeping it as [FamilyWrites];
/// [AfterToken]s tell other replicas. [UncertainWrites] are those that nobody knows the fate of.
///
/// Banyan adds to requests: `X-Request-Id` and `traceparent` where they are missing or unfit, and
/// `X-Banyan-Shadow: 1` on shadow legs alone (a client's own is removed). It adds `X-Request-Id` to
/// answers. In place of what the client says, it tells the backend of the request's way here
/// (`X-Forwarded-*`), and adds itself to `Via` both ways. What a request brings after its body is
/// sifted by [Trailers].
@NullMarked
package dev.banyan.proxy;

import org.jspecify.annotations.NullMarked;
