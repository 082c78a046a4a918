package dev.banyan.compare;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What comparing two systems with a file of requests has shown.
///
/// `compared = matched + mismatched`: what raced, was skipped or failed on both sides is never
/// counted as a match. Values in examples are redacted unless the options asked for them.
///
/// @param legacy base URL, without user or password
/// @param requests the file's name
/// @param skipped requests and entries that were not compared, by reason
/// @param endpoints the worst first
/// @param habits headers in which one side differs on nearly every endpoint, told once
public record ComparisonReport(
    String legacy,
    String candidate,
    String requests,
    Instant began,
    Duration took,
    long compared,
    long matched,
    long mismatched,
    long raced,
    Map<String, Long> skipped,
    List<Compared> endpoints,
    List<Habit> habits,
    Parity parity) {

  public ComparisonReport {
    skipped = Map.copyOf(skipped);
    endpoints = List.copyOf(endpoints);
    habits = List.copyOf(habits);
  }

  /// One endpoint's answers of one status of the legacy.
  ///
  /// @param template the path with what varies in braces, as far as it can be told
  /// @param status the legacy's, 0 where it gave no answer
  /// @param differences the most severe first, then the most frequent
  public record Compared(
      String method,
      String template,
      int status,
      long compared,
      long mismatched,
      List<Different> differences) {
    public Compared {
      differences = List.copyOf(differences);
    }
  }

  /// One kind of difference at one place.
  ///
  /// @param where the part: `status`, `header`, `body`, `answer`, or one that begins with `effect `
  ///   for what a write left behind, as read afterwards: `effect body`
  /// @param field the header's name or the path in the body; empty for the part as a whole
  /// @param noise how often the legacy differed from itself there, from 0 to 1; null where it was
  ///   not asked twice
  /// @param hint at the usual cause, or null
  public record Different(
      String where,
      String field,
      Kind kind,
      Severity severity,
      long count,
      @Nullable Double noise,
      @Nullable String hint,
      Example example) {}

  /// @param place in the file of requests
  /// @param request the request line
  /// @param legacy `(absent)` where it had nothing
  public record Example(String place, String request, String legacy, String candidate) {}

  /// @param name of the header
  /// @param endpoints on which the two differ in this way
  /// @param legacy what it has there, `(absent)` where nothing
  public record Habit(
      String name, Kind kind, Severity severity, int endpoints, String legacy, String candidate) {}

  /// @param rate matches per comparison; 0 when nothing was compared
  /// @param lowerBound of the rate, valid however often it was looked at
  /// @param confidence of the bound, such as 0.95
  /// @param coverage compared per request in the file
  public record Parity(double rate, double lowerBound, double confidence, double coverage) {}
}
