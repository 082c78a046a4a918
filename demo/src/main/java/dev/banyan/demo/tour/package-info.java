/// The tour itself: Banyan driven from outside, as any user would.
///
/// [Tour] tells the story in acts. [Stage] holds what it plays on: the database, both services and
/// Banyan, each a [Child] process, with a [Guard] that ends them should the tour be killed.
/// [Banyan] is the client of the control API. First the [Ferry] watches the orders' rows come over,
/// and spoils one; then [FaultHunt] compares what the parity reports say with what is planted;
/// after that one [Climb] per family goes up the phases, through the [Strike]s that must throw it
/// back, and has the [Ferry] change the orders' owner. [OrderRows] sees both databases as somebody
/// does who goes round all of it. [Screen] shows it; [Report] keeps it.
@NullMarked
package dev.banyan.demo.tour;

import org.jspecify.annotations.NullMarked;
