/// Counting and telling what happens.
///
/// [TrafficMeter] is told the end of every leg by the event loops, and hands over to the gates, ten
/// times a second, what each side of a family did in its present epoch and which sticky units were
/// seen there ([SightingLog]). [RequestMeter] counts the same and more for people, since the start;
/// [Scrape] writes that and what it is given into a [Sheet], one number for each [Metric], for
/// Prometheus. An [AccessLine] is what the access log tells of one request; it waits in an
/// [AccessQueue] to be written.
@NullMarked
package dev.banyan.telemetry;

import org.jspecify.annotations.NullMarked;
