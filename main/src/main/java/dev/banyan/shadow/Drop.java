package dev.banyan.shadow;

import java.util.Locale;

/// Why a sampled request was not compared.
public enum Drop {
  /// The budget for what is held was spent.
  MEMORY,
  /// A body of the request or of either answer was longer than what is kept.
  BODY_TOO_LONG,
  /// As many second legs as allowed were under way.
  CONCURRENCY,
  /// The service that second legs go to fails so many of them that only a few are still sent.
  SECOND_SIDE_FAILING,
  /// The second side failed most of what it was asked, and has not failed the newest: what is left
  /// out until that has lasted proves nothing.
  SECOND_SIDE_ON_TRIAL,
  /// The service that copies of the family's writes go to fails so many that only a few are sent.
  COPIES_FAILING,
  /// The primary side failed, so there is nothing to compare with.
  PRIMARY_FAILED,
  /// The client left before its answer was whole.
  CLIENT_GONE,
  /// The answer is a stream of events, which may never end.
  STREAM,
  /// Comparing is slower than the traffic.
  COMPARISON_BACKLOG,
  /// The event loops are so late that nothing is sampled any more.
  EVENT_LOOP_LAG,
  /// As many copies of the family's writes as allowed were waiting for their turn.
  WRITES_WAITING,
  /// The candidate has not said that it only checks what is marked as a dry run.
  DRY_RUN_NOT_HONOURED,
  /// The sandbox is, or may be, where clients are answered.
  SANDBOX_IS_LIVE,
  /// An id in the write has no known partner in the sandbox, and another one's partner looks alike.
  ID_UNKNOWN,
  /// The side that does not own the rows did not have in time what the owner had.
  ROWS_BEHIND,
  /// What was to be sent could not be made, which the log tells of.
  NOT_MADE,
  /// Banyan is being stopped.
  SHUTTING_DOWN;

  /// The word used in JSON and messages.
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
