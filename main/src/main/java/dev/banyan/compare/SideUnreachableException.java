package dev.banyan.compare;

/// A side to which no connection can be made at all, so that nothing can be compared. The message
/// names its URL and why.
public final class SideUnreachableException extends Exception {
  private static final long serialVersionUID = 1L;

  public SideUnreachableException(String message) {
    super(message);
  }
}
