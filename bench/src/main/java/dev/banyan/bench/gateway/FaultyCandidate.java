package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/// A process that is a candidate with a [Fault], on the port that it is told.
///
/// It stands for a machine elsewhere, so it gets what the others leave of the processors: Linux's
/// `SCHED_IDLE` class, or the least of the normal one where `chrt` is not installed.
final class FaultyCandidate {
  private static final long PATIENCE_NANOS = 15_000_000_000L;

  private FaultyCandidate() {}

  public static void main(String[] arguments) throws IOException {
    Fault.valueOf(arguments[0]).serve(Integer.parseInt(arguments[1]));
  }

  /// The words before its command that make it give way.
  static List<String> scheduling() {
    return Tool.version(Pattern.compile("(\\d\\S*)"), "chrt", "--version").isPresent()
        ? List.of("chrt", "-i", "0")
        : List.of("nice", "-n", "19");
  }

  static Child start(Site site, Fault fault, int port) throws IOException {
    List<String> command = new ArrayList<>(scheduling());
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            FaultyCandidate.class.getName(),
            fault.name(),
            Integer.toString(port)));
    Child child = site.start(command);
    long from = System.nanoTime();
    while (!child.said().contains(Fault.READY)) {
      if (!child.process().isAlive() || System.nanoTime() - from > PATIENCE_NANOS) {
        throw new IOException("the candidate did not start: " + child.said());
      }
      LockSupport.parkNanos(10_000_000L);
    }
    return child;
  }
}
