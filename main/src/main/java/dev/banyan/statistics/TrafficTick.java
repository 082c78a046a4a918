package dev.banyan.statistics;

/// All that happened to a family between two looks.
///
/// @param legacy everything that clients asked of it, like `candidate`
/// @param units of the requests that a weight decides: the units they came from
/// @param pairs of the reads that both sides answered
public record TrafficTick(SideTick legacy, SideTick candidate, Sightings units, Pairs pairs) {
  public static final TrafficTick NONE =
      new TrafficTick(SideTick.NONE, SideTick.NONE, Sightings.NONE, Pairs.NONE);
}
