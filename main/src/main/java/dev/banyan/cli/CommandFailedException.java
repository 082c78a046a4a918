package dev.banyan.cli;

/// Ends a command with a sentence for the user and an exit code.
final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int exitCode;

  CommandFailedException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
