package dev.banyan.proxy;

import dev.banyan.routing.Decision;
import dev.banyan.routing.Route;
import dev.banyan.routing.Sticky;
import org.jspecify.annotations.Nullable;

/// From a request to its family's sticky unit, and from there to the decision.
///
/// A request without the header or the cookie is its own unit, placed by its id. Its address would
/// be worse: behind a load balancer all such requests have one, and would go to one side together,
/// whatever the weight.
public final class StickyUnit {
  private StickyUnit() {}

  /// What a unit can be read from.
  public interface Source {
    /// A header's first value, or null.
    @Nullable CharSequence header(String name);

    /// The client's address without its port.
    String address();

    /// What this one request is called.
    String id();
  }

  public static Decision decide(Route route, Source request) {
    Sticky sticky = route.sticky();
    return sticky == null ? route.decide(0) : route.decide(route.bucket(of(sticky, request)));
  }

  static CharSequence of(Sticky sticky, Source request) {
    CharSequence unit =
        switch (sticky) {
          case Sticky.Header header -> request.header(header.name());
          case Sticky.Cookie cookie -> cookie(request.header("cookie"), cookie.name());
          case Sticky.Ip ip -> request.address();
        };
    return unit == null || unit.isEmpty() ? request.id() : unit;
  }

  /// One cookie out of a `Cookie` header (RFC 6265 §4.2.1).
  private static @Nullable String cookie(@Nullable CharSequence header, String name) {
    if (header == null) {
      return null;
    }
    for (String pair : header.toString().split(";", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
        return pair.substring(equals + 1).strip();
      }
    }
    return null;
  }
}
