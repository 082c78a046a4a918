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
  /// Stands for a request that has no unit, or whose unit makes no difference.
  public static final long NONE = 0;

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

  /// The hash of the unit that a request is of; [#NONE] where no weight decides, and where the
  /// request is its own unit.
  public static long of(Route route, Source request) {
    Sticky sticky = route.sticky();
    CharSequence named = sticky == null ? null : named(sticky, request);
    return named == null ? NONE : route.hash(named);
  }

  /// The decision for a request.
  ///
  /// @param unit what [#of] said
  public static Decision decide(Route route, long unit, Source request) {
    boolean own = unit == NONE && route.isWeighted();
    return route.decideFor(own ? route.hash(request.id()) : unit);
  }

  /// The hash of the unit that a request is of, whether or not it makes a difference; [#NONE] where
  /// it is its own unit.
  public static long whose(Route route, Source request) {
    Sticky sticky = route.unit();
    CharSequence named = sticky == null ? null : named(sticky, request);
    return named == null ? NONE : route.hash(named);
  }

  /// What a request says that its unit is; null where it says nothing.
  public static @Nullable CharSequence named(Sticky sticky, Source request) {
    CharSequence unit =
        switch (sticky) {
          case Sticky.Header header -> request.header(header.name());
          case Sticky.Cookie cookie -> cookie(request.header("cookie"), cookie.name());
          case Sticky.Ip ip -> request.address();
        };
    return unit == null || unit.isEmpty() ? null : unit;
  }

  /// One cookie out of a `Cookie` header (RFC 6265 §4.2.1).
  static @Nullable CharSequence cookie(@Nullable CharSequence header, String name) {
    if (header == null) {
      return null;
    }
    String text = header.toString();
    int at = 0;
    while (at < text.length()) {
      int semicolon = text.indexOf(';', at);
      int end = semicolon < 0 ? text.length() : semicolon;
      int equals = text.indexOf('=', at);
      if (equals > at && equals < end && isNamed(text, at, equals, name)) {
        return text.substring(equals + 1, end).strip();
      }
      at = end + 1;
    }
    return null;
  }

  private static boolean isNamed(String text, int from, int to, String name) {
    int begin = from;
    int end = to;
    while (begin < end && Character.isWhitespace(text.charAt(begin))) {
      begin++;
    }
    while (end > begin && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    return end - begin == name.length() && text.startsWith(name, begin);
  }
}
