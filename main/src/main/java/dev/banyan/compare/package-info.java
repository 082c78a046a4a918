/// Comparing two running systems with recorded requests and no gateway.
///
/// [Replay] takes a file of requests and sends each to both sides at once ([Pair]), through an
/// [Asking]: [HttpAsking] in the program, which writes them as [WireRequest]s. What each side has
/// answered flows into its own later requests: [Player] holds its [Captures] (ids and tokens, found
/// by value), its [Cookies] and its [Placeholders]; [Words] knows what ids and tokens look like.
///
/// [Judge] compares two answers, and asks the legacy again where they differ. [HandedOut] knows
/// which ids, tokens and times of the two sides are partners; [PairNoise] what the legacy never
/// gives twice, if it is asked twice throughout ([Forms] keeps what noise may explain later). After
/// a write [Effects] reads again what it touched. What came of a request is a [Judged].
///
/// [Tally] counts by endpoint ([PathTemplates]), place and kind, takes [Habits] out, adds [Hints],
/// and gives the [ComparisonReport].
@NullMarked
package dev.banyan.compare;

import org.jspecify.annotations.NullMarked;
