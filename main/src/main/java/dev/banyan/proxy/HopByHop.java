package dev.banyan.proxy;

import java.util.ArrayList;
import java.util.List;

/// Which header fields belong to one connection and are not passed on (RFC 9110 §7.6.1), in either
/// direction.
public final class HopByHop {
  private HopByHop() {}

  /// Removed whatever `Connection` says.
  ///
  /// RFC 9110 §7.6.1 names `Connection`, `Proxy-Connection`, `Keep-Alive`, `TE`,
  /// `Transfer-Encoding` and `Upgrade`; §11.7 gives the two proxy authentication fields to the next
  /// hop alone. `TE` and `Transfer-Encoding` are not listed: the first is kept when it says
  /// `trailers`, the second is framing and is made anew by whoever writes the message.
  public static final List<String> NAMES =
      List.of(
          "connection",
          "proxy-connection",
          "keep-alive",
          "upgrade",
          "proxy-authenticate",
          "proxy-authorization");

  /// The names in a `Connection` value that are to be removed as well, in lower case.
  ///
  /// §7.6.1 forbids a sender to name a field that is meant for every recipient. A client that names
  /// `Host`, `Content-Length` or the like would have the gateway break the message for it (or strip
  /// what the backend relies on): such names are not followed.
  public static List<String> named(CharSequence connectionValue) {
    List<String> names = new ArrayList<>();
    for (String option : connectionValue.toString().split(",", -1)) {
      String name = option.strip().toLowerCase(java.util.Locale.ROOT);
      if (!name.isEmpty() && !forAllRecipients(name) && isToken(name)) {
        names.add(name);
      }
    }
    return names;
  }

  private static boolean forAllRecipients(String name) {
    return switch (name) {
      case "close",
          "host",
          "content-length",
          "transfer-encoding",
          "te",
          "x-request-id",
          "traceparent",
          "date" ->
          true;
      default -> false;
    };
  }

  /// RFC 9110 §5.6.2.
  private static boolean isToken(String name) {
    return name.chars()
        .allMatch(c ->
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
  }

  /// Whether a field is not part of a captured message: the connection's own, and framing.
  public static boolean isConnectionOwn(String name) {
    if (name.equalsIgnoreCase("te") || name.equalsIgnoreCase("transfer-encoding")) {
      return true;
    }
    for (String own : NAMES) { // asked for every field of every sampled message
      if (own.equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }
}
