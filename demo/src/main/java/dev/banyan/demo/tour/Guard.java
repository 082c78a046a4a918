package dev.banyan.demo.tour;

import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;

/// Ends what would outlive a tour that was killed.
///
/// A killed process can tidy up nothing, so a shell waits at the other end of a pipe. It is told of
/// each process and directory as it comes to be; when the pipe closes without the word `done`, it
/// ends the ones and removes the others.
final class Guard implements AutoCloseable {
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      processes=
      pidfile=
      directory=
      while read -r what first second; do
        case $what in
          process) processes="$processes $first:$second" ;;
          pidfile) pidfile=$first${second:+ $second} ;;
          directory) directory=$first${second:+ $second} ;;
          done) exit 0 ;;
        esac
      done
      sleep 1
      [ -f "$pidfile" ] && processes="$processes INT:$(head -n 1 "$pidfile")"
      for each in $processes; do kill -s "${each%%:*}" "${each#*:}" 2>/dev/null; done
      sleep 3
      for each in $processes; do kill -s KILL "${each#*:}" 2>/dev/null; done
      [ -n "$directory" ] && rm -rf "$directory"
      """;

  private final Process shell;
  private final Writer orders;

  private Guard(Process shell) {
    this.shell = shell;
    this.orders = shell.outputWriter();
  }

  static Guard start() throws TourException {
    try {
      return new Guard(
          new ProcessBuilder("sh", "-c", SCRIPT)
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start());
    } catch (IOException failed) {
      throw new TourException("no shell could be started: " + failed.getMessage(), failed);
    }
  }

  /// @param signal how it is ended, such as `TERM`
  void process(String signal, long pid) throws TourException {
    tell("process " + signal + " " + pid);
  }

  /// The file in which PostgreSQL will name its process: it is told before the server starts, so
  /// that there is no moment at which nobody knows of it. It is ended by `INT`, a fast shutdown.
  void pidfile(Path file) throws TourException {
    tell("pidfile " + file);
  }

  void directory(Path directory) throws TourException {
    tell("directory " + directory);
  }

  private void tell(String order) throws TourException {
    try {
      orders.write(order + "\n");
      orders.flush();
    } catch (IOException gone) {
      throw new TourException("the guard of the tour has ended: " + gone.getMessage(), gone);
    }
  }

  /// Says that everything has been ended already.
  @Override
  public void close() throws TourException {
    tell("done");
    shell.onExit().join();
  }
}
