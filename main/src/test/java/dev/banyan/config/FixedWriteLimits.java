package dev.banyan.config;

/// The bounds of writes whose owner changes, and of who reads them, that no key sets.
final class FixedWriteLimits {
  private FixedWriteLimits() {}

  static void rows(LimitsPage page) throws ReflectiveOperationException {
    page.row(
        "Held writes that go on together once they may",
        FixedLimits.number("proxy.transport.Hold", "PACE")
            + " on each event loop, every "
            + FixedLimits.nanos("proxy.transport.Hold", "LOOK"),
        "The others follow.",
        "");
    page.row(
        "How long a handover waits until every replica holds its writes",
        FixedLimits.duration("app.HeldEverywhere", "SILENT"),
        "Whose lease is over by then sends none; if one lives whose writes have not ended, the"
            + " handover is undone.",
        "");
    page.row(
        "How long an order to change the owner of rows waits for a controller, and then for its"
            + " answer",
        FixedLimits.duration("app.OwnerOrders", "TAKEN")
            + ", "
            + FixedLimits.duration("app.OwnerOrders", "ANSWERED"),
        "Before it is taken up it is withdrawn and refused, and nothing has changed; after that it"
            + " may come to be still.",
        "");
    page.row(
        "How often the program tries by itself, in one epoch, to give rows back to the legacy",
        FixedLimits.number("cutover.HandBacks", "MOST")
            + ", the second after "
            + FixedLimits.duration("cutover.HandBacks", "PAUSE"),
        "An alarm says so each time; then it is left to a person.",
        "");
    page.row(
        "Sticky units of a family that are remembered to have written",
        FixedLimits.number("proxy.FamilyWrites", "UNITS"),
        "The oldest goes, and units that are not known read from the owner for `after_write`.",
        "");
    page.row(
        "Positions of a change stream that were taken and are not passed",
        FixedLimits.number("proxy.FamilyWrites", "POSITIONS"),
        "Every other one goes: a unit may read from the owner for a little longer.",
        "");
    page.row(
        "Differences that wait for rows on their way to the other side, and how long",
        FixedLimits.number("app.RowsBehind", "MOST")
            + ", "
            + FixedLimits.duration("app.RowsBehind", "PATIENCE"),
        "The exchange is skipped: `rows-behind`.",
        "shadow: `rows-behind`");
    page.row(
        "How long a browser keeps the cookie of a write",
        FixedLimits.duration("proxy.AfterWrites", "KEPT"),
        "Its reads go where the phase says.",
        "");
    page.row(
        "How far apart the clocks of two replicas may be",
        FixedLimits.duration("proxy.AfterWrites", "CLOCKS"),
        "A read may miss a write that another replica has passed on.",
        "");
  }
}
