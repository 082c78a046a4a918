package dev.banyan.parity;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Endpoint;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a rule of a team is about: one place, named exactly as differences name it.
///
/// There are no prefixes and no patterns, so that a rule never silences more than it says.
///
/// @param endpoint that it holds for; empty for all of the family
/// @param where the place, such as `body:$.items[*].price`
/// @param kind of difference; empty for every kind
public record Scope(Optional<Endpoint> endpoint, String where, Optional<Kind> kind) {
  private static final Pattern NUMBERED = Pattern.compile("\\[[0-9]+\\]");
  private static final Pattern PLACE = Pattern.compile("status|answer|body|[a-z]+[: ].+");

  /// @throws IllegalArgumentException with a sentence for people, if no difference has such a place
  public Scope {
    String complaint = complaint(where);
    if (complaint != null) {
      throw new IllegalArgumentException(complaint);
    }
  }

  /// Why no difference can have this place, or one that is too much to be ruled at once; null where
  /// one can.
  public static @Nullable String complaint(String where) {
    if (where.length() > Differences.WHERE_LIMIT) {
      return "the place is longer than the " + Differences.WHERE_LIMIT + " characters of any";
    }
    if (where.equals(Differences.MORE) || where.equals(ParityBook.OTHER)) {
      return "'" + where + "' is no place: it stands for many that are told of together";
    }
    if (where.startsWith("header:") && !headerName(where)) {
      return "'" + where + "': headers are named in small letters, such as header:etag";
    }
    if (NUMBERED.matcher(where).find()) {
      return "'" + where + "': positions in arrays are named [*]";
    }
    return PLACE.matcher(where).matches()
        ? null
        : "'" + where + "' is no place; places are status, answer, header:NAME, body, body:$.name";
  }

  private static boolean headerName(String where) {
    int end = where.indexOf('[');
    String name = where.substring("header:".length(), end < 0 ? where.length() : end);
    return !name.isEmpty() && name.chars().noneMatch(c -> c <= ' ' || (c >= 'A' && c <= 'Z'));
  }

  /// A kind of difference by its word.
  public static Optional<Kind> kind(String word) {
    for (Kind kind : Difference.Kind.values()) {
      if (kind.word().equals(word)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /// In words, such as `value at body:$.at of GET /users`.
  @Override
  public String toString() {
    return kind.map(Kind::word).orElse("every difference")
        + " at "
        + where
        + endpoint.map(one -> " of " + one).orElse("");
  }
}
