package dev.banyan.proxy;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Every named limit of the gateway: what counts as reaching it. `banyan_limits_total` counts each
/// by its word.
public enum Limit {
  REQUEST_LINE,
  HEADER_BLOCK,
  HEADER_COUNT,
  BODY,
  IDLE,
  HEADER_TIME,
  BODY_TIME,
  /// A client that takes nothing of what is to be written to it.
  WRITE_TIME,
  REQUESTS_PER_CONNECTION,
  STREAMS,
  CONNECTIONS,
  /// Streams of HTTP/2 that are reset again and again, by the client or through its fault.
  RESETS,
  /// PING, SETTINGS and other frames of HTTP/2 that only cause answers.
  CONTROL_FRAMES,
  /// CONTINUATION frames of HTTP/2 that bring next to nothing.
  CONTINUATIONS,
  QUEUE,
  REPLAY,
  RETRIES,
  FALLBACKS,
  RESPONSE_TIMEOUT,
  STREAM_IDLE,
  LONGEST;

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /// The limit behind a refusal, or null where there is none, or more than one.
  public static @Nullable Limit behind(ProxyFailure.Kind kind) {
    return switch (kind) {
      case TARGET_TOO_LONG -> REQUEST_LINE;
      case HEADERS_TOO_LARGE -> HEADER_BLOCK;
      case TOO_MANY_HEADERS -> HEADER_COUNT;
      case BODY_TOO_LARGE -> BODY;
      case TOO_MANY_CONNECTIONS -> CONNECTIONS;
      case CONNECT,
          RESET,
          TIMEOUT,
          PROTOCOL,
          POOL_EXHAUSTED,
          SHUTTING_DOWN,
          BAD_REQUEST,
          REQUEST_TIMEOUT,
          AMBIGUOUS_PATH,
          METHOD_REFUSED,
          VERSION_UNSUPPORTED ->
          null;
    };
  }

  /// The word used in metrics and documents.
  public String word() {
    return word;
  }
}
