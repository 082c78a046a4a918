package dev.banyan.cli;

/// The exit codes of all commands.
final class ExitCode {
  static final int DONE = 0;
  static final int REFUSED = 1;
  static final int USAGE = 2;
  static final int UNREACHABLE = 3;

  /// A fault of the program itself, as BSD's `sysexits.h` numbers it.
  static final int FAULT = 70;

  private ExitCode() {}
}
