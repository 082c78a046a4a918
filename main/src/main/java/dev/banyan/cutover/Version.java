package dev.banyan.cutover;

import dev.banyan.migration.FamilyState;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which state of a family someone has seen, so that a change can ask that it is still so: the
/// control API's `ETag`.
public record Version(long epoch, boolean held) {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,18})-([hr])");

  public static Version of(FamilyState state) {
    return new Version(state.epoch(), state.held() != null);
  }

  /// Reads what [#toString] writes; empty for anything else.
  public static Optional<Version> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    return matcher.matches()
        ? Optional.of(new Version(Long.parseLong(matcher.group(1)), "h".equals(matcher.group(2))))
        : Optional.empty();
  }

  /// `7-r`, or `7-h` while the family is held.
  @Override
  public String toString() {
    return epoch + (held ? "-h" : "-r");
  }
}
