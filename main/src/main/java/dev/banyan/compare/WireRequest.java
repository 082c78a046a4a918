package dev.banyan.compare;

import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;

/// Writes a recorded request for one side: its target behind the base's path, byte for byte, and
/// its headers in their order and case.
///
/// Made anew is only what belongs to the connection: `Host` and `Content-Length`, each where it
/// stood. Headers of the options take the place of recorded ones. Codings that comparing can not
/// undo are not asked for. Immutable.
final class WireRequest {

  /// Belong to the connection on which a message was recorded.
  static final Set<String> HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "expect");

  private static final Set<String> NOT_UNDONE = Set.of("zstd", "dcb", "dcz", "compress");

  private static final Set<String> WITH_LENGTH = Set.of("POST", "PUT", "PATCH");

  private final URI base;
  private final Headers added;

  /// @param base of the side
  /// @param added in place of recorded headers of the same name
  WireRequest(URI base, Headers added) {
    this.base = base;
    this.added = added;
  }

  /// @throws IllegalArgumentException if the request can not be written as HTTP/1.1
  BasicClassicHttpRequest of(Request request) {
    HttpHost nowhere = null;
    BasicClassicHttpRequest message =
        new BasicClassicHttpRequest(written(request.method()), nowhere, target(request.target()));
    byte[] body = request.body().toByteArray();
    if (request.headers().first("host").isEmpty()) {
      message.addHeader("Host", authority());
    }
    for (Headers.Field field : request.headers().fields()) {
      add(message, field, body.length);
    }
    for (Headers.Field field : added.fields()) {
      if (request.headers().first(field.name()).isEmpty()) {
        message.addHeader(written(field.name()), written(field.value()));
      }
    }
    boolean length = body.length > 0 || WITH_LENGTH.contains(request.method());
    if (length && !message.containsHeader("content-length")) {
      message.addHeader("Content-Length", Integer.toString(body.length));
    }
    if (message.containsHeader("content-length")) {
      message.setEntity(new ByteArrayEntity(body, null));
    }
    return message;
  }

  private void add(BasicClassicHttpRequest message, Headers.Field field, int length) {
    String name = field.name().toLowerCase(Locale.ROOT);
    if (HOP.contains(name) || name.startsWith(":")) {
      return;
    }
    if (name.equals("host")) {
      message.setHeader(field.name(), authority());
    } else if (name.equals("content-length")) {
      message.setHeader(field.name(), Integer.toString(length));
    } else if (added.first(name).isPresent()) {
      if (!message.containsHeader(name)) {
        added.all(name).forEach(value -> message.addHeader(field.name(), written(value)));
      }
    } else if (name.equals("accept-encoding")) {
      message.addHeader(field.name(), written(undone(field.value())));
    } else {
      message.addHeader(written(field.name()), written(field.value()));
    }
  }

  /// A header `Host` of the options wins, so that a side can be asked under another name.
  private String authority() {
    String authority = Objects.requireNonNullElse(base.getRawAuthority(), "");
    return added.first("host").orElse(authority);
  }

  private String target(String target) {
    String path = Objects.requireNonNullElse(base.getRawPath(), "");
    String before = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return written(before + target);
  }

  private static String undone(String codings) {
    return Arrays.stream(codings.split(",", -1))
        .map(String::strip)
        .filter(coding -> !NOT_UNDONE.contains(coding.split(";", 2)[0].toLowerCase(Locale.ROOT)))
        .collect(Collectors.joining(", "));
  }

  /// One character for each byte on the wire: what is beyond Latin-1 goes out as UTF-8.
  private static String written(String text) {
    if (text.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
      throw new IllegalArgumentException("a line break in the request line or in a header");
    }
    return text.chars().allMatch(c -> c <= 0xff)
        ? text
        : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
