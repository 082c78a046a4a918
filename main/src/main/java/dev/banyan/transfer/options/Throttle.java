package dev.banyan.transfer.options;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a transfer may cost those who use the databases.
///
/// @param rowsPerSecond the most that the backfill copies, or null for no bound
/// @param sourceLatency how long the source may take to answer a small question before the backfill
///   rests, or null
/// @param replicaLag how far the source's own replicas may be behind before the backfill rests, or
///   null
/// @param replica the database that is asked how far it is behind, or null to ask the source how
///   far its replicas are
/// @param walBudget the most bytes of its log that the source may have to keep for the transfer
/// @param hours when the backfill works, or null for always
public record Throttle(
    @Nullable Long rowsPerSecond,
    @Nullable Duration sourceLatency,
    @Nullable Duration replicaLag,
    @Nullable String replica,
    long walBudget,
    @Nullable Hours hours) {

  /// A part of every day.
  ///
  /// @param to before `from` where it is on the next day
  public record Hours(LocalTime from, LocalTime to, ZoneId zone) {
    public Hours {
      Objects.requireNonNull(zone);
      if (from.equals(to)) {
        throw new IllegalArgumentException("hours begin and end at two times of day");
      }
    }

    /// Whether a moment is within; the end is not.
    public boolean contains(Instant moment) {
      LocalTime time = moment.atZone(zone).toLocalTime();
      boolean begun = !time.isBefore(from);
      boolean over = !time.isBefore(to);
      return from.isBefore(to) ? begun && !over : begun || !over;
    }
  }
}
