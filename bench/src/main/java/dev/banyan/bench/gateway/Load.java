package dev.banyan.bench.gateway;

import java.time.Duration;

/// What a load came to.
///
/// @param requests that were answered, errors included
/// @param errors answers other than 2xx, and connections that failed
/// @param p50 and the others: from the request's sending (at a fixed rate: from when it was to be
///   sent) to the answer's last byte
record Load(long requests, long errors, Duration took, Duration p50, Duration p99, Duration p999) {

  double perSecond() {
    return requests * 1e9 / took.toNanos();
  }
}
