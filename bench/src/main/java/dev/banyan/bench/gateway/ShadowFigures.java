package dev.banyan.bench.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The shadow's counters, as `/metrics` shows them.
///
/// @param shed requests that were not sampled because event loops were late
/// @param dropped by reason
/// @param memoryBytes held to be compared at this moment
record ShadowFigures(
    long sampled,
    long sent,
    long inFlight,
    long shed,
    Map<String, Long> dropped,
    long memoryBytes) {
  private static final Pattern DROPPED =
      Pattern.compile("(?m)^banyan_shadow_dropped_total\\{.*reason=\"([^\"]+)\".*} (\\S+)$");

  ShadowFigures {
    dropped = Map.copyOf(dropped);
  }

  /// What was counted since then.
  ShadowFigures since(ShadowFigures before) {
    Map<String, Long> more = new TreeMap<>();
    dropped.forEach((reason, count) -> {
      long since = count - before.dropped.getOrDefault(reason, 0L);
      if (since > 0) {
        more.put(reason, since);
      }
    });
    return new ShadowFigures(
        sampled - before.sampled,
        sent - before.sent,
        inFlight,
        shed - before.shed,
        more,
        memoryBytes);
  }

  static ShadowFigures of(Running running) throws IOException {
    URI where = URI.create("http://127.0.0.1:" + running.control() + "/metrics");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> page =
          client.send(HttpRequest.newBuilder(where).build(), HttpResponse.BodyHandlers.ofString());
      return of(page.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static ShadowFigures of(String page) throws IOException {
    Map<String, Long> dropped = new TreeMap<>();
    Matcher matcher = DROPPED.matcher(page);
    while (matcher.find()) {
      dropped.put(matcher.group(1), (long) Double.parseDouble(matcher.group(2)));
    }
    return new ShadowFigures(
        value(page, "sampled_total"),
        value(page, "sent_total"),
        value(page, "in_flight"),
        value(page, "shed_total"),
        dropped,
        value(page, "memory_bytes"));
  }

  private static long value(String page, String name) throws IOException {
    Matcher matcher =
        Pattern.compile("(?m)^banyan_shadow_" + name + "(?:\\{[^}]*})? (\\S+)$").matcher(page);
    if (!matcher.find()) {
      throw new IOException("/metrics has no banyan_shadow_" + name);
    }
    return (long) Double.parseDouble(matcher.group(1));
  }

  /// Whether every sample has ended in one count, and only one.
  boolean addsUp() {
    return sampled == sent + dropped.values().stream().mapToLong(Long::longValue).sum();
  }
}
