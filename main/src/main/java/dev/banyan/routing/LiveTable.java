package dev.banyan.routing;

/// The routing table in force. One volatile read decides a request; one volatile write is a cutover
/// or a rollback.
///
/// Every decision that begins after [#publish] has returned is made by the new table.
public final class LiveTable {
  private volatile RoutingTable current;

  public LiveTable(RoutingTable first) {
    this.current = first;
  }

  public RoutingTable current() {
    return current;
  }

  public void publish(RoutingTable next) {
    current = next;
  }
}
