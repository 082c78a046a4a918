package dev.banyan.proxy;

import dev.banyan.migration.Side;
import org.jspecify.annotations.Nullable;

/// Why a request got no answer from where it was sent, or was not sent at all.
///
/// @param side the side that failed; null where no side is to blame or none is known yet
/// @param service the service that failed; null where none was asked
/// @param progress how far the exchange had come, which decides what may be sent again
/// @param limit the limit that was reached, for its counter; null where none was
/// @param detail for operators, with addresses; never sent to clients
public record ProxyFailure(
    Kind kind,
    @Nullable Side side,
    @Nullable String service,
    Progress progress,
    @Nullable Limit limit,
    String detail,
    @Nullable Throwable cause) {

  /// What went wrong. [Problem] says what clients are told of it.
  public enum Kind {
    /// No connection could be made.
    CONNECT,
    /// The connection ended before the answer did.
    RESET,
    /// The backend was silent for too long.
    TIMEOUT,
    /// What the backend sent is not HTTP.
    PROTOCOL,
    /// Every connection to the service is taken, and the queue is full or too slow.
    POOL_EXHAUSTED,
    /// Writes are held back, and there is no more room or time for this one to wait.
    WRITES_HELD,
    /// The gateway is being stopped.
    SHUTTING_DOWN,
    /// The client's request breaks HTTP's rules.
    BAD_REQUEST,
    /// The request line is longer than the limit.
    TARGET_TOO_LONG,
    /// The header block is longer than the limit.
    HEADERS_TOO_LARGE,
    /// There are more header fields than the limit.
    TOO_MANY_HEADERS,
    /// The body is longer than the limit.
    BODY_TOO_LARGE,
    /// The body is longer than what can be kept for the other side.
    BODY_NOT_KEPT,
    /// The write can not be kept for the other side: too much waits.
    OUTBOX_FULL,
    /// The same, because the store does not take it.
    OUTBOX_UNAVAILABLE,
    /// The client took too long to send its request.
    REQUEST_TIMEOUT,
    /// There are as many connections of clients as the limit allows.
    TOO_MANY_CONNECTIONS,
    /// The path can be read as two endpoints that go different ways.
    AMBIGUOUS_PATH,
    /// A method that no gateway should pass on.
    METHOD_REFUSED,
    /// A version of HTTP that is not spoken here.
    VERSION_UNSUPPORTED
  }

  /// How far an exchange had come when it failed.
  public enum Progress {
    /// Nothing of the request can have been processed: no byte of it was sent, or the backend said
    /// that it never looked at it. Any request may be sent again.
    UNSENT,
    /// Sent on a kept connection that then ended without a byte of an answer: most likely the
    /// backend had given the connection up already, but nobody knows. A safe request may be sent
    /// again, and it is no sign of trouble.
    STALE,
    /// Sent, perhaps in part, and no byte of an answer has come.
    UNANSWERED,
    /// The answer had begun.
    ANSWERING
  }

  /// A failure before anything was sent to a service, and before it is known which side it stood
  /// for.
  public static ProxyFailure of(Kind kind, String service, String detail) {
    return new ProxyFailure(kind, null, service, Progress.UNSENT, null, detail, null);
  }

  /// A request that is refused before any service is asked.
  public static ProxyFailure refused(Kind kind, String detail) {
    return new ProxyFailure(kind, null, null, Progress.UNSENT, null, detail, null);
  }

  public ProxyFailure on(Side failed) {
    return new ProxyFailure(kind, failed, service, progress, limit, detail, cause);
  }

  /// Whether a safe request may go to the same service once more, on a fresh connection.
  public boolean retryable() {
    return kind == Kind.RESET && (progress == Progress.UNSENT || progress == Progress.STALE);
  }
}
