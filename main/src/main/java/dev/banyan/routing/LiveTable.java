package dev.banyan.routing;

/// The routing table in force, for as long as what it rests on may be believed. One volatile write
/// is a cutover or a rollback.
///
/// Every decision that begins after [#publish] has returned is made by the new table. A gateway
/// that learns of rollbacks from others holds a lease: once it has run out, each decision is made
/// by a table that was made ready for it. Whoever decides compares the time itself, so that a
/// process that was stopped and goes on decides nothing by what it knew before, even if no other
/// thread of it has run yet.
///
/// Any thread may ask, without waiting and without allocating.
public final class LiveTable {
  /// The lease of a gateway that nobody else decides for.
  public static final long FOR_EVER = Long.MAX_VALUE;

  private record Snapshot(RoutingTable inForce, RoutingTable stale) {}

  private volatile Snapshot snapshot;
  private volatile long validUntil = FOR_EVER;

  /// A table that is in force for ever.
  public LiveTable(RoutingTable first) {
    this.snapshot = new Snapshot(first, first);
  }

  /// The table that decides at this moment.
  ///
  /// @param nanos the monotonic clock, read just now
  public RoutingTable current(long nanos) {
    // The lease is read first: who sees it extended also sees what was published before that.
    long until = validUntil;
    Snapshot now = snapshot;
    return isValid(until, nanos) ? now.inForce() : now.stale();
  }

  /// The table published last, whether or not it may still decide: for those who ask what is
  /// configured.
  public RoutingTable inForce() {
    return snapshot.inForce();
  }

  /// Whether [#inForce] decides at this moment.
  public boolean isValid(long nanos) {
    return isValid(validUntil, nanos);
  }

  private static boolean isValid(long until, long nanos) {
    return until == FOR_EVER || nanos - until < 0; // the clock may wrap around
  }

  /// Puts a table in force, the same one with and without a lease.
  public void publish(RoutingTable next) {
    publish(next, next);
  }

  /// Puts tables in force.
  ///
  /// @param inForce decides while the lease lasts
  /// @param stale decides once it has run out
  public void publish(RoutingTable inForce, RoutingTable stale) {
    snapshot = new Snapshot(inForce, stale);
  }

  /// Sets when the lease ends. Publish what was learned with it first.
  ///
  /// @param until of the monotonic clock, or [#FOR_EVER]
  public void extend(long until) {
    validUntil = until;
  }
}
