package dev.banyan.compare;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import dev.banyan.parity.Leaves;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a write has left behind: reads what it touched again on both sides, and compares.
///
/// Read are, at most [#READS] of them: where the answer's `Location` leads, the path and the
/// answer's id, the path itself, the thing that the path is part of, and the collection. Where
/// another user (other credentials) has been there before, they are read as that user as well: a
/// row that somebody else has removed is seen by its owner.
///
/// Nothing is read before a write. What already differed when the same place was last read, by the
/// file or here, is not told of again; so the first write after which a difference is seen has it.
/// Headers of these reads are not compared: the file's own reads tell of them. Bounded; used by one
/// thread.
final class Effects {
  static final int READS = 4;
  private static final int REMEMBERED = 5_000;

  private static final Set<String> CREDENTIALS =
      Set.of("authorization", "cookie", "x-api-key", "x-auth-token");

  /// Of the write alone, and not of what reads after it.
  private static final Set<String> OF_WRITE =
      Set.of(
          "content-type",
          "content-length",
          "content-encoding",
          "content-md5",
          "digest",
          "if-match",
          "if-none-match",
          "if-modified-since",
          "if-unmodified-since",
          "if-range",
          "range",
          "idempotency-key",
          "origin",
          "x-http-method-override",
          "prefer");

  /// Both sides' requests as one user sends them.
  private record User(String name, Headers legacy, Headers candidate) {}

  private record Place(String legacy, String candidate) {}

  private final Pair pair;
  private final Judge judge;
  private final HandedOut handedOut;
  private final PathTemplates templates;
  private final List<URI> bases;

  /// The last user of a place other than the one that writes now.
  private final Map<String, User> users = new Bounded<>(REMEMBERED);

  /// In the order in which they were seen last.
  private final LinkedHashMap<String, User> known = new LinkedHashMap<>();

  /// What differed when a place was last read.
  private final Map<String, Set<String>> told = new Bounded<>(REMEMBERED);

  Effects(
      Pair pair,
      Judge judge,
      HandedOut handedOut,
      PathTemplates templates,
      CompareOptions options) {
    this.pair = pair;
    this.judge = judge;
    this.handedOut = handedOut;
    this.templates = templates;
    this.bases = List.of(options.legacy(), options.candidate());
  }

  /// Takes in a safe request of the file and what differed.
  void read(Request legacy, Request candidate, List<Difference> differences) {
    User user = user(legacy, candidate);
    told.put(key(user, Words.path(legacy.target()), legacy.target()), places(differences));
    users.put(Words.path(legacy.target()), user);
  }

  /// Reads again what a write has touched.
  ///
  /// @return what differs there and did not before, each at `effect …`
  List<Difference> of(
      Request legacy, Request candidate, Response legacyAnswer, Response candidateAnswer) {
    User writer = user(legacy, candidate);
    List<Difference> found = new ArrayList<>();
    Set<String> places = new HashSet<>();
    List<Place> touched = places(legacy, candidate, legacyAnswer, candidateAnswer);
    Optional<User> other = other(writer, touched);
    for (Place place : touched) {
      List<User> readers = new ArrayList<>(List.of(writer));
      other.ifPresent(readers::add);
      for (User reader : readers) {
        for (Difference difference : reread(place, reader, legacy, candidate)) {
          if (places.add(difference.where() + difference.kind())) {
            found.add(difference);
          }
        }
      }
      users.put(place.legacy(), writer);
    }
    return found;
  }

  private List<Difference> reread(Place place, User user, Request write, Request itsPartner) {
    Request toLegacy = new Request("GET", place.legacy(), user.legacy(), Body.EMPTY);
    Request toCandidate = new Request("GET", place.candidate(), user.candidate(), Body.EMPTY);
    Pair.Legs legs = pair.ask(toLegacy, toCandidate);
    Endpoint endpoint = templates.of("GET", place.legacy());
    Optional<Response> left = Judge.answer(legs.legacy());
    Optional<Response> right = Judge.answer(legs.candidate());
    boolean made = write.method().equals("POST");
    if (made && left.isPresent() && right.isPresent() && Words.varies(last(place.legacy()))) {
      // what was just made shows all of its ids and times now, and what the write itself had sent
      handedOut.learn(endpoint, write, itsPartner, left.get(), right.get());
    }
    Judge.Opinion opinion =
        judge.again(
            endpoint, toLegacy, legs.legacy(), legs.candidate(), () -> pair.askLegacy(toLegacy));
    Set<String> before = told.getOrDefault(key(user, place.legacy(), place.legacy()), Set.of());
    told.put(key(user, place.legacy(), place.legacy()), places(opinion.differences()));
    return opinion.differences().stream()
        .filter(each -> each.severity() != Severity.COSMETIC)
        .filter(each -> !each.where().startsWith("header:"))
        .filter(each -> !before.contains(each.where() + each.kind()))
        .map(Effects::effect)
        .toList();
  }

