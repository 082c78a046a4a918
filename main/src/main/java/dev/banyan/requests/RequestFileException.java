package dev.banyan.requests;

/// A file of requests that can not be read, or not to its end. The message names the file, the
/// place in it, and what is wrong there.
public final class RequestFileException extends Exception {
  private static final long serialVersionUID = 1L;

  public RequestFileException(String message) {
    super(message);
  }

  public RequestFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
