package dev.banyan.requests;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The operations of a document in the order in which they make sense one after the other, and the
/// values that one of them leaves for the next.
///
/// What creates comes first, collections before the collections within them; then what reads, what
/// changes, and at last what deletes, the inner ones first.
final class OpenApiPaths {
  private static final List<String> METHODS =
      List.of("post", "get", "head", "options", "put", "patch", "delete");
  private static final List<String> CREATED = List.of("201", "200", "202", "2XX", "default");

  private final OpenApiDocument document;
  private final Schemas schemas;
  private final List<Operation> operations = new ArrayList<>();

  /// Operations that create, by the shape of their paths.
  private final Map<String, Operation> creating = new HashMap<>();

  /// @param base path of the server, without a slash at the end
  /// @param parameters of the path and of the operation
  record Operation(String method, String base, String path, Tree node, List<Tree> parameters) {
    List<String> segments() {
      return List.of(path.substring(1).split("/", -1));
    }
  }

  OpenApiPaths(OpenApiDocument document, Schemas schemas) {
    this.document = document;
    this.schemas = schemas;
    document.root().get("paths").members().forEach(this::collect);
    operations.sort(Comparator.comparingInt(this::stage).thenComparingInt(OpenApiPaths::depth));
  }

  private void collect(String path, Tree unresolved) {
    Tree item = document.resolve(unresolved);
    for (String method : METHODS) {
      Tree node = item.get(method);
      if (!path.startsWith("/") || !node.isMap()) {
        continue;
      }
      Operation operation =
          new Operation(
              method.toUpperCase(Locale.ROOT),
              base(node, item),
              path,
              node,
              parameters(item, node));
      operations.add(operation);
      if (method.equals("post")) {
        creating.put(shape(operation.segments()), operation);
      }
    }
  }

  private List<Tree> parameters(Tree item, Tree node) {
    Map<String, Tree> parameters = new LinkedHashMap<>();
    for (Tree holder : List.of(item, node)) {
      for (Tree each : holder.get("parameters").items()) {
        Tree parameter = document.resolve(each);
        // One that leads nowhere stays, so that its operation is told as unresolved.
        parameters.put(
            parameter.get("in").text() + " " + parameter.get("name").text(),
            parameter.isMap() ? parameter : each);
      }
    }
    return List.copyOf(parameters.values());
  }

  /// The path of the first server that is declared nearest.
  private String base(Tree node, Tree item) {
    for (Tree holder : List.of(node, item, document.root())) {
      List<Tree> servers = holder.get("servers").items();
      if (servers.isEmpty()) {
        continue;
      }
      String url = servers.getFirst().get("url").text();
      for (Map.Entry<String, Tree> variable :
          servers.getFirst().get("variables").members().entrySet()) {
        url = url.replace("{" + variable.getKey() + "}", variable.getValue().get("default").text());
      }
      String target = Syntax.target(url);
      return target == null ? "" : target.replaceAll("(\\?.*)?$", "").replaceAll("/+$", "");
    }
    return "";
  }

  private static String shape(List<String> segments) {
    StringBuilder shape = new StringBuilder();
    for (String segment : segments) {
      shape.append('/').append(isVariable(segment) ? "{}" : segment);
    }
    return shape.toString();
  }

  private static boolean isVariable(String segment) {
    return segment.startsWith("{") && segment.endsWith("}") && segment.length() > 2;
  }

  private int stage(Operation operation) {
    return switch (operation.method()) {
      case "POST" -> creates(operation) ? 0 : 2;
      case "DELETE" -> 3;
      case "PUT", "PATCH" -> 2;
      default -> 1;
    };
  }

  /// Whether a POST goes to a collection, and not to a verb such as `/orders/{id}/cancel`.
  private boolean creates(Operation operation) {
    List<String> segments = operation.segments();
    if (isVariable(segments.getLast())) {
      return false;
    }
    boolean top = segments.size() < 2 || !isVariable(segments.get(segments.size() - 2));
    String within = shape(segments) + "/{}";
    return top || operations.stream().anyMatch(each -> shape(each.segments()).equals(within));
  }

  private static int depth(Operation operation) {
    int depth = operation.segments().size();
    return operation.method().equals("DELETE") ? -depth : depth;
  }

  List<Operation> inOrder() {
    return List.copyOf(operations);
  }

  /// What stands for an id that an earlier operation brought about: `{{users.id}}`. Null where the
  /// document has no operation that creates such things, or its answer has no such field.
  @Nullable String placeholder(Operation operation, String parameter) {
    List<String> segments = operation.segments();
    int index = segments.indexOf("{" + parameter + "}");
    if (index < 1 || isVariable(segments.get(index - 1))) {
      return null;
    }
    Operation creator = creating.get(shape(segments.subList(0, index)));
    if (creator == null) {
      return null;
    }
    Tree answered = schemas.merged(answer(creator)).get("properties");
    String lower = parameter.toLowerCase(Locale.ROOT);
    boolean isId = lower.endsWith("id") || lower.endsWith("key");
    String field = answered.has(parameter) ? parameter : isId ? "id" : null;
    return field == null ? null : "{{" + segments.get(index - 1) + "." + field + "}}";
  }

  private Tree answer(Operation creator) {
    Tree responses = creator.node().get("responses");
    for (String status : CREATED) {
      if (responses.has(status)) {
        Map<String, Tree> content =
            document.resolve(responses.get(status)).get("content").members();
        for (Map.Entry<String, Tree> each : content.entrySet()) {
          if (each.getKey().contains("json")) {
            return each.getValue().get("schema");
          }
        }
      }
    }
    return Tree.NONE;
  }
}
