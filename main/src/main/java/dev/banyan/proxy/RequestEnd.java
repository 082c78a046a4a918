package dev.banyan.proxy;

import dev.banyan.migration.Side;
import dev.banyan.routing.Decision;
import org.jspecify.annotations.Nullable;

/// One client's request as it looks at its end. Good only during the call that hands it over, and
/// only on that thread: what is to be kept must be copied.
public interface RequestEnd {

  /// How it ended.
  enum How {
    /// The whole answer has been written.
    ANSWERED,
    /// The answer broke off, and the client's connection was closed with it.
    BROKEN_OFF,
    /// The client left before it had the whole answer.
    CLIENT_GONE,
    /// It was refused before it had a route.
    REFUSED;

    /// The word used in logs.
    public String word() {
      return switch (this) {
        case ANSWERED -> "answered";
        case BROKEN_OFF -> "broken-off";
        case CLIENT_GONE -> "client-gone";
        case REFUSED -> "refused";
      };
    }
  }

  How how();

  /// The routing decision, or null for what was refused before there was one.
  @Nullable Decision decision();

  /// The side that answered or failed last; null only where there is no decision.
  @Nullable Side side();

  /// The `X-Request-Id`.
  String id();

  /// The `traceparent` that went to the backend, or null where none was made.
  @Nullable String traceparent();

  String method();

  /// Path and query as they came.
  String target();

  /// What the client was told, 0 where no head went out.
  int status();

  /// Bytes of the request's body that came, without framing.
  long bytesIn();

  /// Bytes of the answer's body that were written to the client, without framing.
  long bytesOut();

  /// Nanoseconds from asking for the connection that the last leg ran on, to having it or giving
  /// up.
  long waited();

  /// Nanoseconds from sending the request to the head of the answer; 0 where none came.
  long headTook();

  /// Nanoseconds from the request's head to its end.
  long took();

  /// Whether the legacy was asked because the candidate had failed.
  boolean fallback();

  /// The status of a candidate's answer that the legacy's took the place of, or 0.
  int replaced();

  /// The last failure on the way, mended or not; null where there was none.
  @Nullable ProxyFailure failure();

  /// On how many legs a byte of it may have reached a backend. More than one for a request that is
  /// not safe is a fault of the gateway's.
  int sent();
}
