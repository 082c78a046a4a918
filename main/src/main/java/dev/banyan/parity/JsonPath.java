package dev.banyan.parity;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A place in a JSON body, kept as a chain so that paths are written out only where something
/// differs.
///
/// Array positions are `[*]`, and so is a key that is itself a value (a number, a UUID, an e-mail
/// address, somebody's name): such places are counted together, and no one's data becomes the name
/// of a place, which is kept as it is. Used by one thread.
final class JsonPath {
  private static final Pattern IDENTIFIER =
      Pattern.compile("[@$_]?[A-Za-z][A-Za-z0-9_$-]*(?:[.:][A-Za-z_][A-Za-z0-9_$-]*)*");

  /// In characters; no name is longer.
  private static final int KEY_LIMIT = 64;

  private final @Nullable JsonPath parent;
  private final String step;

  /// Written out when first asked for: below one deep place there may be a million differences.
  private @Nullable String written;

  /// Elements of an array often differ at the same key: the last place below this one is kept.
  private @Nullable String lastKey;

  private @Nullable JsonPath lastPlace;

  private JsonPath(@Nullable JsonPath parent, String step) {
    this.parent = parent;
    this.step = step;
  }

  static JsonPath root() {
    return new JsonPath(null, "$");
  }

  boolean isRoot() {
    return parent == null;
  }

  JsonPath key(String key) {
    JsonPath known = lastPlace;
    if (known != null && key.equals(lastKey)) {
      return known;
    }
    String step = !isName(key) ? "[*]" : isPlain(key) ? "." + key : "['" + key + "']";
    JsonPath place = new JsonPath(this, step);
    lastKey = key;
    lastPlace = place;
    return place;
  }

  JsonPath element() {
    return new JsonPath(this, "[*]");
  }

  /// Whether a word is a name, as programs give them, and no value: identifiers, also such as
  /// `xml:lang`, `server.port` and `@type`. Anything else might be somebody's data. Numbers and
  /// drawn tokens are values though identifiers might look like them.
  static boolean isName(String key) {
    return key.length() <= KEY_LIMIT && IDENTIFIER.matcher(key).matches() && !isValue(key);
  }

  private static boolean isValue(String key) {
    int digits = 0;
    int runs = 0;
    int turns = 0;
    int letters = 0;
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      char before = i == 0 ? '_' : key.charAt(i - 1);
      boolean digit = Character.isDigit(c);
      digits += digit ? 1 : 0;
      letters += Character.isLetter(c) ? 1 : 0;
      runs += digit && !Character.isDigit(before) ? 1 : 0;
      turns += Character.isUpperCase(c) && Character.isLowerCase(before) ? 1 : 0;
    }
    // `line2` and `sha256` are names; `u4711` and `x7k2p` are not. The words of a name in camel
    // case are longer than two letters.
    return digits > 3 || runs > 1 || (letters >= 12 && turns * 3 > letters);
  }

  private static boolean isPlain(String key) {
    return key.chars().noneMatch(c -> c == '.' || c == ':' || c == '@');
  }

  /// The place as differences name it, `body` for the root itself where nothing is below it.
  String where() {
    return isRoot() ? "body" : "body:" + this;
  }

  /// The place's name; one that is longer than differences show is not written to its end.
  @Override
  public String toString() {
    String known = written;
    if (known != null) {
      return known;
    }
    String above = parent == null ? "" : parent.toString();
    String name = above.length() > Differences.WHERE_LIMIT ? above : above + step;
    written = name;
    return name;
  }
}
