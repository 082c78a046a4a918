package dev.banyan.parity;

import dev.banyan.exchange.Headers;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// What a `Content-Type`, or any header of its form, says.
///
/// @param name type and subtype in lower case, empty where there is no such header
/// @param parameters by their name in lower case, without quotes
record MediaType(String name, Map<String, String> parameters) {

  private static final int MOST_PARAMETERS = 32;

  MediaType {
    parameters = Map.copyOf(parameters);
  }

  static MediaType of(Headers headers) {
    return of(headers.first("content-type").orElse(""));
  }

  static MediaType of(String value) {
    int end = end(value, 0);
    String name = value.substring(0, end).strip().toLowerCase(Locale.ROOT);
    Map<String, String> parameters = new LinkedHashMap<>();
    while (end < value.length() && parameters.size() < MOST_PARAMETERS) {
      int from = end + 1;
      end = end(value, from);
      String[] parameter = value.substring(from, end).split("=", 2);
      if (parameter.length == 2) {
        parameters.putIfAbsent(
            parameter[0].strip().toLowerCase(Locale.ROOT), unquoted(parameter[1].strip()));
      }
    }
    return new MediaType(name, parameters);
  }

  /// The next semicolon outside of quotes, or the end.
  private static int end(String value, int from) {
    boolean quoted = false;
    for (int i = from; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted) {
        i++;
      } else if (c == ';' && !quoted) {
        return i;
      }
    }
    return value.length();
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted
        ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1")
        : value.replace("\"", "");
  }

  /// In lower case, empty where none is given.
  String charset() {
    return parameters.getOrDefault("charset", "").toLowerCase(Locale.ROOT);
  }

  boolean isJson() {
    return name.equals("application/json") || name.equals("text/json") || name.endsWith("+json");
  }

  boolean isForm() {
    return name.equals("application/x-www-form-urlencoded");
  }

  boolean isMultipart() {
    return name.startsWith("multipart/");
  }

  boolean isText() {
    return name.startsWith("text/")
        || name.endsWith("xml")
        || name.endsWith("javascript")
        || isForm()
        || isJson();
  }

  /// Text in which one space says as much as many, and so does the end of a line.
  boolean isProse() {
    return name.equals("text/plain") || name.equals("text/html") || name.endsWith("xml");
  }

  /// UTF-8 where nothing, or nothing known, is said.
  Charset decoder() {
    String charset = charset();
    if (charset.isEmpty()) {
      return StandardCharsets.UTF_8;
    }
    try {
      return Charset.forName(charset);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException _) {
      // every byte is a character of Latin-1, so that unknown charsets still compare exactly
      return StandardCharsets.ISO_8859_1;
    }
  }
}
