package dev.banyan.cutover;

/// Whether a family's candidate says of itself that it is well, by the health path that its service
/// declares. Any thread may ask.
public interface CandidateHealth {
  /// What came of asking last. Never waits.
  Answer last(String family);

  /// Asks now, and waits for a bounded time. [Cutover] holds no lock while it does.
  Answer ask(String family);

  /// What came of asking.
  sealed interface Answer {}

  /// The service names no path to ask.
  record Undeclared() implements Answer {}

  /// Nobody has asked yet.
  record Unasked(String url) implements Answer {}

  /// It answered, whatever it said.
  record Answered(String url, int status) implements Answer {}

  /// It did not answer.
  ///
  /// @param why the rest of a sentence that begins with the address
  record Silent(String url, String why) implements Answer {}
}
