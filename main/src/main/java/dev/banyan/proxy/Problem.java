package dev.banyan.proxy;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What a client is told when the gateway answers by itself: the one place where a failure becomes
/// a status.
///
/// The body is an RFC 9457 problem with a stable `code`. It never tells which side failed, where
/// that side is, or what it said.
///
/// @param retryAfter seconds after which the client may try again, or 0 where nothing is said
public record Problem(int status, String title, String code, String detail, int retryAfter) {

  private static final int RETRY_AFTER = 1;
  public static final String MEDIA_TYPE = "application/problem+json";

  public static Problem of(ProxyFailure.Kind kind) {
    return switch (kind) {
      case CONNECT ->
          bad(502, "Bad Gateway", "backend-unreachable", "The backend could not be reached.");
      case RESET ->
          bad(502, "Bad Gateway", "backend-reset", "The backend ended the connection too early.");
      case PROTOCOL ->
          bad(502, "Bad Gateway", "backend-protocol", "The backend's answer is not valid HTTP.");
      case TIMEOUT ->
          bad(504, "Gateway Timeout", "backend-timeout", "The backend did not answer in time.");
      case POOL_EXHAUSTED ->
          bad(503, "Service Unavailable", "pool-exhausted", "The backend is busy; try again.");
      case WRITES_HELD ->
          busy("writes-held", "Writes are held back for a moment; nothing was done; try again.")
              .after(RETRY_AFTER);
      case SHUTTING_DOWN ->
          bad(503, "Service Unavailable", "shutting-down", "The gateway is stopping; try again.");
      case BAD_REQUEST -> bad(400, "Bad Request", "bad-request", "The request is not valid HTTP.");
      case TARGET_TOO_LONG ->
          bad(414, "URI Too Long", "target-too-long", "The request line is longer than allowed.");
      case HEADERS_TOO_LARGE ->
          bad(
              431,
              "Request Header Fields Too Large",
              "headers-too-large",
              "The request's headers are longer than allowed.");
      case TOO_MANY_HEADERS ->
          bad(
              431,
              "Request Header Fields Too Large",
              "too-many-headers",
              "The request has more header fields than allowed.");
      case BODY_TOO_LARGE ->
          bad(413, "Content Too Large", "body-too-large", "The body is longer than allowed.");
      case BODY_NOT_KEPT ->
          bad(
              413,
              "Content Too Large",
              "body-not-kept",
              "The body is longer than what can be sent to both systems.");
      case OUTBOX_FULL ->
          busy("outbox-full", "Too many writes wait to be kept; nothing was done, try again.");
      case OUTBOX_UNAVAILABLE ->
          busy("outbox-unavailable", "The write could not be kept; nothing was done, try again.");
      case REQUEST_TIMEOUT ->
          bad(408, "Request Timeout", "request-timeout", "The request took too long to come.");
      case TOO_MANY_CONNECTIONS -> busy("too-many-connections", "The gateway is full; try again.");
      case AMBIGUOUS_PATH ->
          bad(400, "Bad Request", "ambiguous-path", "The path can be read in more than one way.");
      case METHOD_REFUSED ->
          bad(501, "Not Implemented", "method-refused", "The method is not served here.");
      case VERSION_UNSUPPORTED ->
          bad(
              505,
              "HTTP Version Not Supported",
              "version-unsupported",
              "The version of HTTP is not served here.");
    };
  }

  private static Problem busy(String code, String detail) {
    return bad(503, "Service Unavailable", code, detail);
  }

  private Problem after(int seconds) {
    return new Problem(status, title, code, detail, seconds);
  }

  private static Problem bad(int status, String title, String code, String detail) {
    return new Problem(status, title, code, detail, 0);
  }

  /// The problem as JSON.
  ///
  /// @param requestId what the client may quote to its operator; [RequestIds] lets nothing through
  ///   that JSON would have to escape
  public byte[] json(@Nullable String requestId) {
    StringBuilder json = new StringBuilder(160);
    json.append("{\"type\":\"about:blank\",\"title\":\"").append(title);
    json.append("\",\"status\":").append(status);
    json.append(",\"code\":\"").append(code);
    json.append("\",\"detail\":\"").append(detail).append('"');
    if (requestId != null) {
      json.append(",\"requestId\":\"").append(requestId).append('"');
    }
    return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }
}
