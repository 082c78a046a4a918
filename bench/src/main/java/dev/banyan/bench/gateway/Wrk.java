package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// wrk: as many requests as come back, one at a time on each connection.
final class Wrk {
  private static final Pattern VERSION = Pattern.compile("(?m)^wrk (\\S+)");
  private static final int PATIENCE_SECONDS = 30;

  /// Tells the figures that wrk itself prints rounded, or not at all.
  private static final String SCRIPT =
      """
      done = function(summary, latency, requests)
        local e = summary.errors
        io.write(string.format("figures %d %d %d %d %d %d\\n",
          summary.requests, e.connect + e.read + e.write + e.status + e.timeout,
          summary.duration, latency:percentile(50), latency:percentile(99),
          latency:percentile(99.9)))
      end
      """;

  private static final Pattern FIGURES =
      Pattern.compile("(?m)^figures (\\d+) (\\d+) (\\d+) (\\d+) (\\d+) (\\d+)$");

  private final Site site;
  private final Path script;

  Wrk(Site site) throws IOException {
    this.site = site;
    script = Files.writeString(site.folder("wrk").resolve("done.lua"), SCRIPT);
  }

  static Optional<String> version() {
    return Tool.version(VERSION, "wrk", "-v");
  }

  Load run(Case what, String url, Duration time) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "wrk",
                "-t1",
                "-c" + what.connections(),
                "-d" + time.toSeconds() + "s",
                "-s",
                script.toString()));
    if (what.churn()) {
      command.addAll(List.of("-H", "Connection: close"));
    }
    command.add(url);
    String said = site.start(command).finish((int) time.toSeconds() + PATIENCE_SECONDS);
    Matcher figures = FIGURES.matcher(said);
    if (!figures.find()) {
      throw new IOException("wrk said nothing to be understood: " + said);
    }
    return new Load(
        Long.parseLong(figures.group(1)),
        Long.parseLong(figures.group(2)),
        micros(figures.group(3)),
        micros(figures.group(4)),
        micros(figures.group(5)),
        micros(figures.group(6)));
  }

  private static Duration micros(String figure) {
    return Duration.ofNanos(Long.parseLong(figure) * 1_000);
  }
}
