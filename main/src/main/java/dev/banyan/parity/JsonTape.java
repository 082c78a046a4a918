package dev.banyan.parity;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A JSON text and its values as numbers into it: nothing is rounded, merged, sorted, unescaped or
/// copied.
///
/// Each value is a **node**, numbered in the order of the text; node 0 is the whole. The members of
/// an object are pairs of nodes, key and value, and the first child of a node is the next one. A
/// node is four numbers in four arrays and no object, so that reading ten kilobytes makes no more
/// garbage than the arrays.
///
/// [JsonParser] writes a tape; after that it never changes.
final class JsonTape {
  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] source;
  private int[] starts;
  private int[] ends;
  private int[] afters;
  private long[] hashes;
  private int size;

  JsonTape(byte[] source) {
    this.source = source;
    int nodes = 16 + source.length / 6;
    starts = new int[nodes];
    ends = new int[nodes];
    afters = new int[nodes];
    hashes = new long[nodes];
  }

  /// Eight bytes as one number, the first one lowest.
  static long eightBytes(byte[] source, int at) {
    return (long) EIGHT_BYTES.get(source, at);
  }

  /// Begins a node that starts at an offset; [#close] ends it.
  int open(int start) {
    if (size == starts.length) {
      int larger = size + (size >> 1);
      starts = Arrays.copyOf(starts, larger);
      ends = Arrays.copyOf(ends, larger);
      afters = Arrays.copyOf(afters, larger);
      hashes = Arrays.copyOf(hashes, larger);
    }
    starts[size] = start;
    return size++;
  }

  void close(int node, int end, long hash) {
    ends[node] = end;
    afters[node] = size;
    hashes[node] = hash;
  }

  int size() {
    return size;
  }

  /// Where the value begins in the text, in bytes.
  int start(int node) {
    return starts[node];
  }

  /// Where the value ends, exclusively.
  int end(int node) {
    return ends[node];
  }

  /// The node behind this one and everything inside it.
  int after(int node) {
    return afters[node];
  }

  /// Equal for values that mean the same apart from the order of keys and the way of escaping, and
  /// for a number and the string of its digits. Equal hashes prove nothing: [JsonEquality] does.
  long hash(int node) {
    return hashes[node];
  }

  boolean isObject(int node) {
    return source[starts[node]] == '{';
  }

  boolean isArray(int node) {
    return source[starts[node]] == '[';
  }

  boolean isString(int node) {
    return source[starts[node]] == '"';
  }

  boolean isNull(int node) {
    return source[starts[node]] == 'n';
  }

  boolean isNumber(int node) {
    byte first = source[starts[node]];
    return first == '-' || (first >= '0' && first <= '9');
  }

  /// The value's type as people call it.
  String type(int node) {
    return switch (source[starts[node]]) {
      case '{' -> "object";
      case '[' -> "array";
      case '"' -> "string";
      case 't', 'f' -> "boolean";
      case 'n' -> "null";
      default -> "number";
    };
  }

  /// The elements of an array, in order.
  int[] elements(int array) {
    int count = 0;
    for (int node = array + 1; node < afters[array]; node = afters[node]) {
      count++;
    }
    int[] elements = new int[count];
    int node = array + 1;
    for (int i = 0; i < count; i++) {
      elements[i] = node;
      node = afters[node];
    }
    return elements;
  }

  boolean sameBytes(int node, JsonTape other, int theirs) {
    return Arrays.equals(
        source, starts[node], ends[node], other.source, other.starts[theirs], other.ends[theirs]);
  }

  /// Whether two strings say the same, however they are written.
  boolean saysTheSame(int node, JsonTape other, int theirs) {
    return hashes[node] == other.hashes[theirs]
        && (sameBytes(node, other, theirs) || text(node).equals(other.text(theirs)));
  }

  /// What a string says once its escapes are undone; of another value, its lexeme.
  String text(int node) {
    if (!isString(node)) {
      return lexeme(node);
    }
    int from = starts[node] + 1;
    int to = ends[node] - 1;
    String written = new String(source, from, to - from, StandardCharsets.UTF_8);
    return written.indexOf('\\') < 0 ? written : unescape(written);
  }

  /// The value as it stood.
  String lexeme(int node) {
    return new String(source, starts[node], ends[node] - starts[node], StandardCharsets.UTF_8);
  }

  /// At most so many bytes of the value, with an ellipsis where it was cut.
  String excerpt(int node, int atMost) {
    int length = ends[node] - starts[node];
    return length <= atMost
        ? lexeme(node)
        : new String(source, starts[node], atMost, StandardCharsets.UTF_8) + "…";
  }

  /// What a text with escapes says. Lone surrogates stay, as RFC 8259 section 8.2 lets them.
  static String unescape(String written) {
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

  /// A 64-bit hash of some bytes.
  static long hash(byte[] source, int from, int to) {
    long hash = (long) to - from;
    int at = from;
    for (; at + 8 <= to; at += 8) {
      hash = mix(hash ^ eightBytes(source, at));
    }
    if (at < to) {
      hash = mix(hash ^ rest(source, at, to));
    }
    return hash;
  }

  /// Fewer than eight bytes as one number.
  private static long rest(byte[] source, int at, int to) {
    if (at + 8 <= source.length) {
      return eightBytes(source, at) & ((1L << (Byte.SIZE * (to - at))) - 1);
    }
    long rest = 0;
    for (int i = to - 1; i >= at; i--) {
      rest = (rest << 8) | (source[i] & 0xff);
    }
    return rest;
  }

  static long mix(long hash) {
    long mixed = (hash ^ (hash >>> 32)) * 0x9fb21c651e98df25L;
    return mixed ^ (mixed >>> 35);
  }
}
