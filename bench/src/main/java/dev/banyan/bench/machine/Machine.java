package dev.banyan.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What every figure depends on, whatever is measured.
public final class Machine {
  private Machine() {}

  /// In the order in which they are shown; more may be put behind them.
  public static Map<String, Object> conditions() throws IOException {
    Map<String, Object> conditions = new LinkedHashMap<>();
    conditions.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    conditions.put("cores", Runtime.getRuntime().availableProcessors());
    conditions.put("processor", first(Path.of("/proc/cpuinfo"), "(?m)^model name\\s*: (.*)$"));
    conditions.put("memory", first(Path.of("/proc/meminfo"), "(?m)^MemTotal:\\s*(.*)$"));
    conditions.put("kernel", System.getProperty("os.version"));
    conditions.put("load_before", load());
    conditions.put("jdk", System.getProperty("java.vm.version"));
    return conditions;
  }

  /// Processes that want to run, on average over the last minute.
  public static String load() throws IOException {
    return first(Path.of("/proc/loadavg"), "^(\\S+)");
  }

  private static String first(Path file, String pattern) throws IOException {
    Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
    return matcher.find() ? matcher.group(1) : "unknown";
  }
}
