package dev.banyan.requests;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Headers.Field;
import dev.banyan.exchange.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The requests that try one operation: the document's examples, then one request for each edge of
/// each parameter and field, all else as in the first example.
final class OperationCases {
  /// Edges beyond are not even planned.
  private static final int MOST_PLANNED = 2_000;

  private static final int DEEPEST_FIELD = 3;

  /// Written by other parts of a request (OpenAPI 3.1, section 4.8.12.2).
  private static final Set<String> NOT_PARAMETERS =
      Set.of("accept", "content-type", "authorization");

  private final OpenApiDocument document;
  private final Schemas schemas;
  private final OpenApiPaths paths;
  private final OpenApiPaths.Operation operation;
  private final List<Parameter> parameters = new ArrayList<>();
  private final @Nullable OperationBody body;
  private final List<Case> examples = new ArrayList<>();
  private final List<Case> edges = new ArrayList<>();

  /// @param request made only if the case is chosen; null where it can not be written
  record Case(String name, Supplier<@Nullable Request> request) {}

  OperationCases(
      OpenApiDocument document,
      Schemas schemas,
      OpenApiPaths paths,
      OpenApiPaths.Operation operation) {
    this.document = document;
    this.schemas = schemas;
    this.paths = paths;
    this.operation = operation;
    this.body = OperationBody.of(document, schemas, operation.node());
    operation.parameters().forEach(this::addParameter);
    plan();
  }

  /// Whether the operation must have a body that can not be written.
  boolean lacksBody() {
    return body == null
        && document.resolve(operation.node().get("requestBody")).get("required").isTrue();
  }

  /// Sent whatever the limit.
  List<Case> examples() {
    return examples;
  }

  List<Case> edges() {
    return edges;
  }

  private void addParameter(Tree listed) {
    Tree node = document.resolve(listed);
    String name = node.get("name").text();
    String in = node.get("in").text();
    if (in.equals("header") && NOT_PARAMETERS.contains(name.toLowerCase(Locale.ROOT))) {
      return;
    }
    Tree declared = node.get("schema");
    for (Tree media : node.get("content").members().values()) {
      declared = media.get("schema");
    }
    Tree schema = schemas.merged(declared);
    List<Tree> given = new ArrayList<>();
    if (node.has("example")) {
      given.add(node.get("example"));
    }
    for (Tree each : node.get("examples").members().values()) {
      given.add(document.resolve(each).get("value"));
    }
    boolean isGiven = !given.isEmpty() || schema.has("example");
    Object valid = given.isEmpty() ? schemas.value(declared) : given.getFirst().value();
    String placeholder = in.equals("path") ? paths.placeholder(operation, name) : null;
    parameters.add(
        new Parameter(
            name,
            in,
            in.equals("path") || node.get("required").isTrue(),
            node,
            schema,
            placeholder == null ? valid : placeholder,
            isGiven));
    if (placeholder != null && isGiven && operation.method().equals("GET")) {
      Parameter own = parameters.getLast();
      examples.add(
          new Case(name + ": example", () -> request(Map.of(own.key(), Edge.of(valid)), null)));
    }
  }

  /// A value that may be null, or the absence of one.
  private record Edge(boolean absent, @Nullable Object value) {
    static Edge of(@Nullable Object value) {
      return new Edge(false, value);
    }
  }

  private void plan() {
    List<Case> own = new ArrayList<>();
    if (body == null) {
      own.add(new Case("example", () -> request(Map.of(), null)));
    } else {
      for (int i = 0; i < body.examples().size(); i++) {
        Object value = body.examples().get(i);
        String name = body.generated() ? "generated" : "example " + (i + 1);
        own.add(new Case(name, () -> request(Map.of(), Edge.of(value))));
      }
    }
    examples.addAll(0, own);
    planParameters();
    if (body != null) {
      planBody(body);
    }
  }

  private void edge(String name, Supplier<@Nullable Request> request) {
    if (edges.size() < MOST_PLANNED) {
      edges.add(new Case(name, request));
    }
  }

  private void planParameters() {
    Map<String, Edge> all = new LinkedHashMap<>();
    for (Parameter each : parameters) {
      if (!each.required() && !each.given()) {
        all.put(each.key(), Edge.of(each.valid()));
      }
    }
    if (!all.isEmpty()) {
      edge("every parameter", () -> request(all, example()));
    }
    for (Parameter each : parameters) {
      if (each.required() && !each.in().equals("path")) {
        edge(
            each.name() + ": missing",
            () -> request(Map.of(each.key(), new Edge(true, null)), example()));
      }
      if (each.isPlaceholder()) {
        Object unknown = unknown(each);
        edge(
            each.name() + ": unknown",
            () -> request(Map.of(each.key(), Edge.of(unknown)), example()));
      }
      for (Boundaries.Edge edge : Boundaries.of(each.schema(), false, each.valid())) {
        if (fits(each, edge.value())) {
          edge(
              each.name() + ": " + edge.name(),
              () -> request(Map.of(each.key(), Edge.of(edge.value())), example()));
        }
      }
    }
  }

