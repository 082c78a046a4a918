package dev.banyan.exchange;

import dev.banyan.migration.Severity;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One place where two answers differ.
///
/// @param where `status`, `header:NAME` in lower case, `answer` for a side that did not answer,
///   `body` for a body as a whole, or a path in it such as `body:$.items[*].id` (array positions
///   are `[*]`, so that places can be counted)
/// @param legacy what the legacy had, as it stood on the wire; null where it had nothing
/// @param candidate what the candidate had; null where it had nothing
public record Difference(
    String where,
    Kind kind,
    Severity severity,
    @Nullable String legacy,
    @Nullable String candidate) {

  /// How two values can differ.
  public enum Kind {
    /// The candidate lacks it.
    MISSING,
    /// Only the candidate has it.
    EXTRA,
    /// Another type: number against string, null against object.
    TYPE,
    /// Same type, another value.
    VALUE,
    /// The same value written differently: `1` and `1.0`, an escape and the letter itself.
    SPELLING,
    /// The same members in another order.
    ORDER,
    /// A body that can not be read as what its headers say it is.
    UNDECODABLE,
    /// One side gave no answer.
    FAILED;

    /// The word used in JSON and messages.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
