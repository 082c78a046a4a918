package dev.banyan.compare;

import dev.banyan.migration.Endpoint;
import java.util.List;

/// Guesses which paths are the same endpoint: numbers, UUIDs, hashes, dates and tokens become
/// `{id}`. Holds no state.
final class PathTemplates {
  private static final int MOST_SEGMENTS = 32;
  private static final int LENGTH = 200;

  private PathTemplates() {}

  static Endpoint of(String method, String target) {
    List<String> segments = Words.segments(target);
    if (segments.size() > MOST_SEGMENTS) {
      return new Endpoint(method, "(deep)");
    }
    segments.replaceAll(segment -> Words.varies(segment) ? "{id}" : segment);
    String template = String.join("/", segments);
    return new Endpoint(
        method, template.length() > LENGTH ? template.substring(0, LENGTH) + "…" : template);
  }
}
