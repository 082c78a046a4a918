package dev.banyan.parity;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One request on its way from the legacy's ids to the candidate's. Used once, by one thread.
///
/// A JSON body is rewritten in place: everything but the ids keeps its bytes.
final class IdTranslation {

  /// @param id what to write instead; the id itself where it has no partner
  /// @param taken whether it has none and is written like another id's partner
  record Partner(String id, boolean taken) {}

  /// Null for a type without ids.
  interface Partners {
    @Nullable Partner of(String type, String id);
  }

  private static final Set<String> OWN = Set.of("id", "_id", "uuid");
  private static final Pattern NUMBER = Pattern.compile("-?(?:0|[1-9][0-9]*)");

  /// What can be a segment of a path or the value of a parameter (RFC 3986 §3.3) without escaping.
  private static final Pattern PLAIN = Pattern.compile("(?!\\.{1,2}$)[^\\x00-\\x20\\x7f/?#&]*");

  /// What tells of the bytes that a body had.
  private static final Set<String> DIGESTS =
      Set.of("content-md5", "content-digest", "digest", "repr-digest");

  private final Partners partners;
  private boolean unsure;

  IdTranslation(Partners partners) {
    this.partners = partners;
  }

  /// Whether an id was met that can not be told apart from another one's partner.
  boolean isUnsure() {
    return unsure;
  }

  Request of(Request request) {
    String target = target(request.target());
    Optional<Body> body = body(request);
    return new Request(
        request.method(),
        target,
        body.isEmpty() ? request.headers() : withoutDigests(request.headers()),
        body.orElse(request.body()));
  }

  String target(String target) {
    int mark = target.indexOf('?');
    String[] segments = (mark < 0 ? target : target.substring(0, mark)).split("/", -1);
    for (int i = 1; i < segments.length; i++) {
      segments[i] =
          plain(segments[i], partner(segments[i - 1].toLowerCase(Locale.ROOT), segments[i]));
    }
    String path = String.join("/", segments);
    return mark < 0 ? path : path + "?" + parameters(target.substring(mark + 1));
  }

  /// Whatever a service hands out as an id, it must not become another path or another request.
  private String plain(String id, String partner) {
    unsure |= !partner.equals(id) && !PLAIN.matcher(partner).matches();
    return partner;
  }

  private String parameters(String query) {
    List<String> parameters = new ArrayList<>();
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      String value = parameter.substring(equals + 1);
      parameters.add(
          equals < 0
              ? parameter
              : parameter.substring(0, equals + 1)
                  + plain(value, referred(parameter.substring(0, equals), value)));
    }
    return String.join("&", parameters);
  }

  /// The body with its ids replaced; empty where it stays as it is.
  private Optional<Body> body(Request request) {
    if (request.body().length() == 0 || request.headers().first("content-encoding").isPresent()) {
      return Optional.empty();
    }
    MediaType type = MediaType.of(request.headers());
    byte[] bytes = request.body().toByteArray();
    if (type.isForm()) {
      String form = new String(bytes, StandardCharsets.ISO_8859_1);
      String translated = parameters(form);
      return translated.equals(form)
          ? Optional.empty()
          : Optional.of(Body.of(translated.getBytes(StandardCharsets.ISO_8859_1)));
    }
    if (type.isJson()
        && JsonParser.parse(bytes, ComparisonLimits.STANDARD.depth())
            instanceof JsonParser.Outcome.Parsed parsed) {
      Rewriting rewriting = new Rewriting(bytes, parsed.tape());
      rewriting.value(0, "", owner(request.target()));
      return rewriting.copied == 0 ? Optional.empty() : Optional.of(Body.of(rewriting.end()));
    }
    return Optional.empty();
  }

  /// The type that a request's path ends in: what an `id` at the top of its body is one of.
  private String owner(String target) {
    String[] segments = target.replaceAll("[?#].*", "").toLowerCase(Locale.ROOT).split("/", -1);
    for (int i = segments.length - 1; i > 0; i--) {
      if (partners.of(segments[i], "") != null) {
        return segments[i];
      }
    }
    return "";
  }

  /// A JSON text and how much of it has been copied with ids replaced.
  private final class Rewriting {
    private final byte[] bytes;
    private final JsonTape tape;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int copied;

    Rewriting(byte[] bytes, JsonTape tape) {
      this.bytes = bytes;
      this.tape = tape;
    }

    /// @param key under which the value is; that of the array for an element
    /// @param holder the key under which the object is that has it, or the type of the request
    void value(int node, String key, String holder) {
      if (tape.isObject(node)) {
        String within = key.isEmpty() ? holder : key;
        for (int each = node + 1; each < tape.after(node); each = tape.after(each + 1)) {
          value(each + 1, tape.text(each), within);
        }
      } else if (tape.isArray(node)) {
        for (int each : tape.elements(node)) {
          value(each, key, holder);
        }
      } else if (tape.isString(node) || tape.isNumber(node)) {
        String id = tape.text(node);
        boolean own = OWN.contains(key.toLowerCase(Locale.ROOT));
        String partner = own ? referred(holder, id) : referred(key, id);
        if (!partner.equals(id)) {
          replace(node, partner);
        }
      }
    }

    private void replace(int node, String id) {
      out.write(bytes, copied, tape.start(node) - copied);
      boolean number = tape.isNumber(node) && NUMBER.matcher(id).matches();
      out.writeBytes((number ? id : quoted(id)).getBytes(StandardCharsets.UTF_8));
      copied = tape.end(node);
    }

    byte[] end() {
      out.write(bytes, copied, bytes.length - copied);
      return out.toByteArray();
    }
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\' || c < ' ') {
        quoted.append(String.format("\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }

  /// The partner of an id under a name that tells of its type: `users` for `userId`, `user_ids`,
  /// `ownerUserId`, and for `user` and `users` themselves.
  private String referred(String name, String id) {
    String lower = name.toLowerCase(Locale.ROOT).replace("[]", "");
    String stem = lower.replaceFirst("[_-]?(?:u?uids?|ids?)$", "");
    for (String type : candidates(stem, !stem.equals(lower))) {
      if (partners.of(type, id) != null) {
        return partner(type, id);
      }
    }
    return id;
  }

  /// Types that a name may mean: its plurals, and those of its last words if it says that it is an
  /// id.
  private static List<String> candidates(String stem, boolean isId) {
    List<String> types = new ArrayList<>();
    for (int from = 0; from < stem.length(); from = isId ? from + 1 : stem.length()) {
      String word = stem.substring(from);
      types.add(word);
      types.add(word + "s");
      types.add(word + "es");
      if (word.endsWith("y")) {
        types.add(word.substring(0, word.length() - 1) + "ies");
      }
    }
    return types;
  }

  private String partner(String type, String id) {
    Partner partner = partners.of(type, id);
    if (partner == null) {
      return id;
    }
    unsure |= partner.taken();
    return partner.id();
  }

  private static Headers withoutDigests(Headers headers) {
    return new Headers(
        headers.fields().stream()
            .filter(field -> !DIGESTS.contains(field.name().toLowerCase(Locale.ROOT)))
            .toList());
  }
}
