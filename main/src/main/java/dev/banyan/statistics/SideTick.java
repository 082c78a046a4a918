package dev.banyan.statistics;

/// What one side did for clients between two looks.
///
/// @param connectFailures the longest run of connections that failed without an answer between them
public record SideTick(Answers reads, Answers writes, long connectFailures) {
  public static final SideTick NONE = new SideTick(Answers.NONE, Answers.NONE, 0);

  public long requests() {
    return reads.requests() + writes.requests();
  }

  public long errors() {
    return reads.errors() + writes.errors();
  }
}
