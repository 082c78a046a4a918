package dev.banyan.parity;

import dev.banyan.exchange.Request;
import dev.banyan.migration.Endpoint;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Turns values into tokens of the same length and kinds of characters before they are kept.
///
/// A digit becomes a digit, a letter a letter of the same case, everything else stays: type, format
/// and length can be read, the value can not. Under one key equal values have equal tokens and
/// different values different ones (ASCII letters and digits only: others are merely replaced), so
/// that equality can still be seen. `true`, `false` and `null` stay, and so do words that belong to
/// HTTP and not to its users.
///
/// Tokens come from a Feistel network over the positions of a value, keyed by HMAC-SHA-256. One
/// letter or digit alone is hardly hidden by any scheme that keeps its kind.
///
/// May be used from any thread.
public final class Redaction {

  /// What stands for a value that a side did not have.
  public static final String ABSENT = "(absent)";

  /// In characters; longer values are cut before they are redacted.
  public static final int LENGTH_LIMIT = 256;

  private static final int ROUNDS = 4;

  private static final Set<String> JSON_WORDS = Set.of("true", "false", "null");

  /// Words of HTTP that may stay readable in header values.
  private static final Set<String> HTTP_WORDS =
      Set.of(
          "accept",
          "application",
          "attachment",
          "attributes",
          "authorization",
          "basic",
          "bearer",
          "br",
          "bytes",
          "charset",
          "close",
          "cookie",
          "deflate",
          "delete",
          "domain",
          "encoding",
          "expires",
          "get",
          "gzip",
          "head",
          "html",
          "httponly",
          "identity",
          "immutable",
          "inline",
          "iso",
          "json",
          "language",
          "lax",
          "max-age",
          "must-revalidate",
          "no",
          "no-cache",
          "no-store",
          "none",
          "nosniff",
          "octet-stream",
          "options",
          "origin",
          "patch",
          "path",
          "plain",
          "post",
          "private",
          "problem",
          "public",
          "put",
          "realm",
          "s-maxage",
          "samesite",
          "secure",
          "strict",
          "text",
          "utf-8",
          "vary",
          "xml");

  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*");

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z_.\\[\\]-]{0,31}");

  /// What comparing itself puts before an excerpt of a body. No JSON value begins like this.
  private static final Pattern NOTE =
      Pattern.compile("\\[(?:line \\d{1,9}|byte \\d{1,9}|\\d{1,9} bytes)\\] ");

  private final SecretKeySpec key;

  /// @param key at least 16 random bytes, the same for as long as tokens are to be compared
  public Redaction(byte[] key) {
    if (key.length < 16) {
      throw new IllegalArgumentException("a redaction key needs 16 bytes, not " + key.length);
    }
    this.key = new SecretKeySpec(key, "HmacSHA256");
  }

  /// One side's value at a place of a difference, as it may be kept.
  public String value(String where, @Nullable String value) {
    if (value == null) {
      return ABSENT;
    }
    // these are written by Comparison itself and hold no one's data
    if (where.equals("status") || where.equals("answer") || where.equals(Differences.MORE)) {
      return value;
    }
    String cut = cut(value);
    if (where.equals("header:vary") || where.equals("header:allow")) {
      return cut;
    }
    if (where.startsWith("header:")) {
      return headerValue(cut);
    }
    Matcher note = NOTE.matcher(cut);
    if (note.lookingAt()) {
      return note.group() + token(cut.substring(note.end()));
    }
    return JSON_WORDS.contains(cut) ? cut : token(cut);
  }

  /// The request line: the template's own words and the names of query parameters stay.
  public String requestLine(Request request, Endpoint endpoint) {
    String target = cut(request.target());
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    String line = request.method() + " " + path(path, endpoint.template());
    return mark < 0 ? line : line + "?" + query(target.substring(mark + 1));
  }

  private static String cut(String value) {
    return value.length() <= LENGTH_LIMIT ? value : value.substring(0, LENGTH_LIMIT) + "…";
  }

  private String path(String path, String template) {
    String[] literals = template.split("/", -1);
    String[] segments = path.split("/", -1);
    List<String> kept = new ArrayList<>();
    boolean below = false;
    for (int i = 0; i < segments.length; i++) {
      below |= i >= literals.length || literals[i].equals("**");
      kept.add(!below && segments[i].equals(literals[i]) ? segments[i] : token(segments[i]));
    }
    return String.join("/", kept);
  }

  private String query(String query) {
    List<String> kept = new ArrayList<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      boolean named = equals >= 0 && NAME.matcher(name).matches();
      kept.add(
          (named ? name : token(name))
              + (equals < 0 ? "" : "=" + token(pair.substring(equals + 1))));
    }
    return String.join("&", kept);
  }

  private String headerValue(String value) {
    Matcher words = WORD.matcher(value);
    return words.replaceAll(word -> {
      String text = word.group();
      boolean known = HTTP_WORDS.contains(text.toLowerCase(Locale.ROOT));
      return Matcher.quoteReplacement(known ? text : token(text));
    });
  }

  /// The same characters, letters and digits exchanged.
  String token(String value) {
    char[] token = value.toCharArray();
    int[] places = places(token);
    String pattern = pattern(token, places);
    if (places.length == 0) {
      return new String(token);
    }
    if (places.length == 1) {
      int radix = radix(token[places[0]]);
      // never by nothing, or the only character would show
      shift(token, places[0], 1 + Math.floorMod(stream(pattern, 0, "", 1)[0], radix - 1));
      return new String(token);
    }
    int half = places.length / 2;
    for (int round = 0; round < ROUNDS; round++) {
      boolean left = round % 2 == 0;
      int from = left ? 0 : half;
      int to = left ? half : places.length;
      String other = characters(token, places, left ? half : 0, left ? places.length : half);
      byte[] shifts = stream(pattern, round, other, 2 * (to - from));
      for (int i = from; i < to; i++) {
        int at = 2 * (i - from);
        shift(token, places[i], (shifts[at] & 0xff) << 8 | (shifts[at + 1] & 0xff));
      }
    }
    return new String(token);
  }

  /// Positions of the letters and digits that are exchanged. Escapes of percent and of backslash
  /// keep their form where they stand for a mark and not for a letter.
  private static int[] places(char[] value) {
    int[] places = new int[value.length];
    int count = 0;
    int i = 0;
    while (i < value.length) {
      char c = value[i];
      if (c == '%' && isMark(value, i)) {
        i += 3;
      } else if (c == '\\' && i + 1 < value.length && value[i + 1] < 0x80) {
        i += 2;
      } else {
        if (plain(c) != c) {
          value[i] = plain(c);
        }
        if (radix(value[i]) > 0) {
          places[count++] = i;
        }
        i++;
      }
    }
    return Arrays.copyOf(places, count);
  }

  private static boolean isMark(char[] value, int percent) {
    if (percent + 2 >= value.length) {
      return false;
    }
    int high = Character.digit(value[percent + 1], 16);
    int low = Character.digit(value[percent + 2], 16);
    int decoded = high * 16 + low;
    return high >= 0 && low >= 0 && decoded < 0x80 && radix((char) decoded) == 0;
  }

  /// A letter of ASCII in place of any character beyond it; the mark of a cut stays.
  private static char plain(char c) {
    if (c < 0x80 || c == '…') {
      return c;
    }
    return (char) ((Character.isUpperCase(c) ? 'A' : 'a') + c % 26);
  }

  /// How many characters are of this one's kind; 0 for those that stay.
  private static int radix(char c) {
    if (c >= '0' && c <= '9') {
      return 10;
    }
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? 26 : 0;
  }

  private static char base(char c) {
    return c <= '9' ? '0' : c <= 'Z' ? 'A' : 'a';
  }

  private static void shift(char[] token, int at, int by) {
    char base = base(token[at]);
    token[at] = (char) (base + (token[at] - base + by) % radix(token[at]));
  }

  private static String pattern(char[] token, int[] places) {
    StringBuilder pattern = new StringBuilder(places.length);
    for (int place : places) {
      pattern.append(base(token[place]));
    }
    return pattern.toString();
  }

  private static String characters(char[] token, int[] places, int from, int to) {
    StringBuilder characters = new StringBuilder(to - from);
    for (int i = from; i < to; i++) {
      characters.append(token[places[i]]);
    }
    return characters.toString();
  }

  /// Bytes that only the key's holder can foretell.
  private byte[] stream(String pattern, int round, String input, int length) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      byte[] stream = new byte[length];
      for (int at = 0; at < length; at += mac.getMacLength()) {
        String block = pattern + '|' + round + '|' + at + '|' + input;
        byte[] bytes = mac.doFinal(block.getBytes(StandardCharsets.US_ASCII));
        System.arraycopy(bytes, 0, stream, at, Math.min(bytes.length, length - at));
      }
      return stream;
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
    }
  }
}
