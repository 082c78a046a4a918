package dev.banyan.cutover;

import java.util.List;

/// What became of a decision that was to be written.
public sealed interface Written {

  /// It is in the store.
  ///
  /// @param entries one for each writing, in their order
  record Done(List<LedgerEntry> entries) implements Written {
    public Done {
      entries = List.copyOf(entries);
    }

    public Done(LedgerEntry entry) {
      this(List.of(entry));
    }

    /// The last one.
    public LedgerEntry entry() {
      return entries.getLast();
    }
  }

  /// Nothing was written: a family stands elsewhere by now.
  record Conflict(Standing now) implements Written {}

  /// Nothing was written: another controller has taken over since.
  record Fenced() implements Written {}

  /// Nothing was written, for something has come to stand in its way since it was decided: of a
  /// promotion a line that was stopped or the like, of a rollback that the candidate owns the rows.
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
