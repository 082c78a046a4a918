package dev.banyan.control;

import dev.banyan.migration.FamilyState;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The version of a family that a client has seen: an entity tag such as `"7-r"` (epoch 7, running)
/// or `"7-h"` (held).
public record StateTag(long epoch, boolean held) {
  private static final Pattern FORM = Pattern.compile("\"(\\d{1,18})-([hr])\"");

  public static StateTag of(FamilyState state) {
    return new StateTag(state.epoch(), state.held() != null);
  }

  /// Reads what [#toString] writes.
  static Optional<StateTag> parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    return matcher.matches()
        ? Optional.of(new StateTag(Long.parseLong(matcher.group(1)), matcher.group(2).equals("h")))
        : Optional.empty();
  }

  public boolean matches(FamilyState state) {
    return equals(of(state));
  }

  /// As the `ETag` header has it, quotes included.
  @Override
  public String toString() {
    return "\"" + epoch + "-" + (held ? "h" : "r") + "\"";
  }
}
