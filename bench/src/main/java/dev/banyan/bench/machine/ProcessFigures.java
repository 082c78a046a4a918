package dev.banyan.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// What a process and its descendants have used, as Linux tells it under `/proc`.
///
/// @param cpu user and system time of all threads since the start, children that have ended
///   included; told in clock ticks, so good to about 10 ms
/// @param residentBytes memory held now; what processes share is counted once for each
public record ProcessFigures(Duration cpu, long residentBytes) {
  /// `sysconf(_SC_CLK_TCK)`: 100 on every Linux that a JDK 25 runs on.
  private static final long TICKS_PER_SECOND = 100;

  /// Fields of `/proc/PID/stat` after the name: utime, stime, cutime, cstime (proc(5)).
  private static final int FIRST_TIME = 11;

  private static final int LAST_TIME = 14;

  public static ProcessFigures of(Process process) throws IOException {
    return of(process.toHandle(), true);
  }

  /// @param family whether its descendants are told of as well; those that have ended always are
  public static ProcessFigures of(ProcessHandle process, boolean family) throws IOException {
    Stream<ProcessHandle> descendants = family ? process.descendants() : Stream.empty();
    List<Long> all =
        Stream.concat(Stream.of(process.pid()), descendants.map(ProcessHandle::pid)).toList();
    long ticks = 0;
    long resident = 0;
    for (long pid : all) {
      Path proc = Path.of("/proc", Long.toString(pid));
      try {
        ticks += ticks(Files.readString(proc.resolve("stat")));
        resident += resident(Files.readAllLines(proc.resolve("status")));
      } catch (IOException e) {
        // A child may end meanwhile: its time is in its parent's figures then.
        if (pid == process.pid()) {
          throw e;
        }
      }
    }
    return new ProcessFigures(
        Duration.ofNanos(ticks * 1_000_000_000L / TICKS_PER_SECOND), resident);
  }

  private static long ticks(String stat) {
    // The name stands in parentheses and may hold anything.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = 0;
    for (int i = FIRST_TIME; i <= LAST_TIME; i++) {
      ticks += Long.parseLong(fields[i]);
    }
    return ticks;
  }

  private static long resident(List<String> status) {
    for (String line : status) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    return 0;
  }
}
