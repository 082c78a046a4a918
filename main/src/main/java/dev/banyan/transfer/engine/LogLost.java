package dev.banyan.transfer.engine;

/// The source no longer has the part of its log that comes next. The backfill must begin anew.
public final class LogLost extends Exception {
  private static final long serialVersionUID = 1L;

  public LogLost(String says, Throwable cause) {
    super(says, cause);
  }
}
