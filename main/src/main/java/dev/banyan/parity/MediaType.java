package dev.banyan.parity;

import dev.banyan.exchange.Headers;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;

/// What a `Content-Type` says, in lower case.
///
/// @param name type and subtype, empty where there is no such header
/// @param charset the charset parameter, empty where there is none
record MediaType(String name, String charset) {

  static MediaType of(Headers headers) {
    String value = headers.first("content-type").orElse("").toLowerCase(Locale.ROOT);
    String[] parts = value.split(";", -1);
    String charset = "";
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip();
      if (parameter.startsWith("charset=")) {
        charset = parameter.substring("charset=".length()).replace("\"", "").strip();
      }
    }
    return new MediaType(parts[0].strip(), charset);
  }

  boolean isJson() {
    return name.equals("application/json") || name.equals("text/json") || name.endsWith("+json");
  }

  boolean isText() {
    return name.startsWith("text/")
        || name.endsWith("xml")
        || name.endsWith("javascript")
        || name.equals("application/x-www-form-urlencoded")
        || isJson();
  }

  /// UTF-8 where nothing, or nothing known, is said.
  Charset decoder() {
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
