package dev.banyan.bench.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the figures depend on: the machine, the programs, the flags, how it was measured.
final class Conditions {
  private Conditions() {}

  static Map<String, Object> of(Options.Plan plan, Upstream upstream, List<Contestant> contestants)
      throws IOException {
    Map<String, Object> conditions = new LinkedHashMap<>();
    conditions.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    conditions.put("cores", Runtime.getRuntime().availableProcessors());
    conditions.put("processor", first(Path.of("/proc/cpuinfo"), "(?m)^model name\\s*: (.*)$"));
    conditions.put("memory", first(Path.of("/proc/meminfo"), "(?m)^MemTotal:\\s*(.*)$"));
    conditions.put("kernel", System.getProperty("os.version"));
    conditions.put("load_before", first(Path.of("/proc/loadavg"), "^(\\S+)"));
    conditions.put("jdk", System.getProperty("java.vm.version"));
    conditions.put("banyan_flags", Banyan.flags());
    conditions.put("upstream", upstream.what());
    conditions.put("wrk", Wrk.version().orElse("none"));
    conditions.put("h2load", H2Load.version().orElse("none"));
    for (Contestant contestant : contestants) {
      conditions.put(contestant.name(), contestant.version().orElse("none"));
    }
    conditions.put("plan", plan.name());
    conditions.put("rounds", plan.rounds());
    conditions.put("warm_up_seconds", plan.warmUp().toSeconds());
    conditions.put("measure_seconds", plan.measure().toSeconds());
    return conditions;
  }

  private static String first(Path file, String pattern) throws IOException {
    Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(file));
    return matcher.find() ? matcher.group(1) : "unknown";
  }
}
