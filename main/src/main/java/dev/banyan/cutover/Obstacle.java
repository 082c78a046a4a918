package dev.banyan.cutover;

import dev.banyan.cutover.CutoverResult.Code;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What keeps a family from being promoted at this moment, whatever its gates say. None of these
/// ever stands before a rollback.
///
/// @param says a sentence: what it is, and what to do
record Obstacle(Code code, String says) {

  /// The first that applies, or null.
  ///
  /// @param now by the wall clock, which nothing but freeze windows is decided by
  static @Nullable Obstacle before(
      Families.Configured found, @Nullable String stoppedLine, Instant now) {
    FamilyPolicy policy = found.policy();
    if (stoppedLine != null) {
      Written.Barred line = Written.Barred.byLine(stoppedLine);
      return new Obstacle(line.code(), line.says());
    }
    for (FreezeWindow window : policy.freezes()) {
      Instant end = window.endOf(now).orElse(null);
      if (end != null) {
        return new Obstacle(
            Code.FROZEN,
            policy.family() + " is frozen (" + window.name() + ") until " + end + "; wait for it");
      }
    }
    String held = found.family().state().held();
    return held == null
        ? null
        : new Obstacle(
            Code.FAMILY_HELD, policy.family() + " is held (" + held + "); resume it first");
  }
}
