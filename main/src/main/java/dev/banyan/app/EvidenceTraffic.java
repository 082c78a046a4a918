package dev.banyan.app;

import dev.banyan.cutover.Traffic;
import dev.banyan.migration.Side;
import dev.banyan.migration.SideEvidence;
import dev.banyan.telemetry.TrafficMeter;

/// What the meter has counted, as the gates read it.
final class EvidenceTraffic implements Traffic {
  private final TrafficMeter meter;

  EvidenceTraffic(TrafficMeter meter) {
    this.meter = meter;
  }

  @Override
  public SideEvidence total(String family, long epoch, Side side) {
    return meter.total(family, epoch, side);
  }

  @Override
  public Tick tick(String family, long epoch, Side side) {
    TrafficMeter.Tick tick = meter.tick(family, epoch, side);
    return new Tick(
        tick.requests(),
        tick.errors(),
        tick.writes(),
        tick.writeErrors(),
        tick.connectFailures(),
        tick.latencies());
  }
}
