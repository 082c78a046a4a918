package dev.banyan.app;

import dev.banyan.cutover.Traffic;
import dev.banyan.migration.Side;
import dev.banyan.migration.SideEvidence;
import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Pairs;
import dev.banyan.statistics.SideTick;
import dev.banyan.statistics.Sightings;
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
    SideTick legacy = side(meter.tick(family, epoch, Side.LEGACY));
    SideTick candidate = side(meter.tick(family, epoch, Side.CANDIDATE));
    return new TrafficTick(legacy, candidate, Sightings.NONE, Pairs.NONE);
  }

  private static SideTick side(TrafficMeter.Tick tick) {
    Answers all = new Answers(tick.requests(), tick.errors(), tick.latencies());
    return new SideTick(all, Answers.NONE, tick.connectFailures());
  }
}
