package dev.banyan.acceptance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Every process that a program started, found under `/proc` by a mark: however deep, whoever its
/// parent is by now, and whether or not it has made itself a session of its own.
///
/// @param mark a text that nobody else has: in the environment, in the arguments, or in the path of
///   the working directory or of the executable. A process may overwrite the first two (PostgreSQL
///   does, to show what it is at), but not the others.
record Offspring(String mark) {
  private static final Path PROC = Path.of("/proc");

  static boolean canBeSeen() {
    return Files.isReadable(PROC.resolve("self/environ"));
  }

  /// A line for each process that is alive: its number and arguments.
  List<String> alive() throws IOException {
    List<String> alive = new ArrayList<>();
    try (Stream<Path> entries = Files.list(PROC)) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        if (name.chars().allMatch(Character::isDigit) && bears(entry)) {
          alive.add(name + " " + text(entry.resolve("cmdline")).replace('\0', ' '));
        }
      }
    }
    return alive;
  }

  /// Kills what is left.
  void end() throws IOException {
    for (String each : alive()) {
      long number = Long.parseLong(each.substring(0, each.indexOf(' ')));
      ProcessHandle.of(number).ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  private boolean bears(Path process) {
    return text(process.resolve("environ")).contains(mark)
        || text(process.resolve("cmdline")).contains(mark)
        || link(process.resolve("cwd")).contains(mark)
        || link(process.resolve("exe")).contains(mark);
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // It ended while we looked, or it is somebody else's: not ours in either case.
      return "";
    }
  }

  private static String link(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      // As above; and a kernel thread has no executable.
      return "";
    }
  }
}
