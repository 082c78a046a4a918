package dev.banyan.statistics;

/// Both sides' answers to the same requests, between two looks: one leg was the client's, the other
/// the shadow's. Where one side has all the traffic this is what the other would have done.
public record Pairs(Answers legacy, Answers candidate) {
  public static final Pairs NONE = new Pairs(Answers.NONE, Answers.NONE);
}
