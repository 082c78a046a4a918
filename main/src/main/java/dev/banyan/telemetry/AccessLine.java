package dev.banyan.telemetry;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import org.jspecify.annotations.Nullable;

/// One request, as the access log tells of it. `docs/reference/access-log.md` says what each field
/// means.
///
/// @param time when the request ended
/// @param path without the query, which may hold what is nobody's business
/// @param waited nanoseconds, like `headTook` and `took`
/// @param status 0 where the client got none
/// @param replaced the status of the candidate's answer that was not used, or 0
public record AccessLine(
    Instant time,
    String id,
    @Nullable String trace,
    String method,
    String path,
    @Nullable String route,
    @Nullable String family,
    @Nullable String side,
    long epoch,
    String end,
    int status,
    long bytesIn,
    long bytesOut,
    long waited,
    long headTook,
    long took,
    boolean fallback,
    int replaced,
    @Nullable Failure failure) {

  /// @param kind a word such as `backend-unreachable`
  /// @param detail for the operator, with addresses
  public record Failure(String kind, String detail) {}

  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

  /// Writes the line as one JSON object and a line end.
  public void appendTo(StringBuilder json) {
    json.append("{\"time\":\"");
    TIME.formatTo(time, json);
    json.append('"');
    text(json, "id", id);
    text(json, "trace", trace);
    text(json, "method", method);
    text(json, "path", path);
    text(json, "route", route);
    text(json, "family", family);
    text(json, "side", side);
    json.append(",\"epoch\":").append(epoch);
    text(json, "end", end);
    status(json, "status", status);
    json.append(",\"bytesIn\":").append(bytesIn);
    json.append(",\"bytesOut\":").append(bytesOut);
    millis(json, "waitMillis", waited);
    millis(json, "headMillis", headTook);
    millis(json, "totalMillis", took);
    json.append(",\"fallback\":").append(fallback);
    status(json, "replaced", replaced);
    text(json, "failure", failure == null ? null : failure.kind());
    text(json, "detail", failure == null ? null : failure.detail());
    json.append("}\n");
  }

  private static void status(StringBuilder json, String name, int status) {
    json.append(",\"").append(name).append("\":");
    if (status == 0) {
      json.append("null");
    } else {
      json.append(status);
    }
  }

  /// Thousandths by hand: a `double` would be written as `1.0E-4`.
  private static void millis(StringBuilder json, String name, long nanos) {
    long micros = Math.max(0, nanos) / 1_000;
    long rest = micros % 1_000;
    json.append(",\"").append(name).append("\":").append(micros / 1_000).append('.');
    json.append((char) ('0' + rest / 100));
    json.append((char) ('0' + rest / 10 % 10));
    json.append((char) ('0' + rest % 10));
  }

  private static void text(StringBuilder json, String name, @Nullable String value) {
    json.append(",\"").append(name).append("\":");
    if (value == null) {
      json.append("null");
      return;
    }
    json.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        // A line stays one line of ASCII, whatever a backend's error message holds.
        json.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          json.append(Character.forDigit(c >> shift & 15, 16));
        }
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}
