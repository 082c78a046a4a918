package dev.banyan.telemetry;

import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Side;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Counts requests and legs for people, over every epoch since the start; gates read
/// [TrafficMeter].
///
/// What counts is for event loops: it takes no lock and allocates nothing, but for the first
/// request of a family, a route or a kind of answer. [#read] is for slow threads.
public final class RequestMeter {
  /// Stands for the family of what no family claims.
  public static final String UNCLAIMED = "(none)";

  /// How a request ends that was given a route.
  public enum End {
    /// The client has all of an answer.
    WHOLE,
    /// The client has a part of an answer, and its connection was closed.
    BROKEN_OFF,
    /// The client left first.
    CLIENT_GONE
  }

  private final Map<String, FamilyRequests> families = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> refused = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> limits = new ConcurrentHashMap<>();

  private final LongAdder sentTwice = new LongAdder();

  /// Counts one request that has ended.
  ///
  /// @param family null for what no family claims
  /// @param side the one that answered, or that failed last
  /// @param status what the client got, 0 where it got none
  /// @param fallback whether the legacy stood in for the candidate
  /// @param nanos from the request's head to its end
  public void ended(
      @Nullable String family,
      Endpoint endpoint,
      Side side,
      int status,
      End end,
      boolean fallback,
      long nanos) {
    family(family).ended(endpoint, side, status, end, fallback, nanos);
  }

  /// Counts a leg whose side answered.
  public void answered(@Nullable String family, Side side, int status, long nanos) {
    family(family).answered(side, status, nanos);
  }

  /// Counts a leg whose side did not answer.
  ///
  /// @param why one of a fixed set of words
  public void failed(@Nullable String family, Side side, String why) {
    family(family).failed(side, why);
  }

  /// Counts a request that was refused before it had a route.
  ///
  /// @param kind one of a fixed set of words
  public void refused(String kind) {
    LongAdder count = refused.get(kind);
    if (count == null) {
      count = refused.computeIfAbsent(kind, _ -> new LongAdder());
    }
    count.increment();
  }

  /// Counts that a limit was reached.
  ///
  /// @param limit one of a fixed set of words
  public void limited(String limit) {
    LongAdder count = limits.get(limit);
    if (count == null) {
      count = limits.computeIfAbsent(limit, _ -> new LongAdder());
    }
    count.increment();
  }

  /// Counts a request that must not be sent twice and was.
  public void sentTwice() {
    sentTwice.increment();
  }

  private FamilyRequests family(@Nullable String name) {
    String family = name == null ? UNCLAIMED : name;
    FamilyRequests counts = families.get(family);
    return counts != null ? counts : families.computeIfAbsent(family, _ -> new FamilyRequests());
  }

  /// Forgets every family and route that is not named, so that what is kept is bounded by the
  /// configuration.
  ///
  /// @param templates the path templates of each family
  public void retain(Map<String, Set<String>> templates) {
    families
        .keySet()
        .removeIf(family -> !family.equals(UNCLAIMED) && !templates.containsKey(family));
    templates.forEach((family, kept) -> {
      FamilyRequests counts = families.get(family);
      if (counts != null) {
        counts.retain(kept);
      }
    });
  }

  void read(Sheet sheet) {
    families.forEach((family, counts) -> counts.read(family, sheet));
    refused.forEach((kind, count) -> sheet.add(Metric.REQUESTS_REFUSED, count.sum(), kind));
    sheet.add(Metric.SENT_TWICE, sentTwice.sum());
    limits.forEach((limit, count) -> sheet.add(Metric.LIMITS, count.sum(), limit));
  }
}
