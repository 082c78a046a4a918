package dev.banyan.app;

import dev.banyan.cutover.Traffic;
import dev.banyan.migration.Side;
import dev.banyan.migration.SideEvidence;
import dev.banyan.statistics.TrafficTick;
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
  public TrafficTick tick(String family, long epoch) {
    return meter.tick(family, epoch);
  }
}
