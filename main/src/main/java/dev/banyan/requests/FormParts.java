package dev.banyan.requests;

import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Bodies of forms, written from their fields.
final class FormParts {
  private static final Pattern CHARSET =
      Pattern.compile("(?i);\\s*charset=\"?([A-Za-z0-9][A-Za-z0-9._:+-]{0,40})\"?");
  private static final Pattern BOUNDARY =
      Pattern.compile("(?i);\\s*boundary=\"?([^\";,\\s]{1,70})");

  private FormParts() {}

  /// One field.
  ///
  /// @param value null where it was not recorded
  /// @param fileName empty where it is no file
  /// @param contentType empty where it has none of its own
  record Part(String name, @Nullable String value, String fileName, String contentType) {}

  /// Null where a value is missing or the content type tells no way to write the fields.
  static byte @Nullable [] write(List<Part> parts, String contentType) {
    if (parts.stream().anyMatch(part -> part.value() == null)) {
      return null;
    }
    if (!contentType.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
      return urlEncoded(parts).getBytes(StandardCharsets.US_ASCII);
    }
    Matcher boundary = BOUNDARY.matcher(contentType);
    return boundary.find()
        ? multipart(parts, boundary.group(1)).getBytes(StandardCharsets.UTF_8)
        : null;
  }

  private static String urlEncoded(List<Part> parts) {
    return parts.stream()
        .map(part -> encoded(part.name()) + "=" + encoded(String.valueOf(part.value())))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /// RFC 7578, with what a browser escapes in names.
  private static String multipart(List<Part> parts, String boundary) {
    StringBuilder body = new StringBuilder();
    for (Part part : parts) {
      body.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=\"");
      body.append(quoted(part.name())).append('"');
      if (!part.fileName().isEmpty()) {
        body.append("; filename=\"").append(quoted(part.fileName())).append('"');
      }
      if (!part.contentType().isEmpty()) {
        body.append("\r\nContent-Type: ").append(quoted(part.contentType()));
      }
      body.append("\r\n\r\n").append(part.value()).append("\r\n");
    }
    return body.append("--").append(boundary).append("--\r\n").toString();
  }

  private static String quoted(String text) {
    return text.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
  }

  /// The charset that a content type names, UTF-8 where it names none that is known.
  static Charset charset(String contentType) {
    Matcher match = CHARSET.matcher(contentType);
    if (match.find() && Charset.isSupported(match.group(1))) {
      Charset named = Charset.forName(match.group(1));
      return named.canEncode() ? named : StandardCharsets.UTF_8;
    }
    return StandardCharsets.UTF_8;
  }
}
