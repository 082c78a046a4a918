package dev.banyan.compare;

import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.parity.Leaves;
import dev.banyan.parity.Leaves.Leaf;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one side answers in place of values that stand in the file: ids, tokens, cursors.
///
/// A value of a played answer (the recorded one, or where the file has none the legacy's) is
/// remembered with what this side's own answer has at the same place. Where a later request holds
/// the value, the side is sent its own. Values drawn by a machine are known by themselves; small
/// numbers and words only as an id of their type ([Words]), so that page 2 is not user 2.
///
/// Bounded: the oldest are forgotten. Used by one thread.
final class Captures {
  private static final int MOST = 50_000;
  private static final int LEAVES = 2_000;

  /// Digits of a number that stands for many things.
  private static final int SHORT = 5;

  /// Headers of answers whose values come back in requests.
  private static final Set<String> TOKENS =
      Set.of(
          "authorization", "etag", "last-modified", "x-csrf-token", "x-xsrf-token", "x-auth-token");

  /// Headers of requests that never hold a captured value.
  private static final Set<String> PLAIN =
      Set.of(
          "host",
          "cookie",
          "accept",
          "accept-encoding",
          "accept-language",
          "user-agent",
          "content-type",
          "content-length",
          "connection");

  private record Key(String type, String value) {}

  private final Map<Key, String> own = new Bounded<>(MOST);

  /// Of values that are no tokens, in how many types they are known.
  private final Map<String, Set<String>> types = new Bounded<>(MOST);

  /// Types that were answered below their plural.
  private final Set<String> collections = Collections.newSetFromMap(new Bounded<>(MOST));

  /// Remembers what this side has where the played answer has an id or a token.
  ///
  /// @param target of the request, for the type of what was answered
  void learn(String target, Response played, Response live) {
    String type = Words.typeOfPath(target);
    if (Words.isBelowPlural(target)) {
      collections.add(type);
    }
    Map<String, String> lives = new HashMap<>();
    for (Leaf leaf : Leaves.of(live, LEAVES)) {
      lives.putIfAbsent(leaf.path(), leaf.text());
    }
    for (Leaf leaf : Leaves.of(played, LEAVES)) {
      String mine = lives.get(leaf.path());
      if (mine != null) {
        leaf(leaf, mine, type);
      }
    }
    for (String name : TOKENS) {
      put(name, played.headers().first(name), live.headers().first(name));
    }
    location(played, live);
  }

  private void leaf(Leaf leaf, String mine, String type) {
    String text = leaf.text();
    if (Words.isToken(text)) {
      put(new Key("", text), mine);
    } else if (Words.isIdName(leaf.name()) && !text.isEmpty() && text.length() <= 128) {
      put(new Key(Words.typeOfLeaf(leaf.path(), type), text), mine);
    } else if (text.startsWith("/") && mine.startsWith("/") && text.indexOf('?') < 0) {
      named(lastSegment(text), lastSegment(mine), text);
    } else if (text.indexOf('?') >= 0 && mine.indexOf('?') >= 0) {
      link(text, mine);
    }
  }

