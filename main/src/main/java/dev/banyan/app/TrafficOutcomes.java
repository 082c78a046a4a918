package dev.banyan.app;

import dev.banyan.migration.Side;
import dev.banyan.proxy.Outcomes;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.routing.Decision;
import dev.banyan.telemetry.TrafficMeter;

/// Counts how the gateway's legs end, and has failures told. Called on event loops.
final class TrafficOutcomes implements Outcomes {
  private static final int SERVER_ERROR = 500;
  private final TrafficMeter meter;
  private final FailureLog failures;

  TrafficOutcomes(TrafficMeter meter, FailureLog failures) {
    this.meter = meter;
    this.failures = failures;
  }

  @Override
  public void answered(Decision decision, Side side, int status, long nanos, boolean fallback) {
    record(decision, side, status >= SERVER_ERROR, false, nanos);
  }

  @Override
  public void failed(
      Decision decision, Side side, ProxyFailure failure, long nanos, boolean fallback) {
    failures.failed(decision, failure);
    record(decision, side, true, failure.kind() == ProxyFailure.Kind.CONNECT, nanos);
  }

  @Override
  public void abandoned(Decision decision, Side side, long nanos, boolean fallback) {
    // A client that left says nothing sure about the side, but its waiting was real: it counts as
    // an answer that took
    // as long, so that a side too slow for its clients can not look fast.
    record(decision, side, false, false, nanos);
  }

  private void record(
      Decision decision, Side side, boolean failed, boolean connectFailed, long nanos) {
    String family = decision.route().family();
    if (family != null) {
      boolean write = !decision.route().safe();
      meter.record(family, decision.route().epoch(), side, write, failed, connectFailed, nanos);
    }
  }
}
