package dev.banyan.app;

import dev.banyan.migration.Side;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.Outcomes;
import dev.banyan.proxy.Problem;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.RequestEnd;
import dev.banyan.routing.Decision;
import dev.banyan.routing.Route;
import dev.banyan.telemetry.AccessLine;
import dev.banyan.telemetry.AccessQueue;
import dev.banyan.telemetry.RequestMeter;
import dev.banyan.telemetry.TrafficMeter;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Counts how the gateway's legs and requests end, and tells the access log; has failures told.
///
/// Called on event loops. Counting takes no lock and allocates nothing; an access log costs its
/// line, and a leg that failed what [FailureLog] costs.
final class TrafficOutcomes implements Outcomes {
  private static final int SERVER_ERROR = 500;
  private static final String ABANDONED = "abandoned";
  private static final int TRACE_BEGINS = 3;
  private static final int TRACE_ENDS = 35;

  /// The stable words that clients are told as well.
  private static final Map<ProxyFailure.Kind, String> WORDS = words();

  private final TrafficMeter meter;
  private final RequestMeter requests;
  private final FailureLog failures;
  private final @Nullable AccessQueue log;
  private final InstantSource clock;

  /// @param log null where no access log is asked for
  TrafficOutcomes(
      TrafficMeter meter,
      RequestMeter requests,
      FailureLog failures,
      @Nullable AccessQueue log,
      InstantSource clock) {
    this.meter = meter;
    this.requests = requests;
    this.failures = failures;
    this.log = log;
    this.clock = clock;
  }

  private static Map<ProxyFailure.Kind, String> words() {
    Map<ProxyFailure.Kind, String> words = new EnumMap<>(ProxyFailure.Kind.class);
    for (ProxyFailure.Kind kind : ProxyFailure.Kind.values()) {
      words.put(kind, Problem.of(kind).code());
    }
    return words;
  }

  private static String word(ProxyFailure failure) {
    return Objects.requireNonNull(WORDS.get(failure.kind()));
  }

  @Override
  public void routed(Decision decision, long unit) {
    String family = decision.route().family();
    if (family != null
        && !meter.routed(family, decision.route().epoch(), decision.primary(), unit)) {
      limited(Limit.SIGHTINGS);
    }
  }

  @Override
  public void sent(Decision decision, Side side) {
    String family = decision.route().family();
    if (family != null) {
      meter.sent(family, decision.route().epoch(), side);
    }
  }

  @Override
  public void heard(Decision decision, Side side) {
    String family = decision.route().family();
    if (family != null) {
      meter.heard(family, decision.route().epoch(), side);
    }
  }

  @Override
  public void answered(
      Decision decision, long unit, Side side, int status, long nanos, boolean fallback) {
    boolean failed = status >= SERVER_ERROR;
    record(decision, side, failed, false, nanos);
    sighted(decision, unit, failed, nanos, fallback);
    requests.answered(decision.route().family(), side, status, nanos);
  }

  @Override
  public void failed(
      Decision decision, long unit, Side side, ProxyFailure failure, long nanos, boolean fallback) {
    failures.failed(decision, failure);
    record(decision, side, true, failure.kind() == ProxyFailure.Kind.CONNECT, nanos);
    sighted(decision, unit, true, nanos, fallback);
    requests.failed(decision.route().family(), side, word(failure));
  }

  @Override
  public void abandoned(Decision decision, long unit, Side side, long nanos, boolean fallback) {
    // A client that left says nothing sure about the side, but its waiting was real: it counts as
    // an answer that took as long, so that a side too slow for its clients can not look fast.
    record(decision, side, false, false, nanos);
    sighted(decision, unit, false, nanos, fallback);
    requests.failed(decision.route().family(), side, ABANDONED);
  }

  @Override
  public void stoodIn(Decision decision, boolean failed, long nanos) {
    String family = decision.route().family();
    if (family != null) {
      meter.pair(family, decision.route().epoch(), failed, nanos, true, 0);
    }
  }

  private void record(
      Decision decision, Side side, boolean failed, boolean connectFailed, long nanos) {
    String family = decision.route().family();
    if (family != null) {
      boolean write = !decision.route().safe();
      meter.record(family, decision.route().epoch(), side, write, failed, connectFailed, nanos);
    }
  }

  /// What stands in for the candidate is no event of the legacy's: no weight sent it there.
  private void sighted(Decision decision, long unit, boolean failed, long nanos, boolean fallback) {
    String family = decision.route().family();
    if (family != null
        && !fallback
        && decision.isWeighted()
        && !meter.ended(
            family, decision.route().epoch(), decision.primary(), unit, failed, nanos)) {
      limited(Limit.SIGHTINGS);
    }
  }

  @Override
  public void limited(Limit limit) {
    requests.limited(limit.word());
  }

  @Override
  public void ended(RequestEnd request) {
    Decision decision = request.decision();
    if (request.sent() > 1 && decision != null && !decision.route().safe()) {
      requests.sentTwice();
    }
    switch (request.how()) {
      case ANSWERED -> count(request, RequestMeter.End.WHOLE);
      case BROKEN_OFF -> count(request, RequestMeter.End.BROKEN_OFF);
      case CLIENT_GONE -> count(request, RequestMeter.End.CLIENT_GONE);
      case REFUSED -> {
        ProxyFailure failure = request.failure();
        if (failure != null) {
          requests.refused(word(failure));
        }
      }
    }
    if (log != null) {
      // What finds no room is counted by the queue.
      var _ = log.offer(line(request));
    }
  }

  private void count(RequestEnd request, RequestMeter.End end) {
    Decision decision = request.decision();
    Side side = request.side();
    if (decision != null && side != null) {
      Route route = decision.route();
      requests.ended(
          route.family(),
          route.endpoint(),
          side,
          request.status(),
          end,
          request.fallback(),
          request.took());
    }
  }

  private AccessLine line(RequestEnd request) {
    Decision decision = request.decision();
    Route route = decision == null ? null : decision.route();
    Side side = request.side();
    ProxyFailure failure = request.failure();
    return new AccessLine(
        clock.instant(),
        request.id(),
        trace(request.traceparent()),
        request.method(),
        path(request.target()),
        route == null ? null : route.endpoint().template(),
        route == null ? null : route.family(),
        side == null ? null : side.word(),
        route == null ? 0 : route.epoch(),
        request.how().word(),
        request.status(),
        request.bytesIn(),
        request.bytesOut(),
        request.waited(),
        request.headTook(),
        request.took(),
        request.fallback(),
        request.replaced(),
        failure == null ? null : new AccessLine.Failure(word(failure), failure.detail()));
  }

  /// W3C Trace Context §3.2.2.3: the trace's id comes after the version.
  private static @Nullable String trace(@Nullable String traceparent) {
    return traceparent == null || traceparent.length() < TRACE_ENDS
        ? null
        : traceparent.substring(TRACE_BEGINS, TRACE_ENDS);
  }

  private static String path(String target) {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }
}
