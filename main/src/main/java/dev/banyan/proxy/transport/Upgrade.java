package dev.banyan.proxy.transport;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// What a client may leave HTTP for, and whether a backend's 101 is the answer to that (RFC 9110
/// §7.8).
final class Upgrade {
  private static final AsciiString TOKEN = AsciiString.cached("Upgrade");

  private Upgrade() {}

  /// The protocols that a request of a client offers and that may be passed on, or null where there
  /// are none.
  ///
  /// A request with a body offers nothing: the body would stand between the offer and the other
  /// protocol's first byte. HTTP/1.0 knows no upgrade.
  static @Nullable String offered(HttpRequest request) {
    HttpHeaders headers = request.headers();
    if (!headers.contains(HttpHeaderNames.UPGRADE)
        || !request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        || !headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderNames.UPGRADE, true)
        || headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
        || HttpUtil.getContentLength(request, 0L) > 0) {
      return null;
    }
    StringJoiner passed = new StringJoiner(", ");
    for (String value : headers.getAll(HttpHeaderNames.UPGRADE)) {
      for (String each : value.split(",", -1)) {
        String protocol = each.strip();
        if (isProtocol(protocol) && !carriesHttp(protocol)) {
          passed.add(protocol);
        }
      }
    }
    return passed.length() == 0 ? null : passed.toString();
  }

  /// What carries requests again would take them past the routes and the rules of the gateway.
  private static boolean carriesHttp(String protocol) {
    int slash = protocol.indexOf('/');
    String name = slash < 0 ? protocol : protocol.substring(0, slash);
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "http", "https", "tls", "h2", "h2c", "h3" -> true;
      default -> false;
    };
  }

  /// `token ["/" token]` of visible ASCII; what else there may be is for the backend to refuse.
  private static boolean isProtocol(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c > '~' || "\"(),:;<=>?@[\\]{}".indexOf(c) >= 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /// Puts the offer into a head from which all that belongs to a connection has been removed.
  static void passOn(HttpRequest request, String protocols) {
    request.headers().remove(HttpHeaderNames.TE); // its name would have to stand in Connection too
    mark(request.headers(), protocols);
  }

  static void mark(HttpHeaders headers, String protocols) {
    headers.set(HttpHeaderNames.UPGRADE, protocols);
    headers.set(HttpHeaderNames.CONNECTION, TOKEN);
  }

  /// Whether a 101 switches to what was offered, and to nothing else.
  ///
  /// @param offered what went to the backend, or null where that was nothing
  static boolean isAnswered(@Nullable String offered, HttpResponse answer) {
    List<String> chosen = answer.headers().getAll(HttpHeaderNames.UPGRADE);
    if (offered == null || chosen.isEmpty()) {
      return false;
    }
    List<String> offers = List.of(offered.toLowerCase(Locale.ROOT).split(", ", -1));
    for (String value : chosen) {
      for (String protocol : value.split(",", -1)) {
        if (!offers.contains(protocol.strip().toLowerCase(Locale.ROOT))) {
          return false;
        }
      }
    }
    return true;
  }
}
