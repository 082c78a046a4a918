package dev.banyan.proxy;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Every named limit of the gateway: what counts as reaching it. `banyan_limits_total` counts each
/// by its word, and `docs/reference/limits.md` has a row for each.
public enum Limit {
  REQUEST_LINE("limits.request_line"),
  HEADER_BLOCK("limits.header_block"),
  HEADER_COUNT("limits.header_count"),
  BODY("limits.body"),
  IDLE("limits.idle"),
  HEADER_TIME("limits.header_time"),
  BODY_TIME("limits.body_time"),
  /// A client that takes nothing of what is to be written to it.
  WRITE_TIME("limits.write_time"),
  REQUESTS_PER_CONNECTION("limits.requests_per_connection"),
  STREAMS("limits.streams"),
  CONNECTIONS("limits.connections"),
  HELD_WRITES("limits.held_writes"),
  HOLD_TIME("limits.hold_time"),
  RESETS(
      "Streams of HTTP/2 that are reset again and again, by the client or through its fault",
      "The connection is ended."),
  CONTROL_FRAMES(
      "PING, SETTINGS and other frames of HTTP/2 that only cause answers",
      "The connection is ended."),
  CONTINUATIONS(
      "CONTINUATION frames of HTTP/2 that bring next to nothing", "The connection is ended."),
  QUEUE("services.NAME.queue"),
  REPLAY(
      "Body of a safe request that is held to send it again",
      "It is streamed on, without a second try and without the safety net."),
  RETRIES("Requests that are sent again, by those that are not", "The failure is not mended."),
  FALLBACKS(
      "Answers of the safety net under way, and those in a row that failed",
      "The client gets the candidate's failure."),
  SIGHTINGS(
      "What is noted of one family's sticky units between two looks of its gates, ten a second",
      "It is not noted; the request is answered, and the gates know that something is missing."),
  RESPONSE_TIMEOUT("services.NAME.response_timeout"),
  STREAM_IDLE("services.NAME.stream_idle"),
  LONGEST("services.NAME.max_duration"),
  OUTBOX_BODY("families.NAME.dual.body"),
  OUTBOX_ENTRIES("families.NAME.dual.entries"),
  OUTBOX_WAITING(
      "Writes of families with `writes: dual` that wait to be written down, and their bodies",
      "The client gets 503, and nothing is forwarded.");

  private final @Nullable String key;
  private final String what;
  private final String effect;
  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /// One that a key of `banyan.yaml` sets, which says the rest.
  Limit(String key) {
    this.key = key;
    this.what = "";
    this.effect = "";
  }

  /// One that is fixed.
  Limit(String what, String effect) {
    this.key = null;
    this.what = what;
    this.effect = effect;
  }

  /// The key that sets it, or null for one that is fixed.
  public @Nullable String key() {
    return key;
  }

  /// What is bounded; empty where a key says it.
  public String what() {
    return what;
  }

  /// What happens beyond it; empty where a key says it.
  public String effect() {
    return effect;
  }

  /// The limit behind a refusal, or null where there is none, or more than one.
  public static @Nullable Limit behind(ProxyFailure.Kind kind) {
    return switch (kind) {
      case TARGET_TOO_LONG -> REQUEST_LINE;
      case HEADERS_TOO_LARGE -> HEADER_BLOCK;
      case TOO_MANY_HEADERS -> HEADER_COUNT;
      case BODY_TOO_LARGE -> BODY;
      case BODY_NOT_KEPT -> OUTBOX_BODY;
      case OUTBOX_FULL -> OUTBOX_WAITING;
      case TOO_MANY_CONNECTIONS -> CONNECTIONS;
      case CONNECT,
          RESET,
          TIMEOUT,
          PROTOCOL,
          POOL_EXHAUSTED,
          WRITES_HELD,
          SHUTTING_DOWN,
          BAD_REQUEST,
          REQUEST_TIMEOUT,
          OUTBOX_UNAVAILABLE,
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
