/// Which side answers a request: path templates, the compiled table, sticky assignment. Pure.
///
/// [RouteSpec]s of all families are compiled into one immutable [RoutingTable]. It finds a
/// request's [Route] by method and raw path; the route, given the unit's [hash][Route#hash], holds
/// the [Decision]. A path that servers may read as another endpoint ([PathReadings]) has no route.
/// [LiveTable] is the one volatile field behind which the table is swapped: a cutover or a rollback
/// is that swap, and a family with a [Denial] is one taken back before any move. A family that is
/// held has its writes decided by a later table; one with [OwnData] has reads that go to its owner.
/// [SwapRehearsal] measures what the swap costs.
@NullMarked
package dev.banyan.routing;

import org.jspecify.annotations.NullMarked;
