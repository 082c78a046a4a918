package dev.banyan.app;

import dev.banyan.proxy.Problem;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.routing.Decision;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells operators what clients are not told: which backend fails, where it is, and what it did.
///
/// A backend that is down fails every request, so each service and kind of failure gets a line at
/// most every [#PAUSE], with the number of those since the last one. Called on event loops: the
/// lines are written elsewhere.
final class FailureLog {
  private static final Logger LOG = LoggerFactory.getLogger(FailureLog.class);
  static final Duration PAUSE = Duration.ofSeconds(10);

  private record Kind(String service, ProxyFailure.Kind kind) {}

  /// How many there were since the last line, and when that was. Guarded by the map's compute.
  private record Tally(long untold, long toldAt) {}

  private final Map<Kind, Tally> tallies = new ConcurrentHashMap<>();
  private final LongSupplier nanos;
  private final Executor writing;

  FailureLog(LongSupplier nanos, Executor writing) {
    this.nanos = nanos;
    this.writing = writing;
  }

  void failed(Decision decision, ProxyFailure failure) {
    String service = failure.service();
    if (service == null) {
      return;
    }
    long now = nanos.getAsLong();
    Kind kind = new Kind(service, failure.kind());
    long[] tell = {-1};
    tallies.compute(
        kind,
        (_, before) -> {
          if (before != null && now - before.toldAt() < PAUSE.toNanos()) {
            return new Tally(before.untold() + 1, before.toldAt());
          }
          tell[0] = before == null ? 0 : before.untold();
          return new Tally(0, now);
        });
    if (tell[0] >= 0) {
      String line = line(service, decision.route().family(), failure, tell[0]);
      writing.execute(() -> LOG.warn(line));
    }
  }

  static String line(String service, @Nullable String family, ProxyFailure failure, long untold) {
    return "service "
        + service
        + " failed a request of "
        + (family == null ? "no family" : "the family " + family)
        + " ("
        + Problem.of(failure.kind()).code()
        + "): "
        + failure.detail()
        + (untold == 0 ? "" : "; " + untold + " more like it since the last line");
  }
}
