package dev.banyan.cutover;

import dev.banyan.cutover.CutoverResult.Code;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.migration.FamilyState;
import org.jspecify.annotations.Nullable;

/// How orders are refused that no gate has to be asked about.
final class Refusals {
  private Refusals() {}

  /// What is wrong with an order in itself, or null.
  static @Nullable Refused badOrder(Order order, FamilyState state) {
    if (order.reason().isBlank()) {
      return reasonMissing();
    }
    Version expected = order.expected();
    Version now = Version.of(state);
    return expected == null || expected.equals(now)
        ? null
        : new Refused(
            Code.STATE_CHANGED,
            order.family() + " is at " + now + " now, not at " + expected + "; look again");
  }

  static Refused reasonMissing() {
    return new Refused(Code.REASON_MISSING, "say why: the reason goes into the ledger");
  }

  static Refused illegal(Order order, String why) {
    return new Refused(Code.TRANSITION_ILLEGAL, order.family() + ": " + why);
  }

  static Refused unknown(Order order) {
    return new Refused(
        Code.FAMILY_UNKNOWN, "there is no family '" + order.family() + "' in the configuration");
  }

  static Refused changed(Order order) {
    return new Refused(
        Code.STATE_CHANGED, order.family() + " has changed, or is changing, meanwhile; look again");
  }

  static Refused notRecorded(String why) {
    return new Refused(
        Code.STORE_UNAVAILABLE, "nothing has changed, for it could not be recorded: " + why);
  }

  static Refused rollbackUnrecorded(Order order) {
    return new Refused(
        Code.STORE_UNAVAILABLE,
        "a rollback of "
            + order.family()
            + " is in force that the store does not have yet; nothing is promoted before it has");
  }

  static Refused fenced(Order order) {
    return new Refused(
        Code.STATE_CHANGED,
        "another controller has taken over, and decides about " + order.family() + " now");
  }

  static Refused overtaken(Standing never) {
    return new Refused(
        Code.STATE_CHANGED,
        "a rollback came while "
            + Ladder.words(never.state().phase())
            + " (epoch "
            + never.state().epoch()
            + ") was being recorded; it did not come into force");
  }
}
