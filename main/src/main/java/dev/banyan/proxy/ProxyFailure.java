package dev.banyan.proxy;

import dev.banyan.migration.Side;
import org.jspecify.annotations.Nullable;

/// Why a request got no answer from where it was sent, or was not sent at all.
///
/// @param side the side that failed; null where no side is to blame or none is known yet
/// @param service the service that failed; null where none was asked
/// @param retryable whether the same request may go to the same service once more: the connection
///   was a kept one that the backend may have given up, and no byte of an answer came
/// @param detail for operators, with addresses; never sent to clients
public record ProxyFailure(
    Kind kind,
    @Nullable Side side,
    @Nullable String service,
    boolean retryable,
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

  /// A failure of a service, before it is known which side it stood for.
  public static ProxyFailure of(Kind kind, String service, String detail) {
    return new ProxyFailure(kind, null, service, false, detail, null);
  }

  /// A request that is refused before any service is asked.
  public static ProxyFailure refused(Kind kind, String detail) {
    return new ProxyFailure(kind, null, null, false, detail, null);
  }

  public ProxyFailure on(Side failed) {
    return new ProxyFailure(kind, failed, service, retryable, detail, cause);
  }
}
