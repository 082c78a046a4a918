package dev.banyan.transfer.report;

/// A transfer could not do what was asked. The message says what, which one, and what to do; it
/// holds no secret.
public final class TransferFailed extends Exception {
  private static final long serialVersionUID = 1L;

  /// Why, for programs.
  public enum Reason {
    /// no transfer of that name is configured
    UNKNOWN,
    /// the configuration has problems
    CONFIGURATION,
    /// a database can not be reached, or does not let us in
    UNREACHABLE,
    /// the plan has findings that block
    BLOCKED,
    /// it does not fit where the transfer stands: no backfill yet, no certificate, another owner
    REFUSED,
    /// another process works on it at this moment
    BUSY,
    /// a row does not fit the target, or the source's log is gone: nothing was skipped
    STOPPED,
    /// the old owner's database can not be fenced, and nobody agreed to go without
    UNFENCED
  }

  private final Reason reason;

  public TransferFailed(Reason reason, String says) {
    super(says);
    this.reason = reason;
  }

  public TransferFailed(Reason reason, String says, Throwable cause) {
    super(says, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
