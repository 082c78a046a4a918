package dev.banyan.proxy.transport;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a trusted proxy tells of a request's way here, taken over where it can be true.
///
/// `X-Forwarded-For` and its kin are what nearly every proxy writes, and their word is the one that
/// counts. `Forwarded` (RFC 7239) is removed even so: a proxy that writes the one passes the other
/// on as the client sent it, and a service must not find two stories.
final class WayHere {
  private static final AsciiString FORWARDED_PORT = AsciiString.cached("x-forwarded-port");
  private static final int HIGHEST_PORT = 65_535;
  private static final int PORT_DIGITS = 5;

  private WayHere() {}

  /// Goes on with the story where the proxy left it.
  ///
  /// @param own the scheme that the proxy itself has used here
  static void goOn(HttpHeaders headers, String peer, AsciiString own) {
    List<String> before = headers.getAll(HeaderRules.FORWARDED_FOR);
    String proto = only(headers, HeaderRules.FORWARDED_PROTO);
    String host = only(headers, HeaderRules.FORWARDED_HOST);
    String port = only(headers, FORWARDED_PORT);
    for (AsciiString name : HeaderRules.OF_THE_WAY) {
      headers.remove(name);
    }
    headers.set(
        HeaderRules.FORWARDED_FOR,
        before.isEmpty() ? peer : String.join(", ", before) + ", " + peer);
    headers.set(HeaderRules.FORWARDED_PROTO, proto != null && isScheme(proto) ? proto : own);
    if (host == null || host.isEmpty() || !HeaderRules.isHost(host)) {
      String named = headers.get(HttpHeaderNames.HOST);
      host = named == null ? "" : named;
    }
    headers.set(HeaderRules.FORWARDED_HOST, host);
    if (port != null && isPort(port)) {
      headers.set(FORWARDED_PORT, port);
    }
  }

  /// A field's value, or null where there is none or more than one.
  private static @Nullable String only(HttpHeaders headers, AsciiString name) {
    List<String> values = headers.getAll(name);
    return values.size() == 1 ? values.getFirst() : null;
  }

  private static boolean isScheme(String text) {
    return text.equalsIgnoreCase("http") || text.equalsIgnoreCase("https");
  }

  private static boolean isPort(String text) {
    if (text.isEmpty() || text.length() > PORT_DIGITS) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    int port = Integer.parseInt(text);
    return port > 0 && port <= HIGHEST_PORT;
  }
}
