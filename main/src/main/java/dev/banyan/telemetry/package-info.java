/// Counting what happens.
///
/// [TrafficMeter] is told the end of every client request by the event loops, and is asked by the
/// gates what each side of a family did in its present epoch.
@NullMarked
package dev.banyan.telemetry;

import org.jspecify.annotations.NullMarked;