  /// The id of nothing.
  private static Object unknown(Parameter parameter) {
    return switch (Schemas.type(parameter.schema())) {
      case "integer", "number" -> 999_999_999;
      default ->
          parameter.schema().get("format").text().equals("uuid")
              ? "00000000-0000-4000-8000-000000000000"
              : "no-such-" + parameter.name();
    };
  }

  /// Whether the value can stand where the parameter stands, and is not what is sent anyway.
  private static boolean fits(Parameter parameter, @Nullable Object value) {
    String line = parameter.line(value);
    return switch (parameter.in()) {
      case "path" -> !line.isEmpty() && !Objects.equals(value, parameter.valid());
      case "header" -> line.chars().allMatch(c -> c >= ' ' && c < 0x7F);
      default -> !Objects.equals(value, parameter.valid());
    };
  }

  private @Nullable Edge example() {
    return body == null ? null : Edge.of(body.examples().getFirst());
  }

  private void planBody(OperationBody own) {
    Object valid = own.examples().getFirst();
    if (own.required()) {
      edge("no body", () -> request(Map.of(), null));
    }
    if (own.json()) {
      edge("body cut off", () -> raw("{\"cut\":"));
      edge("body of another type", () -> request(Map.of(), Edge.of(List.of())));
    }
    for (Tree branch : schemas.alternatives(own.declared())) {
      edge("another kind", () -> request(Map.of(), Edge.of(schemas.value(branch))));
    }
    if (valid instanceof Map) {
      edge("empty object", () -> request(Map.of(), Edge.of(Map.of())));
      edge("unknown field", () -> changed(valid, List.of("noSuchField"), false, "text"));
      planFields(own, own.schema(), valid, List.of());
    } else {
      for (Boundaries.Edge edge : Boundaries.of(own.schema(), own.json(), valid)) {
        edge("body: " + edge.name(), () -> request(Map.of(), Edge.of(edge.value())));
      }
    }
  }

  private void planFields(OperationBody own, Tree schema, Object whole, List<String> above) {
    Set<String> required = Schemas.required(schema);
    schema
        .get("properties")
        .members()
        .forEach((name, declared) -> {
          Tree field = schemas.merged(declared);
          if (edges.size() >= MOST_PLANNED || field.get("readOnly").isTrue()) {
            return;
          }
          List<String> path = new ArrayList<>(above);
          path.add(name);
          Object valid = schemas.value(declared);
          String label = String.join(".", path);
          edge(
              label + (required.contains(name) ? ": missing" : ": left out"),
              () -> changed(whole, path, true, null));
          for (Boundaries.Edge edge : Boundaries.of(field, own.json(), valid)) {
            edge(label + ": " + edge.name(), () -> changed(whole, path, false, edge.value()));
          }
          if (Schemas.type(field).equals("object") && path.size() < DEEPEST_FIELD) {
            planFields(own, field, whole, path);
          }
        });
  }

  private @Nullable Request changed(
      @Nullable Object whole, List<String> path, boolean remove, @Nullable Object value) {
    return request(Map.of(), Edge.of(OperationBody.changed(whole, path, remove, value)));
  }

  private @Nullable Request raw(String text) {
    Request request = request(Map.of(), example());
    return request == null
        ? null
        : new Request(
            request.method(),
            request.target(),
            request.headers(),
            Body.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// @param changes to the parameters of the example
  /// @param content null for no body
  private @Nullable Request request(Map<String, Edge> changes, @Nullable Edge content) {
    String path = operation.path();
    List<String> query = new ArrayList<>();
    List<Field> fields = new ArrayList<>();
    List<String> cookies = new ArrayList<>();
    for (Parameter each : parameters) {
      Edge change = changes.get(each.key());
      if (change == null ? !each.required() && !each.given() : change.absent()) {
        continue;
      }
      Object value = change == null ? each.valid() : change.value();
      switch (each.in()) {
        case "path" -> path = path.replace("{" + each.name() + "}", each.segment(value));
        case "query" -> query.addAll(each.query(value));
        case "header" -> fields.add(new Field(each.name(), each.line(value)));
        case "cookie" -> cookies.addAll(each.query(value));
        default -> {}
      }
    }
    if (!cookies.isEmpty()) {
      fields.add(new Field("Cookie", String.join("; ", cookies)));
    }
    byte[] bytes = new byte[0];
    if (content != null && body != null) {
      fields.add(new Field("Content-Type", body.mediaType()));
      bytes = body.bytes(content.value());
    }
    String target =
        Syntax.target(
            operation.base()
                + path
                + (query.isEmpty()
                    ? ""
                    : query.stream().collect(Collectors.joining("&", "?", ""))));
    Headers headers = Syntax.endToEnd(fields);
    return bytes == null || target == null || !Syntax.sendable(headers)
        ? null
        : new Request(operation.method(), target, headers, Body.of(bytes));
  }
}
