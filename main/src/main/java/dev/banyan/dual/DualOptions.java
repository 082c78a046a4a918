package dev.banyan.dual;

/// How a family's writes are sent to both sides, as `banyan.yaml` declares it.
///
/// @param touches which keys a write makes dirty
/// @param idempotent whether both sides are said to carry out a write once however often it comes
///   with the same key, so that the owner may be asked again
/// @param body the longest body that is kept, in bytes
/// @param larger what becomes of a write with a longer one
/// @param tries how often the other side may have had an entry before it is parked
/// @param entries the most entries of the family in the outbox
public record DualOptions(
    Touches touches, boolean idempotent, int body, Larger larger, int tries, int entries) {

  /// What becomes of a write whose body is too long to be kept.
  public enum Larger {
    /// The client gets 413.
    REFUSE,
    /// It goes to its owner alone, and the whole family is dirty.
    DIRTY
  }
}
