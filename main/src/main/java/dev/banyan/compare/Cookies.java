package dev.banyan.compare;

import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The cookies that one side has set, as a browser keeps them, but for their paths and domains.
///
/// A recorded cookie is sent with the side's own value. While the file has recorded none at all,
/// the side's cookies are sent by themselves. Bounded; used by one thread.
final class Cookies {
  private static final int MOST = 200;

  private final Map<String, String> own = new Bounded<>(MOST);
  private boolean recorded;

  void hear(Response response) {
    for (String line : response.headers().all("set-cookie")) {
      String[] parts = line.split(";", -1);
      int equals = parts[0].indexOf('=');
      if (equals > 0) {
        String name = parts[0].substring(0, equals).strip();
        String value = parts[0].substring(equals + 1).strip();
        if (value.replace("\"", "").isEmpty() || isOver(parts)) {
          own.remove(name);
        } else {
          own.put(name, value);
        }
      }
    }
  }

  private static boolean isOver(String[] parts) {
    for (String part : parts) {
      String attribute = part.strip().toLowerCase(Locale.ROOT);
      if (attribute.equals("max-age=0")
          || attribute.startsWith("max-age=-")
          || attribute.matches("expires=.*[ -]19[0-9]{2}\\b.*")) {
        return true;
      }
    }
    return false;
  }

  /// The value that an answer gives to each cookie that it sets.
  static Map<String, String> set(Response response) {
    Cookies cookies = new Cookies();
    cookies.hear(response);
    return cookies.own;
  }

  Request apply(Request request) {
    recorded |= request.headers().first("cookie").isPresent();
    if (!recorded && !own.isEmpty()) {
      List<Headers.Field> fields = new ArrayList<>(request.headers().fields());
      fields.add(new Headers.Field("Cookie", all()));
      return with(request, fields);
    }
    if (!recorded || own.isEmpty()) {
      return request;
    }
    List<Headers.Field> fields = new ArrayList<>();
    for (Headers.Field field : request.headers().fields()) {
      boolean cookie = field.name().equalsIgnoreCase("cookie");
      fields.add(cookie ? new Headers.Field(field.name(), mine(field.value())) : field);
    }
    return with(request, fields);
  }

  private static Request with(Request request, List<Headers.Field> fields) {
    return new Request(request.method(), request.target(), new Headers(fields), request.body());
  }

  private String all() {
    return own.entrySet().stream()
        .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
        .collect(Collectors.joining("; "));
  }

  private String mine(String value) {
    List<String> cookies = new ArrayList<>();
    for (String cookie : value.split(";", -1)) {
      int equals = cookie.indexOf('=');
      String name = equals < 0 ? "" : cookie.substring(0, equals).strip();
      @Nullable String mine = own.get(name);
      cookies.add(mine == null ? cookie.strip() : name + "=" + mine);
    }
    return String.join("; ", cookies);
  }
}
