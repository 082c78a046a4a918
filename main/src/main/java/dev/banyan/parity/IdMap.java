package dev.banyan.parity;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which id of the candidate stands for which id of the legacy, where each side hands out its own.
///
/// Learned from answers to writes, by type: the last fixed word of the path (`users` for `POST
/// /api/users`). The map is one-to-one within a type: a second partner for either id is a breaking
/// difference, because then two rows were taken for one. Applied to requests ([#translate]) and, as
/// a [Tolerance], to bodies and to `Location`.
///
/// May be used from any thread; one lock. Past the limit of a type the oldest pair is forgotten;
/// what is longer than [#LONGEST] is no id.
public final class IdMap {

  /// @param types of ids
  /// @param ids of one type
  public record Limits(int types, int ids) {
    public static final Limits STANDARD = new Limits(200, 10_000);

    public Limits {
      if (types < 1 || ids < 1) {
        throw new IllegalArgumentException("an id map holds at least one type and one id");
      }
    }
  }

  private static final class Pairs {
    private final LinkedHashMap<String, String> candidates = new LinkedHashMap<>();
    private final Map<String, String> legacies = new LinkedHashMap<>();

    /// Ids of the legacy whose pairs were learned before [IdMap#renew] and not met since.
    private final Set<String> former = new HashSet<>();

    private void forget(String legacy) {
      String candidate = candidates.remove(legacy);
      if (candidate != null) {
        legacies.remove(candidate);
      }
      former.remove(legacy);
    }
  }

  /// A path or a URL in JSON.
  private static final Pattern LINK = Pattern.compile("^\"(?:https?:/)?/[^\"]");

  /// Characters of an id that is learned: answers must not say how much is held.
  static final int LONGEST = 256;

  private final Limits limits;
  private final Map<String, Pairs> types = new LinkedHashMap<>();

  public IdMap(Limits limits) {
    this.limits = limits;
  }

  /// Learns one pair.
  ///
  /// @return a breaking difference where either id already has another partner
  public synchronized Optional<Difference> learn(String type, String legacy, String candidate) {
    if (legacy.length() > LONGEST || candidate.length() > LONGEST) {
      return Optional.empty();
    }
    Pairs pairs = types.get(type);
    if (pairs == null) {
      if (types.size() >= limits.types()) {
        return Optional.empty();
      }
      pairs = new Pairs();
      types.put(type, pairs);
    }
    forgetFormer(pairs, legacy, candidate);
    String known = pairs.candidates.get(legacy);
    String owner = pairs.legacies.get(candidate);
    if (known == null && owner == null) {
      forgetOldest(pairs);
      pairs.candidates.put(legacy, candidate);
      pairs.legacies.put(candidate, legacy);
      return Optional.empty();
    }
    if (candidate.equals(known)) {
      return Optional.empty();
    }
    return Optional.of(
        new Difference(
            "id:" + type,
            Kind.VALUE,
            Severity.BREAKING,
            owner == null ? legacy : owner,
            candidate));
  }

  private void forgetOldest(Pairs pairs) {
    if (pairs.candidates.size() >= limits.ids()) {
      pairs.forget(pairs.candidates.firstEntry().getKey());
    }
  }

  /// What was learned before [#renew] gives way to what is learned now.
  private static void forgetFormer(Pairs pairs, String legacy, String candidate) {
    if (pairs.former.isEmpty() || candidate.equals(pairs.candidates.get(legacy))) {
      pairs.former.remove(legacy);
      return;
    }
    if (pairs.former.contains(legacy)) {
      pairs.forget(legacy);
    }
    String owner = pairs.legacies.get(candidate);
    if (owner != null && pairs.former.contains(owner)) {
      pairs.forget(owner);
    }
  }

  /// The other side may have been set up anew since: pairs stay until one of their ids is met with
  /// another partner, and that is no difference then.
  public synchronized void renew() {
    types.values().forEach(pairs -> pairs.former.addAll(pairs.candidates.keySet()));
  }

  /// Learns from both sides' answers to one write: from their `id`, or from the end of their
  /// `Location`.
  public Optional<Difference> learn(Endpoint endpoint, Response legacy, Response candidate) {
    Optional<String> left = id(legacy);
    Optional<String> right = id(candidate);
    return left.isPresent() && right.isPresent()
        ? learn(type(endpoint.template()), left.get(), right.get())
        : Optional.empty();
  }

  private static Optional<String> id(Response response) {
    Optional<String> given = given(response);
    return given.isPresent()
        ? given
        : response
            .headers()
            .first("location")
            .map(location -> location.replaceAll("[?#].*|/$", ""))
            .map(path -> path.substring(path.lastIndexOf('/') + 1))
            .filter(id -> !id.isEmpty());
  }

  /// The id at the top of a JSON answer.
  static Optional<String> given(Response response) {
    byte[] body = response.body().toByteArray();
    if (MediaType.of(response.headers()).isJson()
        && JsonParser.parse(body, ComparisonLimits.STANDARD.depth())
            instanceof JsonParser.Outcome.Parsed parsed
        && parsed.tape().isObject(0)) {
      JsonTape tape = parsed.tape();
      for (int key = 1; key < tape.after(0); key = tape.after(key + 1)) {
        boolean scalar = tape.isString(key + 1) || tape.isNumber(key + 1);
        if (scalar && List.of("id", "_id", "uuid").contains(tape.text(key))) {
          return Optional.of(tape.text(key + 1));
        }
      }
    }
    return Optional.empty();
  }

