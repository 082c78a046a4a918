package dev.banyan.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.banyan.access.Role;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// The OpenFeature Remote Evaluation Protocol (OFREP 0.1, `/ofrep/v1`): code inside the services
/// asks which side a unit is on, and gets the gateway's own answer.
///
/// A family is two flags: its name for reads, and its name with `.writes` for writes. Each is true
/// where the candidate answers. The context's `targetingKey` is the sticky unit.
public final class FlagRoutes {
  private static final String FLAGS = "/ofrep/v1/evaluate/flags";
  private static final String WRITES = ".writes";

  private final Sides sides;

  private FlagRoutes(Sides sides) {
    this.sides = sides;
  }

  public static List<Route> of(Sides sides) {
    FlagRoutes routes = new FlagRoutes(sides);
    return List.of(
        new Route("POST", FLAGS + "/{key}", Role.VIEWER, routes::one),
        new Route("POST", FLAGS, Role.VIEWER, routes::all));
  }

  private enum Code {
    PARSE_ERROR,
    INVALID_CONTEXT,
    TARGETING_KEY_MISSING,
    FLAG_NOT_FOUND
  }

  /// What is said of one flag, or of a request.
  private sealed interface Said {}

  private record Value(
      String key, boolean value, String reason, String variant, Map<String, Object> metadata)
      implements Said {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Failure(@Nullable String key, Code errorCode, String errorDetails)
      implements Said {}

  private record Flags(List<Said> flags) {}

  /// A context that can not be read.
  private static final class ContextException extends Exception {
    private static final long serialVersionUID = 1;
    private final Code code;

    ContextException(Code code, String message) {
      super(message);
      this.code = code;
    }
  }

  private void one(ServerRequest request, ServerResponse response) {
    String key = request.path().pathParameters().get("key");
    Said said;
    try {
      said = evaluate(key, unit(request));
    } catch (ContextException e) {
      said = new Failure(key, e.code, String.valueOf(e.getMessage()));
    }
    if (said instanceof Failure failure) {
      response.status(failure.errorCode() == Code.FLAG_NOT_FOUND ? 404 : 400);
    }
    Replies.json(response, said);
  }

  private void all(ServerRequest request, ServerResponse response) {
    Optional<String> unit;
    try {
      unit = unit(request);
    } catch (ContextException e) {
      response.status(400);
      Replies.json(response, new Failure(null, e.code, String.valueOf(e.getMessage())));
      return;
    }
    List<Said> flags = new ArrayList<>();
    for (String family : sides.families()) {
      flags.add(evaluate(family, unit));
      flags.add(evaluate(family + WRITES, unit));
    }
    byte[] body = Json.bytes(new Flags(flags));
    String tag = '"' + digest(body) + '"';
    response.header(HeaderNames.ETAG, tag);
    if (request.headers().value(HeaderNames.IF_NONE_MATCH).filter(t -> has(t, tag)).isPresent()) {
      response.status(304);
      response.send();
      return;
    }
    response.header(HeaderNames.CONTENT_TYPE, "application/json");
    response.send(body);
  }

  /// Compared weakly, as RFC 9110 (section 13.1.2) has it.
  private static boolean has(String tags, String tag) {
    return Arrays.stream(tags.split(",", -1))
        .map(String::strip)
        .map(each -> each.startsWith("W/") ? each.substring(2) : each)
        .anyMatch(each -> each.equals("*") || each.equals(tag));
  }

  private Said evaluate(String key, Optional<String> unit) {
    boolean read = !key.endsWith(WRITES);
    String family = read ? key : key.substring(0, key.length() - WRITES.length());
    Weight weight = sides.weight(family, read).orElse(null);
    if (weight == null) {
      return new Failure(
          key,
          Code.FLAG_NOT_FOUND,
          "no family is called '" + family + "'; a flag is a family, or a family and '.writes'");
    }
    boolean split = !weight.equals(Weight.NONE) && !weight.equals(Weight.FULL);
    if (split && unit.isEmpty()) {
      return new Failure(
          key,
          Code.TARGETING_KEY_MISSING,
          "'" + family + "' is split by its sticky unit; send that as the context's targetingKey");
    }
    boolean candidate =
        sides.side(family, unit.orElse(""), read).filter(Side.CANDIDATE::equals).isPresent();
    return new Value(
        key,
        candidate,
        split ? "SPLIT" : "STATIC",
        candidate ? "candidate" : "legacy",
        Map.of("weight", weight.toString()));
  }

  /// The context's targeting key, if it has one.
  private static Optional<String> unit(ServerRequest request) throws ContextException {
    byte[] bytes = ChangeBody.bytes(request);
    JsonNode body;
    try {
      body =
          Json.MAPPER.readTree(bytes.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : bytes);
    } catch (JacksonException e) {
      throw new ContextException(
          Code.PARSE_ERROR, "the body is not JSON: " + e.getOriginalMessage());
    }
    JsonNode context = body.path("context");
    if (!body.isObject() || !(context.isObject() || context.isMissingNode())) {
      throw new ContextException(
          Code.INVALID_CONTEXT, "the body must be an object whose 'context' is an object");
    }
    JsonNode key = context.path("targetingKey");
    if (!key.isString() && !key.isMissingNode() && !key.isNull()) {
      throw new ContextException(Code.INVALID_CONTEXT, "'targetingKey' must be a text");
    }
    return key.isString() && !key.stringValue().isEmpty()
        ? Optional.of(key.stringValue())
        : Optional.empty();
  }

  private static String digest(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
