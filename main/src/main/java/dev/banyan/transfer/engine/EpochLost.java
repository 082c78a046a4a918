package dev.banyan.transfer.engine;

/// The rows have another owner by now: what was to be written is late, and must not be.
public final class EpochLost extends Exception {
  private static final long serialVersionUID = 1L;

  /// Of a process that was taken for dead, though the rows have the same owner still.
  public EpochLost(String says) {
    super(says);
  }

  public EpochLost(String transfer, long held, long found) {
    super("transfer " + transfer + ": the owner's epoch is " + found + " by now, not " + held);
  }
}
