package dev.banyan.compare;

import dev.banyan.parity.VolatileClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// What names and values look like: which are ids or tokens, and of what. Guesses, all in one
/// place.
///
/// The **type** of an id is the singular word for what it names: `user` for `/users/7`, for a field
/// `userId`, and for the `id` in what `POST /users` answers.
final class Words {
  private static final Pattern WHOLE = Pattern.compile("\\d{1,20}");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");
  private static final Pattern HEXADECIMAL = Pattern.compile("(?=.*\\d)[0-9a-fA-F]{8,}");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d.*");
  private static final Pattern DECIMAL = Pattern.compile("[-+]?\\d*\\.\\d+");
  private static final Pattern LONG_TOKEN = Pattern.compile("[A-Za-z0-9+/_=.~-]{257,4096}");

  private static final Set<String> OWN_ID = Set.of("id", "_id", "uuid", "guid", "_key");

  /// What holds the thing asked for without naming it.
  private static final Set<String> WRAPPERS =
      Set.of(
          "",
          "$",
          "data",
          "result",
          "results",
          "item",
          "items",
          "content",
          "contents",
          "record",
          "records",
          "row",
          "rows",
          "entry",
          "entries",
          "value",
          "values",
          "list",
          "payload",
          "response",
          "embedded",
          "_embedded",
          "page",
          "edges",
          "node",
          "nodes");

  private static final Pattern ID_NAME =
      Pattern.compile(
          ".*(id|uuid|guid|token|cursor|key|slug|reference|ref|nonce|csrf|xsrf|session|secret"
              + "|number|etag|hash|jwt)");

  /// Fields that refer to something by its id.
  private static final Pattern REFERENCE =
      Pattern.compile(
          "(.*[_-])?(id|ids|uuid|guid|owner|author|creator|parent|assignee|sender|recipient"
              + "|follower|followee|by|manager|customer|user)|.*(Id|Ids|ID|IDs|Uuid|By)");

  /// Parts that somebody or something plays for another, of whatever type it is.
  private static final Pattern ROLE =
      Pattern.compile(
          "(.*[_-])?(owner|author|creator|editor|parent|assignee|sender|recipient|follower|followee"
              + "|by|manager)([_-]?(id|uuid))?",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern BY = Pattern.compile(".*By(Id)?");

  private Words() {}

  static boolean isRole(String name) {
    return ROLE.matcher(name).matches() || BY.matcher(name).matches();
  }

  static boolean isReference(String name) {
    return REFERENCE.matcher(name).matches();
  }

  static boolean isWhole(String text) {
    return WHOLE.matcher(text).matches();
  }

  /// Drawn by a machine, so that equal values are hardly chance: a UUID, a token, a hash.
  static boolean isToken(String text) {
    if (text.length() < 8
        || DATE.matcher(text).matches()
        || DECIMAL.matcher(text).matches()
        || (isWhole(text) && text.length() < 10)) {
      return false;
    }
    if (LONG_TOKEN.matcher(text).matches()) {
      return true;
    }
    VolatileClass form = VolatileClass.of("\"" + text + "\"");
    return form instanceof VolatileClass.Uuid || form instanceof VolatileClass.Token;
  }

  /// Whether a field of this name holds an id, a token or the like.
  static boolean isIdName(String name) {
    return ID_NAME.matcher(name.toLowerCase(Locale.ROOT)).matches();
  }

  static boolean isOwnId(String name) {
    return OWN_ID.contains(name.toLowerCase(Locale.ROOT));
  }

  /// Whether a segment of a path varies from thing to thing.
  static boolean varies(String segment) {
    return isWhole(segment)
        || UUID.matcher(segment).matches()
        || HEXADECIMAL.matcher(segment).matches()
        || DATE.matcher(segment).matches()
        || segment.contains("{{")
        || segment.contains("@")
        || segment.contains("%40")
        || (segment.length() >= 16 && isToken(segment));
  }

  static String singular(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    if (lower.endsWith("ies") && lower.length() > 4) {
      return lower.substring(0, lower.length() - 3) + "y";
    }
    boolean plural = lower.endsWith("s") && !lower.endsWith("ss") && lower.length() > 2;
    return plural ? lower.substring(0, lower.length() - 1) : lower;
  }

  /// Path and no query.
  static String path(String target) {
    int mark = target.indexOf('?');
    return mark < 0 ? target : target.substring(0, mark);
  }

  static List<String> segments(String target) {
    return new ArrayList<>(List.of(path(target).split("/", -1)));
  }

  /// The last fixed word of a path: `note` for `/users/7/notes/3`.
  static String typeOfPath(String target) {
    List<String> segments = segments(target);
    for (int i = segments.size() - 1; i >= 0; i--) {
      String segment = segments.get(i);
      if (!segment.isEmpty() && !varies(segment) && !segment.startsWith("{")) {
        return singular(segment);
      }
    }
    return "";
  }

  /// Whether the last fixed word of a path is a plural, as names of collections are.
  static boolean isBelowPlural(String target) {
    String type = typeOfPath(target);
    return segments(target).stream()
        .anyMatch(segment ->
            singular(segment).equals(type) && !segment.toLowerCase(Locale.ROOT).equals(type));
  }

  /// The type of the id at a place.
  ///
  /// @param path of the leaf, `$.owner.id`
  /// @param ofEndpoint the type that the endpoint is of
  static String typeOfLeaf(String path, String ofEndpoint) {
    String[] names = path.replaceAll("\\[[0-9*]*\\]", "").split("\\.", -1);
    String name = names[names.length - 1];
    if (!isOwnId(name)) {
      return stem(name);
    }
    String holder = names.length < 2 ? "" : names[names.length - 2];
    return WRAPPERS.contains(holder.toLowerCase(Locale.ROOT)) ? ofEndpoint : singular(holder);
  }

  /// `user` for `userId`, `user_id`, `userIds`.
  static String stem(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String stem = lower.replaceAll("[_-]?(ids?|uuids?|guids?|key)$", "");
    return singular(stem.isEmpty() ? lower : stem);
  }
}