  /// The parameters of a link, such as the one to the next page.
  private void link(String played, String mine) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : mine.substring(mine.indexOf('?') + 1).split("&", -1)) {
      String[] parts = pair.split("=", 2);
      parameters.put(parts[0], parts.length > 1 ? parts[1] : "");
    }
    for (String pair : played.substring(played.indexOf('?') + 1).split("&", -1)) {
      String[] parts = pair.split("=", 2);
      String value = parameters.get(parts[0]);
      if (parts.length > 1 && value != null && Words.isToken(parts[1])) {
        put(new Key("", parts[1]), value);
      }
    }
  }

  private void location(Response played, Response live) {
    String path = Words.path(played.headers().first("location").orElse(""));
    named(lastSegment(played), lastSegment(live), path);
  }

  /// Two ids at the ends of paths.
  private void named(String from, String to, String path) {
    if (!from.isEmpty() && !to.isEmpty()) {
      String before = path.substring(0, path.lastIndexOf('/'));
      put(new Key(Words.isToken(from) ? "" : Words.typeOfPath(before), from), to);
    }
  }

  /// The id at the end of an answer's `Location`; empty where there is none.
  static String lastSegment(Response response) {
    return lastSegment(response.headers().first("location").orElse(""));
  }

  private static String lastSegment(String location) {
    String path = Words.path(location).replaceAll("#.*|/$", "");
    String last = path.substring(path.lastIndexOf('/') + 1);
    return path.indexOf('/') >= 0 && (Words.varies(last) || Words.isToken(last)) ? last : "";
  }

  private void put(String header, Optional<String> played, Optional<String> live) {
    if (played.isPresent() && live.isPresent()) {
      put(
          new Key(header.equals("authorization") ? "" : header, bare(played.get())),
          bare(live.get()));
      put(new Key("", bare(played.get())), bare(live.get()));
    }
  }

  private static String bare(String credentials) {
    return credentials.replaceFirst("(?i)^(bearer|token) +", "");
  }

  /// Remembers a cookie's value, which may come back in a header or a field as well.
  void token(String played, String mine) {
    if (Words.isToken(played)) {
      put(new Key("", played), mine);
    }
  }

  private void put(Key key, String mine) {
    own.put(key, mine);
    if (!key.type().isEmpty()) {
      types.computeIfAbsent(key.value(), _ -> new HashSet<>(2)).add(key.type());
    }
  }

  /// The value as this side has it, or null where it is none that was captured.
  private @Nullable String mine(String type, String value) {
    String token = own.get(new Key("", value));
    return token != null ? token : own.get(new Key(type, value));
  }

  /// Where the type is not known, an id that is known in one type only. User 7 is hardly ever the
  /// only 7: a short number that was answered below a plural (`/users`) is an id behind that word,
  /// and elsewhere only in a field that names a part somebody plays (`owner`).
  ///
  /// @param field its name; empty in a path
  private @Nullable String guessed(String field, String value) {
    Set<String> known = types.get(value);
    if (known == null || known.size() != 1) {
      return null;
    }
    String other = known.iterator().next();
    boolean chance = Words.isWhole(value) && value.length() <= SHORT && collections.contains(other);
    return chance && !Words.isRole(field) ? null : own.get(new Key(other, value));
  }

  /// The request as it is to be sent to this side.
  Request apply(Request request) {
    if (own.isEmpty()) {
      return request;
    }
    String type = Words.typeOfPath(request.target());
    List<Headers.Field> fields = new ArrayList<>();
    for (Headers.Field field : request.headers().fields()) {
      fields.add(new Headers.Field(field.name(), header(field)));
    }
    return new Request(
        request.method(),
        target(request.target()),
        new Headers(fields),
        Leaves.with(
            request.headers(),
            request.body(),
            leaf -> field(leaf.name(), leaf.path(), leaf.text(), type)));
  }

  private @Nullable String field(String name, String path, String text, String type) {
    String known = mine(Words.typeOfLeaf(path, type), text);
    boolean guess =
        known == null && !Words.isOwnId(name) && (Words.isIdName(name) || Words.isReference(name));
    String guessed = guess ? guessed(name, text) : known;
    return guessed == null && text.startsWith("/") ? link(text) : guessed;
  }

  /// A path in a field, such as the IRI of something else; null where nothing in it was captured.
  private @Nullable String link(String path) {
    String mine = target(path);
    return mine.equals(path) ? null : mine;
  }

  String target(String target) {
    List<String> segments = Words.segments(target);
    for (int i = 1; i < segments.size(); i++) {
      String segment = segments.get(i);
      String known = segment.isEmpty() ? null : mine(Words.singular(segments.get(i - 1)), segment);
      if (known == null && Words.isWhole(segment)) {
        known = guessed("", segment);
      }
      if (known != null) {
        segments.set(i, encoded(known, segment));
      }
    }
    String path = String.join("/", segments);
    int mark = target.indexOf('?');
    return mark < 0 ? path : path + "?" + query(target.substring(mark + 1), target);
  }

  private String query(String query, String target) {
    String type = Words.typeOfPath(target);
    List<String> parameters = new ArrayList<>();
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals);
      String value = parameter.substring(equals + 1);
      String known = equals < 0 || value.isEmpty() ? null : field(name, "$." + name, value, type);
      parameters.add(known == null ? parameter : name + "=" + encoded(known, value));
    }
    return String.join("&", parameters);
  }

  /// Escaped only where it has to be: what was captured in a link is escaped already.
  private static String encoded(String value, String instead) {
    boolean plain = value.chars().allMatch(c -> c > 0x20 && c < 0x7f && "?#&/".indexOf(c) < 0);
    return plain || instead.equals(value)
        ? value
        : URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private String header(Headers.Field field) {
    String name = field.name().toLowerCase(Locale.ROOT);
    if (PLAIN.contains(name)) {
      return field.value();
    }
    String whole = own.get(new Key("", field.value()));
    if (whole != null) {
      return whole;
    }
    String bare = bare(field.value());
    String known = own.get(new Key("", bare));
    if (known != null) {
      return field.value().substring(0, field.value().length() - bare.length()) + known;
    }
    boolean conditional = name.equals("if-none-match") || name.equals("if-match");
    String tag = conditional ? own.get(new Key("etag", field.value())) : null;
    return tag == null ? field.value() : tag;
  }
}
