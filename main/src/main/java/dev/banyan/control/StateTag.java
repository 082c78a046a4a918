package dev.banyan.control;

import dev.banyan.cutover.Version;
import dev.banyan.migration.FamilyState;
import java.util.Optional;

/// The version of a family as an HTTP entity tag (RFC 9110 §8.8.3): `"7-r"`, or `"7-h"` while it is
/// held.
public final class StateTag {
  private StateTag() {}

  /// As the `ETag` header has it, quotes included.
  public static String of(FamilyState state) {
    return '"' + Version.of(state).toString() + '"';
  }

  /// Reads what [#of] writes; empty for anything else.
  static Optional<Version> parse(String text) {
    String tag = text.strip();
    boolean quoted = tag.length() > 2 && tag.startsWith("\"") && tag.endsWith("\"");
    return quoted ? Version.parse(tag.substring(1, tag.length() - 1)) : Optional.empty();
  }
}
