package dev.banyan.parity;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads a JSON text strictly by RFC 8259 and keeps every lexeme.
///
/// One pass over the bytes, one step of recursion per level of nesting, and never more levels than
/// or values than allowed. A text that is not JSON, has more of either or is not UTF-8 is an
/// ordinary outcome: no input makes the parser throw. A byte order mark is refused, because many
/// clients refuse it.
final class JsonParser {

  /// What reading came to.
  sealed interface Outcome {
    record Parsed(JsonValue value) implements Outcome {}

    /// @param at the offset of the byte that can not stand there
    record NotJson(int at, String why) implements Outcome {}
  }

  /// Carries a fault out of the recursion; never leaves this class.
  private static final class Fault extends Exception {
    private static final long serialVersionUID = 1;
    private final int at;
    private final String why;

    Fault(int at, String why) {
      super(why, null, false, false);
      this.at = at;
      this.why = why;
    }
  }

  /// A value takes some hundred bytes of memory and two of text, so a small compressed answer could
  /// fill the heap.
  static final int VALUES = 1 << 20;

  private final byte[] source;
  private final int depthLimit;
  private int at;
  private int values;

  private JsonParser(byte[] source, int depthLimit) {
    this.source = source;
    this.depthLimit = depthLimit;
  }

  /// Reads the whole text. The bytes must not change while the outcome is in use.
  static Outcome parse(byte[] text, int depthLimit) {
    JsonParser parser = new JsonParser(text, depthLimit);
    try {
      parser.skipSpace();
      JsonValue value = parser.value(0);
      parser.skipSpace();
      if (parser.at < text.length) {
        return new Outcome.NotJson(parser.at, "text after the value");
      }
      return new Outcome.Parsed(value);
    } catch (Fault fault) {
      return new Outcome.NotJson(fault.at, fault.why);
    }
  }

  private JsonValue value(int depth) throws Fault {
    if (++values > VALUES) {
      throw new Fault(at, "more than " + VALUES + " values");
    }
    return switch (peek()) {
      case '{' -> object(depth + 1);
      case '[' -> array(depth + 1);
      case '"' -> string();
      case 't' -> bool("true");
      case 'f' -> bool("false");
      case 'n' -> {
        Lexeme lexeme = word("null");
        yield new JsonValue.JsonNull(lexeme, lexeme.hash());
      }
      default -> number();
    };
  }

  private JsonValue object(int depth) throws Fault {
    int start = enter(depth);
    List<JsonValue.Member> members = new ArrayList<>();
    long hash = 1;
    skipSpace();
    if (peek() != '}') {
      while (true) {
        skipSpace();
        if (peek() != '"') {
          throw new Fault(at, "a key is missing");
        }
        JsonValue.JsonString key = string();
        skipSpace();
        expect(':');
        skipSpace();
        JsonValue value = value(depth);
        members.add(new JsonValue.Member(key, value));
        // a sum, so that the order of keys does not matter
        hash += mix(key.hash() * 31 + value.hash());
        skipSpace();
        if (peek() != ',') {
          break;
        }
        at++;
      }
    }
    expect('}');
    return new JsonValue.JsonObject(new Lexeme(source, start, at), members, hash);
  }

  private JsonValue array(int depth) throws Fault {
    int start = enter(depth);
    List<JsonValue> elements = new ArrayList<>();
    long hash = 2;
    skipSpace();
    if (peek() != ']') {
      while (true) {
        skipSpace();
        JsonValue element = value(depth);
        elements.add(element);
        hash = mix(hash * 31 + element.hash());
        skipSpace();
        if (peek() != ',') {
          break;
        }
        at++;
      }
    }
    expect(']');
    return new JsonValue.JsonArray(new Lexeme(source, start, at), elements, hash);
  }

  private int enter(int depth) throws Fault {
    if (depth > depthLimit) {
      throw new Fault(at, "nested deeper than " + depthLimit + " levels");
    }
    return at++;
  }

  private JsonValue bool(String word) throws Fault {
    Lexeme lexeme = word(word);
    return new JsonValue.JsonBoolean(lexeme, lexeme.hash());
  }

  private Lexeme word(String word) throws Fault {
    int start = at;
    for (int i = 0; i < word.length(); i++) {
      expect(word.charAt(i));
    }
    return new Lexeme(source, start, at);
  }

