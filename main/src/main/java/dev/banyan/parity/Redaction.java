package dev.banyan.parity;

import dev.banyan.exchange.Request;
import dev.banyan.migration.Endpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Turns values into tokens of the same length and kinds of characters before they are kept.
///
/// A value is taken word by word. A digit becomes a digit, a letter a letter of the same case and
/// script; UUIDs, hexadecimal numbers, tokens drawn at random and the parts of JSON Web Tokens stay
/// what they are, in an alphabet of their own; marks and white space stay. So type, format and
/// length can be read, and the value can not. Under one key equal words have equal tokens and
/// different words of one form different ones, so that equality can still be seen, also between a
/// path, a header and a body. Short words of letters (up to three) in a longer text are hidden
/// together with that text, because how often such a word comes would tell what it is.
///
/// What may stay readable is listed, everything else is hidden: `true`, `false` and `null`, words
/// of HTTP in headers of HTTP, names of headers in `Vary`, methods, the fixed parts of a path, and
/// names of query parameters that look like names.
///
/// One letter or digit alone is hardly hidden by any scheme that keeps its kind: whoever knows one
/// value of a field with ten learns one of the others. [Token] says how tokens are made.
///
/// May be used from any thread.
public final class Redaction {

  /// What stands for a value that a side did not have.
  public static final String ABSENT = "(absent)";

  /// In characters; longer values are cut before they are redacted.
  public static final int LENGTH_LIMIT = 256;

  private static final Set<String> JSON_WORDS = Set.of("true", "false", "null");

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

  /// Words of HTTP that may stay readable in values of headers that HTTP defines.
  private static final Set<String> HTTP_WORDS =
      Set.of(
          """
          accept application attachment attributes authorization basic bearer br bytes
          charset close cookie credentials deflate delete digest domain encoding error
          expires filename form-data get gzip head html httponly identity immutable
          inline iso json language lax max-age multipart must-revalidate no no-cache
          no-store no-transform none nosniff octet-stream options origin partitioned
          patch path plain post private problem public put realm s-maxage samesite scope
          secure stale-if-error stale-while-revalidate strict text utf-8 vary w weak xml
          """
              .split("\\s+"));

  /// Beginnings of the names of headers in which such words are no one's data.
  private static final List<String> HTTP_HEADERS =
      List.of(
          "accept",
          "access-control-",
          "allow",
          "authorization",
          "cache-control",
          "content-",
          "cross-origin-",
          "etag",
          "location",
          "proxy-authenticate",
          "referrer-policy",
          "set-cookie",
          "vary",
          "www-authenticate",
          "x-content-type-options",
          "x-frame-options");

  /// What stands between words. Of the marks within words, `-`, `.`, `:`, `@`, `_`, `+`, `%` and
  /// `~` are the usual ones in dates, addresses and ids.
  private static final String SEPARATORS = " \t\r\n\f\"'`<>(){}[],;=&|/?#!";

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
    if (where.startsWith("header:")) {
      return headerValue(where.substring("header:".length()), cut);
    }
    Matcher note = NOTE.matcher(cut);
    if (note.lookingAt()) {
      return note.group() + text(cut.substring(note.end()), false);
    }
    boolean json =
        where.startsWith("body:") && !cut.isEmpty() && "\"{[".indexOf(cut.charAt(0)) >= 0;
    return JSON_WORDS.contains(cut) ? cut : text(cut, json);
  }

  /// The request line: the template's own words and the names of query parameters stay.
  public String requestLine(Request request, Endpoint endpoint) {
    String target = cut(request.target());
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    String method = METHODS.contains(request.method()) ? request.method() : token(request.method());
    String line = method + " " + path(path, endpoint.template());
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

  private String headerValue(String name, String value) {
    if (name.equals("vary") || name.equals("allow")) {
      return names(value);
    }
    boolean known = HTTP_HEADERS.stream().anyMatch(name::startsWith);
    return words(value, false, word -> known && isOfHttp(word));
  }

  private static boolean isOfHttp(String word) {
    return Arrays.stream(word.toLowerCase(Locale.ROOT).split("\\+", -1))
        .allMatch(HTTP_WORDS::contains);
  }

  /// A list of names of headers or methods. Two words between commas are no name.
  private String names(String list) {
    return Arrays.stream(list.split(",", -1))
        .map(each -> JsonPath.isName(each.strip()) ? each : text(each, false))
        .collect(Collectors.joining(","));
  }

  /// A text of any kind: a value, a sentence, a statement of SQL, a line of a stack trace.
  private String text(String text, boolean json) {
    return words(text, json, _ -> false);
  }

  /// A single word, or what is taken for one.
  String token(String value) {
    return text(value, false);
  }

  private String words(String text, boolean json, Predicate<String> kept) {
    boolean several = isSeveral(text);
    StringBuilder tokens = new StringBuilder(text.length());
    int at = 0;
    while (at < text.length()) {
      int end = at;
      while (end < text.length() && !endsWord(text, end, json)) {
        end += json && text.charAt(end) == '\\' ? 2 : 1;
      }
      end = Math.min(end, text.length());
      String word = text.substring(at, end);
      tokens.append(kept.test(word) ? word : word(word, json, several ? text : ""));
      if (end < text.length()) {
        tokens.append(text.charAt(end++));
      }
      at = end;
    }
    return tokens.toString();
  }

  private static boolean endsWord(String text, int at, boolean json) {
    return !(json && text.charAt(at) == '\\') && SEPARATORS.indexOf(text.charAt(at)) >= 0;
  }

  /// Whether there is more than one word, quotes around them apart.
  private static boolean isSeveral(String text) {
    int words = 0;
    boolean inside = false;
    for (int i = 0; i < text.length(); i++) {
      boolean within = SEPARATORS.indexOf(text.charAt(i)) < 0;
      words += within && !inside ? 1 : 0;
      inside = within;
    }
    return words > 1;
  }

  private String word(String word, boolean json, String text) {
    String[] parts = word.split("\\.", -1);
    boolean jwt = word.startsWith("eyJ") && Arrays.stream(parts).allMatch(Token::isJwtPart);
    if (jwt) {
      return Arrays.stream(parts)
          .map(part -> Token.ofJwtPart(part).under(key, ""))
          .collect(Collectors.joining("."));
    }
    Token token = Token.of(word, json);
    return token.under(key, token.isShortWord() ? text : "");
  }
}
