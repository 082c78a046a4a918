package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.Tool;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/// h2load: as many requests of HTTP/2 as come back, [#STREAMS] at a time on each connection.
final class H2Load {
  static final int STREAMS = 4;

  private static final Pattern VERSION = Pattern.compile("h2load nghttp2/(\\S+)");
  private static final Pattern DONE =
      Pattern.compile(
          "(?m)^requests: .* (\\d+) done, (\\d+) succeeded, \\d+ failed, \\d+ errored, \\d+"
              + " timeout");
  private static final int PATIENCE_SECONDS = 30;

  private final Site site;

  H2Load(Site site) {
    this.site = site;
  }

  static Optional<String> version() {
    return Tool.version(VERSION, "h2load", "--version");
  }

  Load run(Case what, String url, Duration time) throws IOException, InterruptedException {
    Path log = site.folder("h2load").resolve("requests.log");
    String said =
        site.start(
                List.of(
                    "h2load",
                    "-t1",
                    "-c" + what.connections(),
                    "-m" + STREAMS,
                    "-D" + time.toSeconds(),
                    "--npn-list=h2",
                    "--log-file=" + log,
                    url))
            .finish((int) time.toSeconds() + PATIENCE_SECONDS);
    Matcher done = DONE.matcher(said);
    if (!done.find() || !said.contains("Application protocol: h2")) {
      throw new IOException("h2load said nothing to be understood: " + said);
    }
    long requests = Long.parseLong(done.group(1));
    long[] latencies = latencies(log);
    Files.delete(log);
    return new Load(
        requests,
        requests - Long.parseLong(done.group(2)),
        time,
        percentile(latencies, 50),
        percentile(latencies, 99),
        percentile(latencies, 99.9));
  }

  /// In microseconds, sorted. Each line has when it was sent, its status, and how long it took.
  private static long[] latencies(Path log) throws IOException {
    LongStream.Builder all = LongStream.builder();
    try (BufferedReader lines = Files.newBufferedReader(log)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        all.add(Long.parseLong(line.substring(line.lastIndexOf('\t') + 1)));
      }
    }
    long[] sorted = all.build().toArray();
    Arrays.sort(sorted);
    return sorted;
  }

  private static Duration percentile(long[] sorted, double percent) {
    if (sorted.length == 0) {
      return Duration.ZERO;
    }
    int at = (int) Math.ceil(sorted.length * percent / 100) - 1;
    return Duration.ofNanos(sorted[Math.max(at, 0)] * 1_000);
  }
}
