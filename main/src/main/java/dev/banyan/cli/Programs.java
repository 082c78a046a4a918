package dev.banyan.cli;

import java.nio.file.Path;

/// What the commands that need no running control plane do, as the rest of the program does it.
public interface Programs {

  /// Serves until the process is told to stop.
  ///
  /// @param data where state is kept; made when it is not there
  /// @return the exit code
  int run(Path file, Path data);

  /// Reads a configuration and tells every problem in it.
  ///
  /// @return the exit code: 0 when there is no problem, 1 when there is one
  int check(Path file, OutputFormat format);
}
