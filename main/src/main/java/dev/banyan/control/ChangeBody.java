package dev.banyan.control;

import dev.banyan.access.Role;
import dev.banyan.cutover.Version;
import dev.banyan.exchange.Difference;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.parity.Scope;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// What the body and the precondition of a changing request say, read strictly.
///
/// Only `application/json` is taken: a form on a foreign page can not send that without the browser
/// asking first. Reading fails with a [RefusedException] that names every fault found.
final class ChangeBody {
  /// The largest body that is read.
  static final int LIMIT = 64 * 1024;

  /// The longest reason or actor, which the ledger keeps for good.
  static final int TEXT_LIMIT = 1000;

  private static final String FORCE = "force";

  static final String ACCEPT_LOSS = "acceptLoss";

  /// The fields that are true or false, and no text.
  private static final Set<String> FLAGS = Set.of(FORCE, "unfenced", "repair");

  private static final Pattern LASTS = Pattern.compile("([1-9][0-9]{0,4})([dh])");
  private static final Duration LONGEST = Duration.ofDays(3_650);

  private final Map<String, String> fields;
  private final @Nullable Version expected;
  private final Caller caller;

  private ChangeBody(Map<String, String> fields, @Nullable Version expected, Caller caller) {
    this.fields = fields;
    this.expected = expected;
    this.caller = caller;
  }

  /// @param known the fields that this request may have
  static ChangeBody read(ServerRequest request, Set<String> known) {
    if (!request.headers().testContentType(MediaTypes.APPLICATION_JSON)) {
      throw RefusedException.invalid(
          "Content-Type must be application/json, not "
              + request.headers().value(HeaderNames.CONTENT_TYPE).orElse("absent"));
    }
    return new ChangeBody(fields(bytes(request), known), expected(request), Caller.of(request));
  }

  Caller caller() {
    return caller;
  }

  @Nullable Version expected() {
    return expected;
  }

  String reason() {
    String reason = fields.getOrDefault("reason", "").strip();
    if (reason.isEmpty()) {
      throw new RefusedException(
          Refusal.of(
              Refusal.Code.REASON_MISSING,
              "say why: a change needs a 'reason' that is not blank; the ledger keeps it"));
    }
    return bounded("reason", reason);
  }

  String actor() {
    return caller.actor(bounded("actor", fields.getOrDefault("actor", "").strip()));
  }

  boolean force() {
    return flag(FORCE);
  }

  /// How many rows may be lost, or null where it says nothing.
  @Nullable Long acceptLoss() {
    String text = fields.get(ACCEPT_LOSS);
    if (text == null) {
      return null;
    }
    if (!text.matches("[0-9]{1,12}")) {
      throw RefusedException.invalid(
          "'"
              + ACCEPT_LOSS
              + "' must be a number of rows as text, such as \"3\", not '"
              + text
              + "'");
    }
    return Long.parseLong(text);
  }

  /// Whether a field that is true or false is there and true.
  boolean flag(String name) {
    return fields.getOrDefault(name, "false").equals("true");
  }

  /// What a field says, or nothing.
  Optional<String> text(String name) {
    String text = fields.getOrDefault(name, "").strip();
    return text.isEmpty() ? Optional.empty() : Optional.of(bounded(name, text));
  }

  Role role() {
    String word = required("role");
    return Role.of(word)
        .orElseThrow(() ->
            RefusedException.invalid(
                "'role' must be viewer, operator, approver or admin, not '" + word + "'"));
  }

  /// How long a token is to hold, or null until it is revoked.
  @Nullable Duration lasts() {
    String text = fields.get("expires");
    if (text == null) {
      return null;
    }
    Matcher match = LASTS.matcher(text);
    if (match.matches()) {
      long number = Long.parseLong(match.group(1));
      Duration lasts =
          match.group(2).equals("d") ? Duration.ofDays(number) : Duration.ofHours(number);
      if (lasts.compareTo(LONGEST) <= 0) {
        return lasts;
      }
    }
    throw RefusedException.invalid(
        "'expires' must be a number of days or hours up to 3650d, such as 90d or 12h, not '"
            + text
            + "'");
  }

  Phase.@Nullable Name to() {
    String word = fields.get("to");
    return word == null ? null : phase(word);
  }

  /// The phase of a word.
  static Phase.Name phase(String word) {
    for (Phase.Name name : Phase.Name.values()) {
      if (name.word().equals(word.toLowerCase(Locale.ROOT))) {
        return name;
      }
    }
    throw RefusedException.invalid(
        "'to' must be legacy, shadow, canary, reads, writes or retired, not '" + word + "'");
  }

  @Nullable Weight weight() {
    String text = fields.get("weight");
    if (text == null) {
      return null;
    }
    try {
      return Weight.parse(text);
    } catch (IllegalArgumentException e) {
      throw RefusedException.invalid("'weight': " + e.getMessage());
    }
  }

