package dev.banyan.cutover;

import dev.banyan.migration.Side;
import dev.banyan.migration.SideEvidence;
import dev.banyan.statistics.TrafficTick;

/// What clients' requests came to. Any thread may ask.
public interface Traffic {
  /// What one side has done since the epoch began, for people.
  SideEvidence total(String family, long epoch, Side side);

  /// What both sides have done since this was last called; called by [Cutover#tick] only.
  TrafficTick tick(String family, long epoch);
}
