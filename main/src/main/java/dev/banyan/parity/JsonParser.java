package dev.banyan.parity;

import java.nio.charset.StandardCharsets;

/// Reads a JSON text strictly by RFC 8259 onto a [JsonTape].
///
/// One pass over the bytes, one step of recursion per level of nesting, and never more levels or
/// nodes than allowed. A text that is not JSON, has more of either or is not UTF-8 is an ordinary
/// outcome: no input makes the parser throw. A byte order mark is refused, because many clients
/// refuse it.
///
/// Every method takes the offset where something begins and returns the one behind it.
final class JsonParser {

  /// What reading came to.
  sealed interface Outcome {
    record Parsed(JsonTape tape) implements Outcome {}

    /// @param at the offset of the byte that can not stand there
    record NotJson(int at, String why) implements Outcome {}

    /// It may be JSON, but is nested too deep or has too many values to be read.
    record TooMuch(int at, String why) implements Outcome {}
  }

  /// Carries a fault out of the recursion; never leaves this class.
  private static final class Fault extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Outcome outcome;

    Fault(Outcome outcome) {
      super("not read", null, false, false);
      this.outcome = outcome;
    }
  }

  /// Keys and values. Each takes twenty bytes of memory and as little as two of text, so a small
  /// compressed answer could fill the heap.
  static final int NODES = 2 << 20;

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = ONES << 7;

  private final byte[] source;
  private final int depthLimit;
  private final JsonTape tape;

  private JsonParser(byte[] source, int depthLimit) {
    this.source = source;
    this.depthLimit = depthLimit;
    this.tape = new JsonTape(source);
  }

  /// Reads the whole text. The bytes must not change while the outcome is in use.
  static Outcome parse(byte[] text, int depthLimit) {
    JsonParser parser = new JsonParser(text, depthLimit);
    try {
      int end = parser.space(parser.value(parser.space(0), 0));
      return end < text.length
          ? new Outcome.NotJson(end, "text after the value")
          : new Outcome.Parsed(parser.tape);
    } catch (Fault fault) {
      return fault.outcome;
    }
  }

  private int value(int at, int depth) throws Fault {
    if (tape.size() >= NODES) {
      throw new Fault(new Outcome.TooMuch(at, "more than " + NODES + " keys and values"));
    }
    return switch (byteAt(at)) {
      case '{' -> object(at, depth + 1);
      case '[' -> array(at, depth + 1);
      case '"' -> string(at);
      case 't' -> word(at, "true");
      case 'f' -> word(at, "false");
      case 'n' -> word(at, "null");
      default -> number(at);
    };
  }

  private int object(int start, int depth) throws Fault {
    int node = enter(start, depth);
    long hash = 1;
    int at = space(start + 1);
    if (byteAt(at) != '}') {
      while (true) {
        if (byteAt(at) != '"') {
          throw fault(at, "a key is missing");
        }
        int key = tape.size();
        at = string(at);
        at = space(expect(space(at), ':'));
        int value = tape.size();
        at = space(value(at, depth));
        // a sum, so that the order of keys does not matter
        hash += JsonTape.mix(tape.hash(key) * 31 + tape.hash(value));
        if (byteAt(at) != ',') {
          break;
        }
        at = space(at + 1);
      }
    }
    at = expect(at, '}');
    tape.close(node, at, JsonTape.mix(hash));
    return at;
  }

  private int array(int start, int depth) throws Fault {
    int node = enter(start, depth);
    long hash = 2;
    int at = space(start + 1);
    if (byteAt(at) != ']') {
      while (true) {
        int element = tape.size();
        at = space(value(at, depth));
        hash = JsonTape.mix(hash * 31 + tape.hash(element));
        if (byteAt(at) != ',') {
          break;
        }
        at = space(at + 1);
      }
    }
    at = expect(at, ']');
    tape.close(node, at, hash);
    return at;
  }

  private int enter(int at, int depth) throws Fault {
    if (depth > depthLimit) {
      throw new Fault(new Outcome.TooMuch(at, "nested deeper than " + depthLimit + " levels"));
    }
    return tape.open(at);
  }

  private int word(int start, String word) throws Fault {
    int at = start;
    for (int i = 0; i < word.length(); i++) {
      at = expect(at, word.charAt(i));
    }
    return leaf(start, at);
  }

  private int number(int start) throws Fault {
    int at = byteAt(start) == '-' ? start + 1 : start;
    at = byteAt(at) == '0' ? at + 1 : digits(at);
    if (byteAt(at) == '.') {
      at = digits(at + 1);
    }
    if (byteAt(at) == 'e' || byteAt(at) == 'E') {
      at++;
      at = digits(byteAt(at) == '+' || byteAt(at) == '-' ? at + 1 : at);
    }
    return leaf(start, at);
  }

  private int leaf(int start, int end) {
    tape.close(tape.open(start), end, JsonTape.hash(source, start, end));
    return end;
  }

  private int digits(int start) throws Fault {
    int at = start;
    while (at < source.length && source[at] >= '0' && source[at] <= '9') {
      at++;
    }
    if (at == start) {
      throw fault(at, at < source.length ? "a digit or a value is missing" : "the text ends");
    }
    return at;
  }

  private int string(int start) throws Fault {
    boolean escaped = false;
    int at = plain(start + 1);
    while (byteAt(at) != '"') {
      int b = byteAt(at);
      if (b < 0) {
        throw fault(at, "the text ends inside a string");
      } else if (b < 0x20) {
        throw fault(at, "a control character inside a string");
      } else if (b == '\\') {
        escaped = true;
        at = escape(at);
      } else {
        at += b < 0x80 ? 1 : characterLength(at);
      }
      at = plain(at);
    }
    tape.close(tape.open(start), at + 1, escaped ? saidHash(start + 1, at) : hash(start + 1, at));
    return at + 1;
  }

  private long hash(int from, int to) {
    return JsonTape.hash(source, from, to);
  }

  private long saidHash(int from, int to) {
    String written = new String(source, from, to - from, StandardCharsets.UTF_8);
    byte[] said = JsonTape.unescape(written).getBytes(StandardCharsets.UTF_8);
    return JsonTape.hash(said, 0, said.length);
  }

  /// Passes over characters that stand for themselves, eight at a time, as far as eight are left: a
  /// high bit is set where a byte is a quote, a backslash, a control character or beyond ASCII.
  private int plain(int start) {
    int at = start;
    while (at + 8 <= source.length) {
      long eight = JsonTape.eightBytes(source, at);
      long quote = eight ^ (ONES * '"');
      long backslash = eight ^ (ONES * '\\');
      long special =
          (eight
                  | ((quote - ONES) & ~quote)
                  | ((backslash - ONES) & ~backslash)
                  | ((eight - ONES * ' ') & ~eight))
              & HIGH_BITS;
      if (special != 0) {
        return at + (Long.numberOfTrailingZeros(special) >>> 3);
      }
      at += 8;
    }
    return at;
  }

  private int escape(int start) throws Fault {
    int at = start + 1;
    return switch (byteAt(at)) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at + 1;
      case 'u' -> fourDigits(at + 1);
      default -> throw fault(at, "an escape that JSON does not have");
    };
  }

  private int fourDigits(int start) throws Fault {
    for (int at = start; at < start + 4; at++) {
      int digit = byteAt(at);
      if (digit < 0 || digit > 0x7f || Character.digit(digit, 16) < 0) {
        throw fault(at, "a hexadecimal digit is missing");
      }
    }
    return start + 4;
  }

  /// Bytes of the UTF-8 character that begins here (RFC 3629 section 4: no overlong forms, no
  /// surrogates, nothing above U+10FFFF).
  private int characterLength(int at) throws Fault {
    int first = byteAt(at);
    int second = byteAt(at + 1);
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
      sound &= (byteAt(at + i) & 0xc0) == 0x80 && byteAt(at + i) >= 0;
    }
    if (!sound) {
      throw fault(at, "bytes that are not UTF-8");
    }
    return length;
  }

  private int space(int start) {
    int at = start;
    while (at < source.length
        && source[at] <= ' '
        && (source[at] == ' ' || source[at] == '\n' || source[at] == '\r' || source[at] == '\t')) {
      at++;
    }
    return at;
  }

  private int expect(int at, char c) throws Fault {
    if (byteAt(at) != c) {
      throw fault(at, at < source.length ? "'" + c + "' is missing" : "the text ends too soon");
    }
    return at + 1;
  }

  /// The byte at an offset, -1 at the end.
  private int byteAt(int at) {
    return at < source.length ? source[at] & 0xff : -1;
  }

  private static Fault fault(int at, String why) {
    return new Fault(new Outcome.NotJson(at, why));
  }
}
