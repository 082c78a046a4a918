package dev.banyan.routing;

/// What a family's candidate is not given, whatever the phase says. It steers, and it is no move:
/// phase and epoch stay.
public enum Denial {
  /// The phase alone decides.
  NONE,
  /// No reads. Writes go where the phase says: those of a family whose sides each have data of
  /// their own may not change sides without a move.
  READS,
  /// Neither reads nor writes.
  ALL
}
