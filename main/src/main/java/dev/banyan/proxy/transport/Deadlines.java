package dev.banyan.proxy.transport;

import dev.banyan.proxy.Limit;
import dev.banyan.proxy.ServiceOptions;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.AsciiString;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How long a backend may be silent, and how long one exchange with it may last in all.
///
/// It is asked by one timer a connection, at least every second, and not by one a request: a begun
/// exchange costs a few writes here. It belongs to one event loop.
final class Deadlines {
  private static final long TICK = TimeUnit.SECONDS.toNanos(1);

  /// Answers that are silent by nature once they have begun.
  private static final String EVENT_STREAM = "text/event-stream";

  private static final String GRPC = "application/grpc";

  private final ServiceOptions options;
  private final long response;
  private final long streamIdle;
  private final long longest;

  private long began;
  private long since;
  private boolean stream;

  Deadlines(ServiceOptions options, long now) {
    this.options = options;
    this.response = options.responseTimeout().toNanos();
    this.streamIdle = options.streamIdle().toNanos();
    this.longest = options.longest() == null ? Long.MAX_VALUE : options.longest().toNanos();
    this.began = now;
    this.since = now;
  }

  /// An exchange begins.
  void begin(long now) {
    began = now;
    since = now;
    stream = false;
  }

  /// Something was sent or came.
  void heard(long now) {
    since = now;
  }

  /// The final answer's head has come.
  void answered(HttpResponse head) {
    String type = head.headers().get(HttpHeaderNames.CONTENT_TYPE);
    stream = type != null && (begins(type, EVENT_STREAM) || begins(type, GRPC));
  }

  private static boolean begins(String type, String with) {
    return AsciiString.regionMatches(type, true, 0, with, 0, with.length());
  }

  long silence(long now) {
    return now - since;
  }

  /// The limit that the exchange has reached, or null.
  ///
  /// @param backendsTurn whether the silence is the backend's: not while the client is slow to send
  ///   the request
  /// @param paused whether nobody takes what the backend sends, so that its silence is none
  @Nullable Limit reached(long now, boolean backendsTurn, boolean paused) {
    if (now - began >= longest) {
      return Limit.LONGEST;
    }
    if (paused) {
      return null;
    }
    if (stream) {
      return silence(now) >= streamIdle ? Limit.STREAM_IDLE : null;
    }
    return backendsTurn && silence(now) >= response ? Limit.RESPONSE_TIMEOUT : null;
  }

  /// When to look again while no exchange is under way, or many are.
  long tick() {
    return Math.min(TICK, Math.min(Math.min(response, streamIdle), longest));
  }

  /// When to look again at the exchange under way.
  long untilNext(long now) {
    long left = (stream ? streamIdle : response) - silence(now);
    long next = left > 0 ? Math.min(TICK, left) : tick();
    return longest == Long.MAX_VALUE ? next : Math.min(next, longest - (now - began));
  }

  String describe(Limit reached) {
    return switch (reached) {
      case LONGEST -> "it lasted for " + options.longest();
      case STREAM_IDLE -> "its stream was silent for " + options.streamIdle();
      default -> "silent for " + options.responseTimeout();
    };
  }
}
