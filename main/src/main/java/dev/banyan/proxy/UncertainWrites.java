package dev.banyan.proxy;

import dev.banyan.migration.Side;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The indeterminate writes around a change of the data's owner: sent to the one side and never
/// answered, while writes were held or had gone to the other side already. Somebody must find out
/// whether each was done, and settle it.
///
/// Bounded: beyond [#MOST] a write is counted and not kept. In memory only. Any thread; guarded by
/// itself, held for no longer than an insertion.
public final class UncertainWrites {
  /// Writes that are kept.
  public static final int MOST = 1_000;

  /// What is known of a write.
  ///
  /// @param epoch of the family when it was sent
  /// @param side it was sent to
  /// @param path of its target, without the query
  /// @param unit the hash of its sticky unit, 0 where it has none
  /// @param requestId what it is called in the access log
  /// @param idempotencyKey as the client gave it, or null
  /// @param why no answer came
  public record Sent(
      String family,
      long epoch,
      Side side,
      String method,
      String path,
      long unit,
      String requestId,
      @Nullable String idempotencyKey,
      String why) {}

  /// One that is not settled.
  ///
  /// @param number by which it is settled
  /// @param at when it was known that no answer comes
  public record Unsettled(long number, Instant at, Sent sent) {}

  private final InstantSource clock;
  private final Map<Long, Unsettled> kept = new LinkedHashMap<>();
  private final Map<String, Long> notKept = new LinkedHashMap<>();
  private long last;

  public UncertainWrites(InstantSource clock) {
    this.clock = clock;
  }

  public synchronized void add(Sent write) {
    if (kept.size() < MOST) {
      kept.put(++last, new Unsettled(last, clock.instant(), write));
    } else {
      notKept.merge(write.family(), 1L, Long::sum);
    }
  }

  /// Those that are not settled, the oldest first.
  public synchronized List<Unsettled> list() {
    return new ArrayList<>(kept.values());
  }

  /// How many of a family are not settled, those that were not kept included.
  public synchronized long unsettled(String family) {
    long here = kept.values().stream().filter(each -> each.sent().family().equals(family)).count();
    return here + notKept.getOrDefault(family, 0L);
  }

  /// How many of a family were counted only.
  public synchronized long notKept(String family) {
    return notKept.getOrDefault(family, 0L);
  }

  /// Settles one.
  ///
  /// @return false when there is none of that number
  public synchronized boolean settle(long number) {
    return kept.remove(number) != null;
  }

  /// Settles those of a family that were counted only.
  public synchronized void settleNotKept(String family) {
    notKept.remove(family);
  }
}
