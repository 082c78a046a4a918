package dev.banyan.telemetry;

import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a process says of itself on its Prometheus page, by the names that the client libraries
/// share. Pure.
///
/// @param memoryBytes `process_resident_memory_bytes`
/// @param cpuSeconds `process_cpu_seconds_total`, since the process began
public record ProcessPage(OptionalDouble memoryBytes, OptionalDouble cpuSeconds) {
  private static final Pattern SAMPLE =
      Pattern.compile(
          "(?m)^(process_resident_memory_bytes|process_cpu_seconds_total)(?:\\{[^}\\n]*})?"
              + "[ \\t]+([0-9.eE+-]{1,40})(?:[ \\t].*)?$");

  /// Reads the text format of Prometheus or OpenMetrics. Of several samples of one name the first
  /// counts.
  public static ProcessPage read(String page) {
    OptionalDouble memory = OptionalDouble.empty();
    OptionalDouble cpu = OptionalDouble.empty();
    for (Matcher sample = SAMPLE.matcher(page); sample.find(); ) {
      OptionalDouble value = number(sample.group(2));
      if (sample.group(1).equals("process_cpu_seconds_total")) {
        cpu = cpu.isPresent() ? cpu : value;
      } else {
        memory = memory.isPresent() ? memory : value;
      }
    }
    return new ProcessPage(memory, cpu);
  }

  private static OptionalDouble number(String text) {
    try {
      double value = Double.parseDouble(text);
      return value >= 0 && Double.isFinite(value)
          ? OptionalDouble.of(value)
          : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }
}
