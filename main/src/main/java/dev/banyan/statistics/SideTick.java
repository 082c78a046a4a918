package dev.banyan.statistics;

/// What one side did for clients between two looks.
///
/// @param connectFailures the longest run of connections that failed without an answer between them
/// @param legs what was sent and heard, ended or not
public record SideTick(Answers reads, Answers writes, long connectFailures, Legs legs) {
  public static final SideTick NONE = new SideTick(Answers.NONE, Answers.NONE, 0);

  /// One of whose legs nothing is told but their ends.
  public SideTick(Answers reads, Answers writes, long connectFailures) {
    this(reads, writes, connectFailures, Legs.NONE);
  }

  public long requests() {
    return reads.requests() + writes.requests();
  }

  public long errors() {
    return reads.errors() + writes.errors();
  }
}
