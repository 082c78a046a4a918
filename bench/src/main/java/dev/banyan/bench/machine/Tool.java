package dev.banyan.bench.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A program of the system.
public final class Tool {
  private Tool() {}

  /// What a program says when asked for its version: the pattern's first group, or empty when the
  /// program is not there. Its exit code is not looked at, because wrk's is 1 then.
  public static Optional<String> version(Pattern pattern, String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      Matcher matcher = pattern.matcher(said);
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
