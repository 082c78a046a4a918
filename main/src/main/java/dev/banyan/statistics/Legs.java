package dev.banyan.statistics;

/// Requests on their way between two looks: what is under way, and so in no [Answers] yet.
///
/// @param sent requests that a side was sent, each try by itself
/// @param heard heads of its answers that came, whatever they said and however long they go on
public record Legs(long sent, long heard) {
  public static final Legs NONE = new Legs(0, 0);

  public Legs plus(Legs other) {
    return new Legs(sent + other.sent, heard + other.heard);
  }

  public Legs minus(Legs other) {
    return new Legs(sent - other.sent, heard - other.heard);
  }
}