  private JsonValue number() throws Fault {
    int start = at;
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits();
    }
    if (peek() == '.') {
      at++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
    }
    Lexeme lexeme = new Lexeme(source, start, at);
    return new JsonValue.JsonNumber(lexeme, lexeme.hash());
  }

  private void digits() throws Fault {
    if (!isDigit(peek())) {
      throw new Fault(at, "a digit or a value is missing");
    }
    while (isDigit(peek())) {
      at++;
    }
  }

  private static boolean isDigit(int b) {
    return b >= '0' && b <= '9';
  }

  private JsonValue.JsonString string() throws Fault {
    int start = at++;
    boolean escaped = false;
    while (peek() != '"') {
      int b = peek();
      if (b < 0) {
        throw new Fault(at, "the text ends inside a string");
      } else if (b < 0x20) {
        throw new Fault(at, "a control character inside a string");
      } else if (b == '\\') {
        escaped = true;
        skipEscape();
      } else if (b < 0x80) {
        at++;
      } else {
        at += characterLength(b);
      }
    }
    at++;
    Lexeme lexeme = new Lexeme(source, start, at);
    if (!escaped) {
      return new JsonValue.JsonString(lexeme, false, lexeme.inner().hash());
    }
    byte[] said = unescape(lexeme).getBytes(StandardCharsets.UTF_8);
    return new JsonValue.JsonString(lexeme, true, new Lexeme(said, 0, said.length).hash());
  }

  private void skipEscape() throws Fault {
    at++;
    switch (peek()) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at++;
      case 'u' -> {
        at++;
        for (int i = 0; i < 4; i++) {
          if (peek() < 0 || Character.digit(peek(), 16) < 0) {
            throw new Fault(at, "a hexadecimal digit is missing");
          }
          at++;
        }
      }
      default -> throw new Fault(at, "an escape that JSON does not have");
    }
  }

  /// Bytes of the UTF-8 character that begins here (RFC 3629 section 4: no overlong forms, no
  /// surrogates, nothing above U+10FFFF).
  private int characterLength(int first) throws Fault {
    int second = at + 1 < source.length ? source[at + 1] & 0xff : -1;
    int length;
    boolean sound;
    if (first >= 0xc2 && first <= 0xdf) {
      length = 2;
      sound = true;
    } else if (first >= 0xe0 && first <= 0xef) {
      length = 3;
      sound = (first != 0xe0 || second >= 0xa0) && (first != 0xed || second < 0xa0);
    } else {
      length = 4;
      sound =
          first >= 0xf0
              && first <= 0xf4
              && (first != 0xf0 || second >= 0x90)
              && (first != 0xf4 || second < 0x90);
    }
    for (int i = 1; i < length; i++) {
      sound &= at + i < source.length && (source[at + i] & 0xc0) == 0x80;
    }
    if (!sound) {
      throw new Fault(at, "bytes that are not UTF-8");
    }
    return length;
  }

  /// What a string with escapes says. Lone surrogates stay, as RFC 8259 section 8.2 lets them.
  static String unescape(Lexeme quoted) {
    String written = quoted.inner().toString();
    StringBuilder said = new StringBuilder(written.length());
    int i = 0;
    while (i < written.length()) {
      char c = written.charAt(i++);
      if (c != '\\') {
        said.append(c);
        continue;
      }
      char escape = written.charAt(i++);
      switch (escape) {
        case 'b' -> said.append('\b');
        case 'f' -> said.append('\f');
        case 'n' -> said.append('\n');
        case 'r' -> said.append('\r');
        case 't' -> said.append('\t');
        case 'u' -> {
          said.append((char) Integer.parseInt(written, i, i + 4, 16));
          i += 4;
        }
        default -> said.append(escape);
      }
    }
    return said.toString();
  }

  private void skipSpace() {
    while (at < source.length
        && (source[at] == ' ' || source[at] == '\n' || source[at] == '\r' || source[at] == '\t')) {
      at++;
    }
  }

  private void expect(char c) throws Fault {
    if (peek() != c) {
      throw new Fault(at, at < source.length ? "'" + c + "' is missing" : "the text ends too soon");
    }
    at++;
  }

  /// The byte at hand, -1 at the end.
  private int peek() {
    return at < source.length ? source[at] & 0xff : -1;
  }

  private static long mix(long hash) {
    long mixed = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
    return mixed ^ (mixed >>> 33);
  }
}
