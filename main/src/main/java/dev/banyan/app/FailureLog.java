package dev.banyan.app;

import dev.banyan.proxy.Problem;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.routing.Decision;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
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

  /// What has been told of one kind. Atomic, because event loops meet here: none may wait.
  private static final class Tally {
    private final AtomicLong untold = new AtomicLong();
    private final AtomicLong toldAt;

    Tally(long longAgo) {
      this.toldAt = new AtomicLong(longAgo);
    }

    /// How many went untold since the last line, when it is time for the next one; else -1.
    long due(long now) {
      long last = toldAt.get();
      if (now - last < PAUSE.toNanos() || !toldAt.compareAndSet(last, now)) {
        untold.incrementAndGet();
        return -1;
      }
      return untold.getAndSet(0);
    }
  }

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
    Tally tally = tallies.get(kind);
    if (tally == null) {
      tally = tallies.computeIfAbsent(kind, _ -> new Tally(now - PAUSE.toNanos()));
    }
    long untold = tally.due(now);
    if (untold >= 0) {
      String line = line(service, decision.route().family(), failure, untold);
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