  private static String type(String template) {
    String[] segments = template.split("/", -1);
    for (int i = segments.length - 1; i >= 0; i--) {
      if (!segments[i].isEmpty() && !segments[i].startsWith("{") && !segments[i].equals("**")) {
        return segments[i].toLowerCase(Locale.ROOT);
      }
    }
    return "";
  }

  /// A request as the candidate's side is to get it: ids in the path, in parameters of the query or
  /// of a form, and in the leaves of a JSON body are replaced by their partners. In a body, and for
  /// a parameter, it is the name that tells of the type: `userId`, `user_ids`, `id` within `user`.
  ///
  /// A body in another form, or in a content coding, stays as it is.
  ///
  /// @return empty where an id without a partner is written like somebody else's partner: the
  ///   request would meet another row than the one that it means
  public synchronized Optional<Request> translate(Request request) {
    IdTranslation translation = new IdTranslation(this::partner);
    Request translated = translation.of(request);
    return translation.isUnsure() ? Optional.empty() : Optional.of(translated);
  }

  /// A request's target or a `Location` as the candidate knows it: ids behind the word of their
  /// type, and values of parameters that are named for it.
  public synchronized String translate(String target) {
    return new IdTranslation(this::partner).target(target);
  }

  private IdTranslation.@Nullable Partner partner(String type, String id) {
    Pairs pairs = types.get(type);
    if (pairs == null) {
      return null;
    }
    String partner = pairs.candidates.get(id);
    return new IdTranslation.Partner(
        partner == null ? id : partner, partner == null && pairs.legacies.containsKey(id));
  }

  /// The type that a field's or a parameter's name tells of: `users` for `userId`, `user_id`.
  private @Nullable Pairs named(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (Map.Entry<String, Pairs> type : types.entrySet()) {
      String plural = type.getKey();
      String singular =
          plural.endsWith("ies")
              ? plural.substring(0, plural.length() - 3) + "y"
              : plural.endsWith("s") ? plural.substring(0, plural.length() - 1) : plural;
      if (!singular.isEmpty() && lower.contains(singular)) {
        return type.getValue();
      }
    }
    return null;
  }

  /// Takes an id and its partner for the same, in answers of an endpoint.
  public Tolerance tolerance(Endpoint endpoint) {
    return new Tolerance() {
      @Override
      public boolean tolerates(Difference difference) {
        return same(endpoint, difference);
      }

      @Override
      public Optional<String> partner(String where, String id) {
        return partnerOf(endpoint, where, id);
      }
    };
  }

  private synchronized Optional<String> partnerOf(Endpoint endpoint, String where, String id) {
    Pairs pairs = where.startsWith("body:$") ? ofField(endpoint, where) : null;
    return pairs == null ? Optional.empty() : Optional.ofNullable(pairs.candidates.get(id));
  }

  private synchronized boolean same(Endpoint endpoint, Difference difference) {
    String legacy = difference.legacy();
    String candidate = difference.candidate();
    if (difference.kind() != Kind.VALUE || legacy == null || candidate == null) {
      return false;
    }
    if (difference.where().equals("header:location")
        || (difference.where().startsWith("body:") && LINK.matcher(legacy).find())) {
      return translate(unquoted(legacy)).equals(unquoted(candidate));
    }
    if (!difference.where().startsWith("body:")
        || legacy.startsWith("\"") != candidate.startsWith("\"")) {
      return false;
    }
    Pairs pairs = ofField(endpoint, difference.where());
    return pairs != null && unquoted(candidate).equals(pairs.candidates.get(unquoted(legacy)));
  }

  /// By the field's own name, else by that of what holds it, else the type that the endpoint is of.
  private @Nullable Pairs ofField(Endpoint endpoint, String where) {
    String[] keys = where.substring("body:$".length()).replace("[*]", "").split("\\.", -1);
    for (int i = keys.length - 1; i >= Math.max(0, keys.length - 2); i--) {
      Pairs pairs = named(keys[i]);
      if (pairs != null) {
        return pairs;
      }
    }
    return keys[keys.length - 1].toLowerCase(Locale.ROOT).endsWith("id")
        ? types.get(type(endpoint.template()))
        : null;
  }

  private static String unquoted(String value) {
    return value.startsWith("\"") && value.length() >= 2
        ? value.substring(1, value.length() - 1)
        : value;
  }

  /// Whether any pair of a type is known.
  public synchronized boolean knows(String type) {
    return types.containsKey(type);
  }

  /// The candidate's id for one of the legacy's.
  public synchronized Optional<String> candidateOf(String type, String legacy) {
    Pairs pairs = types.get(type);
    return pairs == null ? Optional.empty() : Optional.ofNullable(pairs.candidates.get(legacy));
  }

  /// The legacy's id for one of the candidate's.
  public synchronized Optional<String> legacyOf(String type, String candidate) {
    Pairs pairs = types.get(type);
    return pairs == null ? Optional.empty() : Optional.ofNullable(pairs.legacies.get(candidate));
  }

  /// The types in which the two are partners.
  public synchronized List<String> typesOf(String legacy, String candidate) {
    return types.entrySet().stream()
        .filter(type -> candidate.equals(type.getValue().candidates.get(legacy)))
        .map(Map.Entry::getKey)
        .toList();
  }

  /// Forgets a pair: what it named is gone on both sides, and either may hand out the id again.
  public synchronized void forget(String type, String legacy) {
    Pairs pairs = types.get(type);
    String candidate = pairs == null ? null : pairs.candidates.remove(legacy);
    if (pairs != null && candidate != null) {
      pairs.legacies.remove(candidate);
      pairs.former.remove(legacy);
    }
  }
}
