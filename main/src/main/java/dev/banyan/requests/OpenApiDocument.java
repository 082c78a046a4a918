package dev.banyan.requests;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.core.JacksonException;

/// An OpenAPI document in memory, with the references in it followed.
final class OpenApiDocument {
  private static final int MOST_HOPS = 32;
  private static final int MOST_NODES = 5_000_000;
  private static final int MOST_ALIASES = 500;
  private static final String ADVICE = "; check the document with a validator of OpenAPI";
  private static final LoadSettings YAML =
      LoadSettings.builder()
          .setSchema(new CoreSchema())
          .setCodePointLimit(Limits.DOCUMENT)
          .setMaxAliasesForCollections(MOST_ALIASES)
          .build();

  private final Tree root;
  private int unresolved;

  private OpenApiDocument(Tree root) {
    this.root = root;
  }

  static OpenApiDocument load(RequestFile file) throws IOException, RequestFileException {
    byte[] bytes;
    try (InputStream in = file.open()) {
      bytes = in.readNBytes(Limits.DOCUMENT + 1);
    }
    if (bytes.length > Limits.DOCUMENT) {
      throw file.fault(
          "byte " + Limits.DOCUMENT, "the document goes on; the limit is 32 MiB: split it");
    }
    String text = decoded(file, bytes);
    Object value = text.stripLeading().startsWith("{") ? json(file, text) : yaml(file, text);
    int[] nodes = {MOST_NODES};
    Tree root = new Tree(plain(file, value, 0, nodes));
    String version = root.get("openapi").text();
    if (!version.startsWith("3.")) {
      throw file.fault(
          "openapi",
          "the version is '"
              + (version.isEmpty() ? root.get("swagger").text() : version)
              + "'; OpenAPI 3.0 and 3.1 can be read: convert the document");
    }
    if (root.get("paths").members().isEmpty()) {
      throw file.fault("paths", "there are none, so there is nothing to ask" + ADVICE);
    }
    return new OpenApiDocument(root);
  }

  private static String decoded(RequestFile file, byte[] bytes) throws RequestFileException {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw file.fault("the whole document", "not UTF-8 text; save it as UTF-8", e);
    }
  }

  private static Object json(RequestFile file, String text) throws RequestFileException {
    try {
      return Json.MAPPER.readValue(text, Map.class);
    } catch (JacksonException e) {
      throw file.fault("the JSON", Json.complaint(e) + ADVICE, e);
    }
  }

  private static @Nullable Object yaml(RequestFile file, String text) throws RequestFileException {
    try {
      checkDepth(file, text);
      return new Load(YAML).loadFromString(text);
    } catch (MarkedYamlEngineException e) {
      String place = e.getProblemMark().map(OpenApiDocument::place).orElse("the YAML");
      throw file.fault(place, "not YAML: " + firstLine(e.getProblem()) + ADVICE, e);
    } catch (YamlEngineException | NumberFormatException e) {
      throw file.fault("the YAML", "not YAML: " + firstLine(e.getMessage()) + ADVICE, e);
    }
  }

  private static String firstLine(@Nullable String message) {
    return String.valueOf(message).lines().findFirst().orElse("");
  }

  private static String place(Mark mark) {
    return "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
  }

  /// Looks at events, which come one by one: building values takes stack by the depth.
  private static void checkDepth(RequestFile file, String text) throws RequestFileException {
    int depth = 0;
    for (Event event : new Parse(YAML).parseString(text)) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        default -> {}
      }
      if (depth > Limits.DEPTH) {
        throw file.fault(
            event.getStartMark().map(OpenApiDocument::place).orElse("the YAML"),
            "nested more than " + Limits.DEPTH + " levels deep" + ADVICE);
      }
    }
  }

  /// A copy with texts as keys. A YAML alias may make a value hold itself; the bounds end that.
  private static @Nullable Object plain(
      RequestFile file, @Nullable Object value, int depth, int[] nodes)
      throws RequestFileException {
    if (depth > Limits.DEPTH || nodes[0]-- == 0) {
      throw file.fault(
          "the whole document", "too deep or too large once its aliases are followed" + ADVICE);
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      for (Map.Entry<?, ?> member : map.entrySet()) {
        copy.put(String.valueOf(member.getKey()), plain(file, member.getValue(), depth + 1, nodes));
      }
      return copy;
    }
    if (value instanceof Iterable<?> list) {
      List<@Nullable Object> copy = new ArrayList<>();
      for (Object item : list) {
        copy.add(plain(file, item, depth + 1, nodes));
      }
      return copy;
    }
    if (value instanceof Double number) {
      return number.isInfinite() || number.isNaN()
          ? number.toString()
          : new BigDecimal(number.toString());
    }
    return value instanceof byte[] ? "" : value;
  }

  Tree root() {
    return root;
  }

  /// How many references led nowhere so far: to other documents, or to nothing.
  int unresolved() {
    return unresolved;
  }

  /// The node, or what its `$ref` leads to.
  Tree resolve(Tree node) {
    Tree at = node;
    for (int hop = 0; hop < MOST_HOPS; hop++) {
      if (!(at.get("$ref").value() instanceof String reference)) {
        return at;
      }
      at = lookUp(reference);
    }
    unresolved++;
    return Tree.NONE;
  }

  private Tree lookUp(String reference) {
    Tree at = root;
    if (!reference.startsWith("#/")) {
      unresolved++;
      return Tree.NONE;
    }
    for (String step : reference.substring(2).split("/", -1)) {
      String name = unescaped(step);
      List<Tree> items = at.items();
      at =
          name.matches("\\d{1,6}") && Integer.parseInt(name) < items.size()
              ? items.get(Integer.parseInt(name))
              : at.get(name);
    }
    if (at.value() == null) {
      unresolved++;
    }
    return at;
  }

  /// RFC 6901, sections 4 and 6.
  private static String unescaped(String step) {
    String decoded = step;
    if (step.indexOf('%') >= 0 && step.matches("(?:[^%]|%[0-9A-Fa-f]{2}){1,500}")) {
      decoded = URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
    return decoded.replace("~1", "/").replace("~0", "~");
  }
}