  /// The place that a ruling is for.
  Scope scope() {
    String where = required("where");
    try {
      return new Scope(endpoint(), where, kind());
    } catch (IllegalArgumentException e) {
      throw RefusedException.invalid("'where': " + e.getMessage());
    }
  }

  String required(String name) {
    String text = fields.getOrDefault(name, "").strip();
    if (text.isEmpty()) {
      throw RefusedException.invalid("'" + name + "' is needed");
    }
    return bounded(name, text);
  }

  private Optional<Endpoint> endpoint() {
    String text = fields.get("endpoint");
    return text == null ? Optional.empty() : Optional.of(endpoint("endpoint", text));
  }

  /// @throws RefusedException unless it is a method, one space, and a path
  static Endpoint endpoint(String name, String text) {
    int space = text.indexOf(' ');
    if (space < 1 || !text.startsWith("/", space + 1)) {
      throw RefusedException.invalid(
          "'"
              + name
              + "' must be a method and a path, such as GET /users/{id}, not '"
              + text
              + "'");
    }
    return new Endpoint(text.substring(0, space), text.substring(space + 1));
  }

  private Optional<Difference.Kind> kind() {
    String word = fields.get("kind");
    if (word == null) {
      return Optional.empty();
    }
    Optional<Difference.Kind> kind = Scope.kind(word);
    if (kind.isEmpty()) {
      throw RefusedException.invalid(
          "'kind' must be one of "
              + Arrays.stream(Difference.Kind.values()).map(Difference.Kind::word).toList()
              + ", not '"
              + word
              + "'");
    }
    return kind;
  }

  LocalDate until() {
    String text = required("until");
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      throw RefusedException.invalid(
          "'until' must be a date such as 2027-03-31, not '" + text + "'");
    }
  }

  static byte[] bytes(ServerRequest request) {
    if (request.headers().contentLength().orElse(0) > LIMIT) {
      throw tooLarge();
    }
    if (!request.content().hasEntity()) {
      return new byte[0];
    }
    try (InputStream in = request.content().inputStream()) {
      byte[] bytes = in.readNBytes(LIMIT + 1);
      if (bytes.length > LIMIT) {
        throw tooLarge();
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RefusedException tooLarge() {
    return new RefusedException(
        Refusal.of(Refusal.Code.BODY_TOO_LARGE, "the body may have " + LIMIT + " bytes at most"));
  }

  private static Map<String, String> fields(byte[] bytes, Set<String> known) {
    if (bytes.length == 0) {
      return Map.of();
    }
    JsonNode body;
    try {
      body = Json.MAPPER.readTree(bytes);
    } catch (JacksonException e) {
      throw RefusedException.invalid(
          "the body is not JSON, line "
              + e.getLocation().getLineNr()
              + " column "
              + e.getLocation().getColumnNr()
              + ": "
              + e.getOriginalMessage());
    }
    if (!body.isObject()) {
      throw RefusedException.invalid("the body must be a JSON object, not " + kind(body));
    }
    Map<String, String> fields = new LinkedHashMap<>();
    List<String> faults = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : body.properties()) {
      String name = field.getKey();
      JsonNode value = field.getValue();
      if (!known.contains(name)) {
        faults.add("'" + name + "' is not known here; known are " + new TreeSet<>(known));
      } else if (value.isBoolean() && FLAGS.contains(name)) {
        fields.put(name, String.valueOf(value.booleanValue()));
      } else if (FLAGS.contains(name) && !value.isNull()) {
        faults.add("'" + name + "' must be true or false, not " + kind(value));
      } else if (value.isString()) {
        fields.put(name, value.stringValue());
      } else if (!value.isNull()) {
        faults.add("'" + name + "' must be a text, not " + kind(value));
      }
    }
    if (!faults.isEmpty()) {
      throw RefusedException.invalid("in the body: " + String.join("; ", faults));
    }
    return fields;
  }

  private static @Nullable Version expected(ServerRequest request) {
    String text = request.headers().value(HeaderNames.IF_MATCH).orElse("*").strip();
    if (text.equals("*")) {
      return null;
    }
    return StateTag.parse(text)
        .orElseThrow(() ->
            new RefusedException(
                Refusal.of(
                    Refusal.Code.STATE_CHANGED,
                    "If-Match "
                        + text
                        + " is no tag of a family: send the ETag that the family was read"
                        + " with")));
  }

  private static String bounded(String name, String text) {
    if (text.length() > TEXT_LIMIT) {
      throw RefusedException.invalid(
          "'" + name + "' may have " + TEXT_LIMIT + " characters at most, not " + text.length());
    }
    return text;
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "an array";
      case OBJECT, POJO -> "an object";
      case NUMBER -> "a number";
      case BOOLEAN -> "true or false";
      case STRING, BINARY -> "a text";
      case NULL -> "null";
      case MISSING -> "nothing";
    };
  }
}
