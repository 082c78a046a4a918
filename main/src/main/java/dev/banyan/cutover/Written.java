package dev.banyan.cutover;

/// What became of a decision that was to be written.
public sealed interface Written {

  /// It is in the store.
  record Done(LedgerEntry entry) implements Written {}

  /// Nothing was written: the family stands elsewhere by now.
  record Conflict(Standing now) implements Written {}

  /// Nothing was written: another controller has taken over since.
  record Fenced() implements Written {}

  /// Nothing was written, for it was a promotion, and something has come to stand in its way since
  /// it was judged.
  ///
  /// @param says a sentence: what it is, and what to do
  record Barred(CutoverResult.Code code, String says) implements Written {

    /// All promotion is stopped.
    ///
    /// @param why as whoever stopped it has said
    public static Barred byLine(String why) {
      return new Barred(
          CutoverResult.Code.LINE_STOPPED,
          "all promotion is stopped (" + why + "); an approver releases the line");
    }
  }
}
