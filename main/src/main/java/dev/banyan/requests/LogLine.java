package dev.banyan.requests;

import dev.banyan.exchange.Headers.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one line of an access log tells.
///
/// @param method empty where it tells none
/// @param status 0 where it tells none
/// @param body null where it tells none, as most logs do
record LogLine(
    String method, String target, int status, List<Field> fields, @Nullable String body) {
  static final LogLine NONE = new LogLine("", "", 0, List.of(), null);

  boolean hasRequest() {
    return !method.isEmpty() && !target.isEmpty();
  }
}
