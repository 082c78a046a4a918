package dev.banyan.config;

import static dev.banyan.config.FixedLimits.duration;
import static dev.banyan.config.FixedLimits.integer;
import static dev.banyan.config.FixedLimits.number;
import static dev.banyan.config.FixedLimits.size;

/// The same of families whose writes go to both sides.
final class FixedDualLimits {
  private FixedDualLimits() {}

  static void on(LimitsPage page) throws ReflectiveOperationException {
    String deliveries = "dual.Deliveries";
    page.heading("Fixed, of writes to both sides");
    page.row(
        "Entries of the outbox that are sent at one time",
        number(deliveries, "UNDER_WAY")
            + ", of the "
            + number(deliveries, "WINDOW")
            + " sticky units whose oldest entry is oldest",
        "The others wait.",
        "");
    page.row(
        "One try to send an entry",
        duration("app.DualSend", "DEADLINE"),
        "It is tried again, within `families.NAME.dual.tries`.",
        "");
    page.row(
        "Answer to an entry, which is thrown away",
        size(integer(deliveries, "ANSWER")),
        "It counts as no answer.",
        "");
    page.row(
        "How long a write waits for what its new owner has yet to get",
        duration("dual.Outbox", "TURN"),
        "It goes ahead, and the whole family is dirty.",
        "");
  }
}
