package dev.banyan.proxy;

import java.util.Locale;
import java.util.Set;

/// Which fields a request may not bring after its body (RFC 9110 §6.5.1): those by which it is
/// framed, routed, made known, modified or read.
///
/// By the time they come, the head that they belong in has been judged and sent on. A backend that
/// merges trailers into the head would take from them what the gateway refuses or sets there.
public final class Trailers {
  private static final Set<String> FORBIDDEN =
      Set.of(
          "authorization",
          "cache-control",
          "content-encoding",
          "content-length",
          "content-location",
          "content-range",
          "content-type",
          "cookie",
          "date",
          "expect",
          "forwarded",
          "host",
          "if-match",
          "if-modified-since",
          "if-none-match",
          "if-range",
          "if-unmodified-since",
          "max-forwards",
          "origin",
          "pragma",
          "range",
          "referer",
          "set-cookie",
          "te",
          "traceparent",
          "tracestate",
          "trailer",
          "transfer-encoding",
          "via",
          "x-http-method-override",
          "x-real-ip",
          "x-request-id");

  private Trailers() {}

  /// Whether a field is removed from a request's trailers. Fields of one connection are, too.
  public static boolean isForbidden(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return FORBIDDEN.contains(lower)
        || HopByHop.isConnectionOwn(lower)
        || lower.startsWith("x-forwarded-")
        || lower.startsWith("x-banyan-");
  }
}
