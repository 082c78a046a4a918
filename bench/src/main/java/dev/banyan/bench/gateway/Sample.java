package dev.banyan.bench.gateway;

import java.time.Duration;

/// One measurement of one contestant.
///
/// @param cpu that the proxy used meanwhile
record Sample(Load load, Duration cpu) {
  double cpuMicros() {
    return load.requests() == 0 ? Double.NaN : cpu.toNanos() / 1e3 / load.requests();
  }
}
