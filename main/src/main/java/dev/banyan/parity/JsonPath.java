package dev.banyan.parity;

import org.jspecify.annotations.Nullable;

/// A place in a JSON body, kept as a chain so that paths are written out only where something
/// differs.
///
/// Array positions are `[*]`, and so is a key that is itself a value (a number, a UUID, an e-mail
/// address): such places are counted together, and nobody's address becomes the name of a place.
/// Used by one thread.
final class JsonPath {
  /// What stands between the digits of a date, a telephone number, an address of the network.
  private static final String MARKS = "-+.:/() ";

  /// In characters; longer keys are cut.
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
    String step = isValue(key) ? "[*]" : isName(key) ? "." + key : quoted(key);
    JsonPath place = new JsonPath(this, step);
    lastKey = key;
    lastPlace = place;
    return place;
  }

  JsonPath element() {
    return new JsonPath(this, "[*]");
  }

  private static boolean isName(String key) {
    if (key.isEmpty() || key.length() > KEY_LIMIT || Character.isDigit(key.charAt(0))) {
      return false;
    }
    return key.chars().allMatch(c -> c == '_' || c == '-' || c == '$' || isAsciiLetterOrDigit(c));
  }

  private static boolean isValue(String key) {
    int marks = 0;
    int digits = 0;
    int hexadecimal = 0;
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      marks += MARKS.indexOf(c) >= 0 ? 1 : 0;
      digits += Character.isDigit(c) ? 1 : 0;
      hexadecimal += Character.digit(c, 16) >= 0 ? 1 : 0;
    }
    boolean number = digits > 0 && digits + marks == key.length();
    // Hexadecimal, or random letters and digits as in a session's token.
    boolean token =
        key.length() >= 16 && (digits > 1 || (digits > 0 && hexadecimal + marks == key.length()));
    return number || token || key.indexOf('@') > 0;
  }

  private static boolean isAsciiLetterOrDigit(int c) {
    return c < 0x80 && Character.isLetterOrDigit(c);
  }

  private static String quoted(String key) {
    StringBuilder quoted = new StringBuilder("['");
    for (int i = 0; i < Math.min(key.length(), KEY_LIMIT); i++) {
      char c = key.charAt(i);
      if (c == '\'' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (Character.isISOControl(c) || Character.isSurrogate(c)) {
        quoted.append("\\u").append(String.format("%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append(key.length() > KEY_LIMIT ? "…']" : "']").toString();
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
