package dev.banyan.compare;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Endpoint;
import dev.banyan.parity.IdMap;
import dev.banyan.parity.Leaves;
import dev.banyan.parity.Leaves.Leaf;
import dev.banyan.parity.Tolerance;
import dev.banyan.parity.VolatileClass;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the two sides have handed out apart from each other: ids, tokens, times of now. Each value
/// of the legacy has one partner at the candidate; a value and its partner are no difference, a
/// value and another one's partner are.
///
/// Learned from both answers to a write, and from reading again what it has made: ids by type into
/// an [IdMap], tokens of the same form by themselves. A value that a side had been sent, or had
/// shown before, was not handed out by this answer, so a reference that is wrong is never learned
/// as a partner. Bounded; used by one thread.
final class HandedOut {
  private static final int LEAVES = 5_000;
  private static final int MOST = 50_000;

  /// Of a clock from the moment of the exchange.
  private static final Duration SKEW = Duration.ofMinutes(2);

  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9+=_~.%-]+");

  private final IdMap ids = new IdMap(IdMap.Limits.STANDARD);
  private final Map<String, String> candidates = new Bounded<>(MOST);
  private final Map<String, String> legacies = new Bounded<>(MOST);
  private final Map<String, Boolean> shownByLegacy = new Bounded<>(MOST);
  private final Map<String, Boolean> shownByCandidate = new Bounded<>(MOST);

  /// What a field without the name of a type was found to refer to: `owner` to `user`.
  private final Map<String, String> aliases = new Bounded<>(1_000);

  private final String legacyBase;
  private final String candidateBase;

  HandedOut(URI legacy, URI candidate) {
    this.legacyBase = base(legacy);
    this.candidateBase = base(candidate);
  }

  private static String base(URI uri) {
    String text =
        uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    return text + (path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
  }

  /// Learns from both sides' answers to one write.
  ///
  /// @return differences of ids that already had another partner
  List<Difference> learn(
      Endpoint endpoint,
      Request legacySent,
      Request candidateSent,
      Response legacy,
      Response candidate) {
    String type = Words.typeOfPath(endpoint.template());
    Set<String> legacyKnew = sent(legacySent);
    Set<String> candidateKnew = sent(candidateSent);
    List<Difference> violations = new ArrayList<>();
    Map<String, Leaf> theirs = new HashMap<>();
    for (Leaf leaf : Leaves.of(candidate, LEAVES)) {
      theirs.putIfAbsent(leaf.path(), leaf);
    }
    List<Leaf> ours = Leaves.of(legacy, LEAVES);
    boolean one = ours.stream().anyMatch(leaf -> leaf.path().equals("$.id"));
    for (Leaf left : ours) {
      Leaf right = theirs.get(left.path());
      if (right != null && left.number() == right.number()) {
        boolean echoed = legacyKnew.contains(left.text()) || candidateKnew.contains(right.text());
        leaf(left, right.text(), typeOf(left, type, one), echoed).ifPresent(violations::add);
      }
    }
    String from = Captures.lastSegment(legacy);
    String to = Captures.lastSegment(candidate);
    if (!from.isEmpty() && !to.isEmpty() && !one) {
      pair(Words.isToken(from) ? "" : type, from, to, false).ifPresent(violations::add);
    }
    for (String name :
        List.of("etag", "x-csrf-token", "x-xsrf-token", "authorization", "x-auth-token")) {
      Optional<String> l = legacy.headers().first(name);
      Optional<String> c = candidate.headers().first(name);
      if (l.isPresent() && c.isPresent()) {
        token(l.get(), c.get());
      }
    }
    return violations;
  }

  /// The `id` in the items of something that has an `id` of its own is not of its type.
  private static String typeOf(Leaf leaf, String type, boolean one) {
    boolean inside = one && !leaf.path().equals("$.id");
    return Words.typeOfLeaf(leaf.path(), inside ? type + " item" : type);
  }

  private Optional<Difference> leaf(Leaf left, String right, String type, boolean echoed) {
    String text = left.text();
    if (Words.isToken(text) && Words.isToken(right)) {
      if (!echoed) {
        token(text, right);
      }
      return Optional.empty();
    }
    if (Words.isOwnId(left.name())) {
      return pair(type, text, right, echoed);
    }
    boolean reference = Words.isReference(left.name()) && !ids.knows(type) && !echoed;
    boolean known = !ids.typesOf(text, right).isEmpty() || shownByLegacy.containsKey(text);
    if (reference && !known && Words.isWhole(text)) {
      return pair(type, text, right, false);
    }
    if (!echoed && nearby(text, right)) {
      remember(text, right);
    }
    return Optional.empty();
  }

  private Optional<Difference> pair(String type, String legacy, String candidate, boolean echoed) {
    if (echoed
        && ids.candidateOf(type, legacy).isEmpty()
        && ids.legacyOf(type, candidate).isEmpty()) {
      // neither side drew it: an id that the client chose, or that was there before
      return Optional.empty();
    }
    return ids.learn(type, legacy, candidate);
  }

  /// A pair of tokens of one form that neither side has shown before.
  private void token(String legacy, String candidate) {
    VolatileClass form = VolatileClass.of(legacy);
    VolatileClass other = VolatileClass.of(candidate);
    boolean cursor = legacy.length() > 64 && Words.isToken(legacy) && Words.isToken(candidate);
    boolean same =
        form != null
            && other != null
            && form.merge(other) != null
            && Math.abs(legacy.length() - candidate.length()) <= 4;
    if (!legacy.equals(candidate)
        && (same || cursor)
        && !shownByLegacy.containsKey(legacy)
        && !shownByCandidate.containsKey(candidate)) {
      remember(legacy, candidate);
    }
  }

  private void remember(String legacy, String candidate) {
    if (!candidates.containsKey(legacy) && !legacies.containsKey(candidate)) {
      candidates.put(legacy, candidate);
      legacies.put(candidate, legacy);
    }
  }

  /// Two dates of the same form that are seconds apart: both sides asked their clocks.
  private static boolean nearby(String legacy, String candidate) {
    if (!(VolatileClass.of(legacy) instanceof VolatileClass.Time left)
        || !(VolatileClass.of(candidate) instanceof VolatileClass.Time right)
        || !left.form().equals(right.form())
        || !left.zone().equals(right.zone())) {
      return false;
    }
    try {
      Instant one = Instant.parse(legacy);
      return Duration.between(one, Instant.parse(candidate)).abs().compareTo(Duration.ofSeconds(3))
          < 0;
    } catch (DateTimeException _) {
      // in another form: only the moment itself is told then, see tolerance
      return false;
    }
  }

  /// What a side was sent, so that it did not draw it.
  private static Set<String> sent(Request request) {
    Set<String> sent = new HashSet<>();
    Response asAnswer = new Response(0, request.headers(), request.body());
    Leaves.of(asAnswer, LEAVES).forEach(leaf -> sent.add(leaf.text()));
    Matcher words = WORD.matcher(request.target());
    while (words.find()) {
      sent.add(words.group());
    }
    return sent;
  }

  /// Takes in what both sides have shown: none of it is handed out later.
  void shown(Response legacy, Response candidate) {
    show(legacy, shownByLegacy);
    show(candidate, shownByCandidate);
  }

  private static void show(Response response, Map<String, Boolean> shown) {
    for (Leaf leaf : Leaves.of(response, LEAVES)) {
      if (Words.isToken(leaf.text()) || Words.isIdName(leaf.name())) {
        shown.put(leaf.text(), true);
      }
    }
  }

  /// What a path named is gone on both sides: its id may be handed out again.
  void gone(String legacyTarget) {
    List<String> segments = Words.segments(legacyTarget);
    for (int i = segments.size() - 1; i > 0; i--) {
      if (!segments.get(i).isEmpty()) {
        ids.forget(Words.singular(segments.get(i - 1)), segments.get(i));
        return;
      }
    }
  }

  /// The candidate's answer with the legacy's ids in the places by which elements of arrays are
  /// paired. Only there: every other reference is judged as it stands.
  Response aligned(Endpoint endpoint, Response candidate) {
    String type = Words.typeOfPath(endpoint.template());
    return new Response(
        candidate.status(),
        candidate.headers(),
        Leaves.with(
            candidate.headers(),
            candidate.body(),
            leaf -> {
              if (!Words.isOwnId(leaf.name()) || leaf.path().indexOf('[') < 0) {
                return null;
              }
              String token = legacies.get(leaf.text());
              return token != null
                  ? token
                  : ids.legacyOf(Words.typeOfLeaf(leaf.path(), type), leaf.text()).orElse(null);
            }));
  }

  /// Takes partners for the same, and times of now.
  Tolerance tolerance(Endpoint endpoint, Instant now) {
    String type = Words.typeOfPath(endpoint.template());
    return difference -> {
      String legacy = difference.legacy();
      String candidate = difference.candidate();
      if (difference.kind() != Kind.VALUE || legacy == null || candidate == null) {
        return false;
      }
      return same(difference.where(), bare(legacy), bare(candidate), type)
          || ofNow(legacy, candidate, now);
    };
  }

  private static String bare(String shown) {
    String text = shown.startsWith("\"") ? shown.substring(1) : shown;
    return text.endsWith("\"") ? text.substring(0, text.length() - 1) : text;
  }

  private static boolean ofNow(String legacy, String candidate, Instant now) {
    return VolatileClass.of(legacy) instanceof VolatileClass.Time time
        && time.fits(candidate)
        && VolatileClass.near(legacy, now, SKEW)
        && VolatileClass.near(candidate, now, SKEW);
  }

  private boolean same(String where, String legacy, String candidate, String type) {
    if (legacy.endsWith("…") || candidate.endsWith("…")) {
      return begins(candidates, legacy, candidate);
    }
    if (candidate.equals(candidates.get(legacy))) {
      return true;
    }
    if (where.startsWith("body:") && Words.isWhole(legacy) && Words.isWhole(candidate)) {
      return reference(where.substring("body:".length()), legacy, candidate, type);
    }
    return sameText(legacy.replace(legacyBase, ""), candidate.replace(candidateBase, ""));
  }

  /// Values too long to be shown whole.
  private static boolean begins(Map<String, String> candidates, String legacy, String candidate) {
    String left = legacy.replace("…", "");
    String right = candidate.replace("…", "");
    return left.length() > 64
        && candidates.entrySet().stream()
            .anyMatch(pair -> pair.getKey().startsWith(left) && pair.getValue().startsWith(right));
  }

  private boolean reference(String path, String legacy, String candidate, String ofEndpoint) {
    String type = Words.typeOfLeaf(path, ofEndpoint);
    String name = path.substring(path.lastIndexOf('.') + 1).replace("[*]", "");
    String meant = ids.knows(type) ? type : aliases.get(name);
    if (meant != null) {
      return ids.candidateOf(meant, legacy).filter(candidate::equals).isPresent();
    }
    if (!Words.isReference(name)) {
      // a count that happens to be an id of something
      return false;
    }
    List<String> types = ids.typesOf(legacy, candidate);
    if (types.size() == 1) {
      aliases.put(name, types.getFirst());
    }
    return !types.isEmpty();
  }

  /// Paths, links and sentences with ids in them.
  private boolean sameText(String legacy, String candidate) {
    Matcher left = WORD.matcher(legacy);
    Matcher right = WORD.matcher(candidate);
    int l = 0;
    int r = 0;
    boolean path = legacy.startsWith("/");
    @Nullable String before = null;
    while (left.find()) {
      if (!right.find()
          || !legacy.substring(l, left.start()).equals(candidate.substring(r, right.start()))) {
        return false;
      }
      String one = left.group();
      String other = right.group();
      if (!one.equals(other) && !partners(before, one, other, path)) {
        return false;
      }
      before = one;
      l = left.end();
      r = right.end();
    }
    return !right.find() && legacy.substring(l).equals(candidate.substring(r));
  }

  private boolean partners(@Nullable String before, String legacy, String candidate, boolean path) {
    if (candidate.equals(candidates.get(legacy))) {
      return true;
    }
    String type = before == null ? "" : Words.singular(before);
    return ids.knows(type)
        ? ids.candidateOf(type, legacy).filter(candidate::equals).isPresent()
        : path && !ids.typesOf(legacy, candidate).isEmpty();
  }
}
