package dev.banyan.dual;

import java.util.Locale;

/// How far an entry of the outbox has come. One that the owner refused, and one that the other side
/// took, is no longer in the outbox.
///
/// | from | to | when |
/// |---|---|---|
/// | `intended` | `accepted` | the owner answered 2xx or 3xx |
/// | | gone | the owner answered 4xx, or nothing of the request can have reached it |
/// | | `asking` | the owner's word is not known, and both sides are said to be idempotent |
/// | | `indeterminate` | the owner's word is not known otherwise |
/// | – | `indeterminate` | a write that goes to one side was sent and not answered as its owner changed |
/// | `asking` | `accepted`, gone | the owner, asked again by the same key, says so |
/// | | `indeterminate` | it does not, however often it is asked |
/// | `accepted` | gone | the other side took it |
/// | | `parked` | the other side refused it, or failed it too often |
/// | `parked` | `accepted` | somebody has it tried again |
/// | `indeterminate` | `asking` | the same, where both sides are said to be idempotent |
/// | both | gone | somebody discards it, with a reason |
public enum EntryState {
  /// Written, and perhaps forwarded.
  INTENDED,
  /// The owner is to be asked again by the same key.
  ASKING,
  /// To be sent to the other side.
  ACCEPTED,
  /// Nobody knows whether the owner carried it out. For people to settle.
  INDETERMINATE,
  /// The other side does not take it. For people to settle; what came later of its unit waits.
  PARKED;

  /// The word used in the store, in JSON and messages.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Whether later entries of the same unit wait for it. An indeterminate one may never have
  /// happened, so nothing waits: its keys stay dirty, and that is what keeps it from being missed.
  public boolean holdsItsUnit() {
    return this != INDETERMINATE;
  }

  /// Whether the program goes on with it by itself.
  public boolean isOnItsWay() {
    return this == INTENDED || this == ASKING || this == ACCEPTED;
  }
}
