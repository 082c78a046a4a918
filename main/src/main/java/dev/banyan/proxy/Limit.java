package dev.banyan.proxy;

import java.util.Locale;

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

  /// The word used in metrics and documents.
  public String word() {
    return word;
  }
}
