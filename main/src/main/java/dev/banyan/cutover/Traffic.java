package dev.banyan.cutover;

import dev.banyan.migration.Side;
import dev.banyan.migration.SideEvidence;
import dev.banyan.statistics.TrafficTick;

/// What clients' requests came to, as the gates and the breaker read it. Any thread may ask.
public interface Traffic {
  /// What one side has done since the epoch began.
  SideEvidence total(String family, long epoch, Side side);

  /// All that happened since this was last called for the family; called by [Cutover#tick] only.
  TrafficTick tick(String family, long epoch);
}
