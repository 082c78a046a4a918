/// Pure mathematics for gates, parity and load: sequential tests, false discovery control and
/// latency distributions. No clock, no I/O.
@NullMarked
package dev.banyan.statistics;

import org.jspecify.annotations.NullMarked;