  private static Difference effect(Difference read) {
    return new Difference(
        "effect " + read.where(), read.kind(), read.severity(), read.legacy(), read.candidate());
  }

  private static Set<String> places(List<Difference> differences) {
    Set<String> places = new HashSet<>();
    differences.forEach(each -> places.add(each.where() + each.kind()));
    return places;
  }

  private static String key(User user, String path, String target) {
    return user.name() + " " + (target.indexOf('?') < 0 ? path : target);
  }

  private List<Place> places(
      Request legacy, Request candidate, Response legacyAnswer, Response candidateAnswer) {
    Map<String, Place> places = new LinkedHashMap<>();
    String ours = trimmed(Words.path(legacy.target()));
    String theirs = trimmed(Words.path(candidate.target()));
    add(places, location(legacyAnswer, 0), location(candidateAnswer, 1));
    boolean item = Words.varies(last(ours)) || !legacy.method().equals("POST");
    if (legacy.method().equals("POST")) {
      id(legacyAnswer)
          .ifPresent(left ->
              id(candidateAnswer)
                  .ifPresent(right -> add(places, ours + "/" + left, theirs + "/" + right)));
    }
    add(places, ours, theirs);
    String above = parent(ours);
    String aboveTheirs = parent(theirs);
    if (item || Words.varies(last(above))) {
      add(places, above, aboveTheirs);
    }
    if (Words.varies(last(above))) {
      add(places, parent(above), parent(aboveTheirs));
    }
    return places.values().stream().limit(READS).toList();
  }

  private static void add(Map<String, Place> places, String legacy, String candidate) {
    if (legacy.length() > 1 && candidate.length() > 1) {
      places.putIfAbsent(legacy, new Place(legacy, candidate));
    }
  }

  private static Optional<String> id(Response answer) {
    return Leaves.of(answer, 500).stream()
        .filter(leaf ->
            Words.isOwnId(leaf.name()) && leaf.path().chars().filter(c -> c == '.').count() <= 2)
        .filter(leaf -> leaf.path().indexOf('[') < 0)
        .map(Leaves.Leaf::text)
        .filter(text -> text.matches("[A-Za-z0-9_.~-]{1,128}"))
        .findFirst();
  }

  /// The path that `Location` leads to below the side's base; empty where it leads elsewhere.
  private String location(Response answer, int side) {
    String written = answer.headers().first("location").orElse("").strip();
    URI base = bases.get(side);
    String origin = base.getScheme() + "://" + base.getRawAuthority();
    String path = written.startsWith(origin) ? written.substring(origin.length()) : written;
    String below = base.getRawPath() == null ? "" : trimmed(base.getRawPath());
    if (!path.startsWith("/") || path.startsWith("//")) {
      return "";
    }
    return !below.isEmpty() && path.startsWith(below + "/") ? path.substring(below.length()) : path;
  }

  private static String trimmed(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private static String last(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('/')));
  }

  private User user(Request legacy, Request candidate) {
    StringBuilder name = new StringBuilder();
    for (Headers.Field field : legacy.headers().fields()) {
      if (CREDENTIALS.contains(field.name().toLowerCase(Locale.ROOT))) {
        name.append(field.name().toLowerCase(Locale.ROOT)).append(field.value()).append('\n');
      }
    }
    User user = new User(name.toString(), reading(legacy), reading(candidate));
    if (known.size() > 100) {
      known.pollFirstEntry();
    }
    known.remove(user.name());
    known.put(user.name(), user);
    return user;
  }

  private static Headers reading(Request request) {
    return new Headers(
        request.headers().fields().stream()
            .filter(field -> !OF_WRITE.contains(field.name().toLowerCase(Locale.ROOT)))
            .toList());
  }

  /// Whoever used one of the places last, else the user seen last, if another one has been seen.
  private Optional<User> other(User writer, List<Place> touched) {
    Optional<User> of =
        touched.stream()
            .map(place -> users.get(place.legacy()))
            .filter(user -> user != null && !user.name().equals(writer.name()))
            .findFirst();
    return of.or(() ->
        known.values().stream()
            .filter(user -> !user.name().equals(writer.name()) && !user.name().isEmpty())
            .reduce((_, last) -> last));
  }
}
