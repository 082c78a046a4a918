package dev.banyan.bench.machine;

import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What stands for a machine elsewhere takes nothing from those that are measured: it gets what
/// they leave of the processors, by Linux's `SCHED_IDLE` class, or as the least of the normal one
/// where `chrt` is not installed.
@SuppressWarnings("try") // closing waits for chrt
public final class GivingWay implements AutoCloseable {
  private final List<Long> processes;

  private GivingWay(List<Long> processes) {
    this.processes = processes;
  }

  /// The words before a command that make it give way.
  public static List<String> command() {
    return hasClasses() ? List.of("chrt", "-i", "0") : List.of("nice", "-n", "19");
  }

  /// Has this process, without what it has started, and others with all that they have started give
  /// way until it is closed, and what they start meanwhile.
  public static GivingWay together(List<ProcessHandle> others)
      throws IOException, InterruptedException {
    Stream<ProcessHandle> all =
        Stream.concat(
            Stream.of(ProcessHandle.current()),
            others.stream().flatMap(each -> Stream.concat(Stream.of(each), each.descendants())));
    GivingWay way = new GivingWay(hasClasses() ? all.map(ProcessHandle::pid).toList() : List.of());
    way.all("-i");
    return way;
  }

  private static boolean hasClasses() {
    return Tool.version(Pattern.compile("(\\d\\S*)"), "chrt", "--version").isPresent();
  }

  private void all(String scheduling) throws IOException, InterruptedException {
    for (long pid : processes) {
      // One that has ended meanwhile takes nothing from anybody.
      var _ =
          new ProcessBuilder("chrt", "-a", scheduling, "-p", "0", Long.toString(pid))
              .redirectErrorStream(true)
              .start()
              .waitFor();
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    all("-o");
  }
}
