package dev.banyan.statistics;

/// What one side did with requests of one kind between two looks.
///
/// @param requests answers and failures together
/// @param errors those of them that failed: 5xx, resets, timeouts, connections that failed
/// @param latencies of the answers that are not errors
public record Answers(long requests, long errors, Latencies latencies) {
  public static final Answers NONE = new Answers(0, 0, Latencies.NONE);

  public Answers plus(Answers other) {
    return new Answers(
        requests + other.requests, errors + other.errors, latencies.plus(other.latencies));
  }
}
