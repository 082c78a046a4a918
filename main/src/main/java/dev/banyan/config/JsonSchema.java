package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.Hidden;
import dev.banyan.config.Type.JsonForm;
import dev.banyan.config.Type.ListOf;
import dev.banyan.config.Type.MapOf;
import dev.banyan.config.Type.OneOrMore;
import dev.banyan.config.Type.Scalar;
import dev.banyan.config.Type.TextOrGroup;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The JSON Schema (draft 2020-12) of `banyan.yaml`, for editors to complete and check by.
///
/// It knows each key alone; what must hold between keys only Banyan checks.
final class JsonSchema {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String FILLED = "filled";

  private JsonSchema() {}

  /// The schema as text, the same for the same keys.
  static String text() {
    ObjectNode schema = JSON.objectNode();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("$id", "urn:banyan:schema:banyan.yaml");
    schema.put("title", "banyan.yaml");
    schema.setAll(of(Keys.FILE));
    ObjectNode filled = JSON.objectNode();
    filled.put("description", "A value filled in: ${NAME}, ${NAME:default} or ${file:/path}.");
    filled.put("type", "string");
    filled.put("pattern", "\\$\\{[^}]+\\}");
    schema.putObject("$defs").set(FILLED, filled);
    ObjectWriter pretty = JsonMapper.builder().build().writerWithDefaultPrettyPrinter();
    return pretty.writeValueAsString(schema) + "\n";
  }

  private static ObjectNode of(Type<?> type) {
    return switch (type) {
      case Scalar<?> scalar -> orFilled(scalar(scalar.form()));
      case Hidden hidden -> orFilled(text("^" + hidden.pattern().pattern() + "$"));
      case ListOf<?> list -> list(list);
      case OneOrMore<?> some -> {
        ObjectNode schema = JSON.objectNode();
        schema
            .putArray("anyOf")
            .add(of(some.item()))
            .add(list(new ListOf<>(some.item(), 1, some.most())));
        yield schema;
      }
      case MapOf<?> map -> map(map);
      case Group group -> group(group);
      case TextOrGroup either -> {
        ObjectNode schema = JSON.objectNode();
        schema.putArray("anyOf").add(of(either.key().type())).add(of(either.full()));
        yield schema;
      }
    };
  }

  private static ObjectNode scalar(JsonForm form) {
    return switch (form) {
      case JsonForm.Text text -> text(text.pattern());
      case JsonForm.Words words -> {
        ObjectNode schema = JSON.objectNode();
        ArrayNode values = schema.putArray("enum");
        words.words().forEach(values::add);
        yield schema;
      }
      case JsonForm.Whole whole ->
          JSON.objectNode()
              .put("type", "integer")
              .put("minimum", whole.least())
              .put("maximum", whole.most());
      case JsonForm.Decimal decimal ->
          JSON.objectNode()
              .put("type", "number")
              .put("minimum", decimal.least())
              .put("maximum", decimal.most());
      case JsonForm.Flag flag -> JSON.objectNode().put("type", "boolean");
    };
  }

  private static ObjectNode text(String pattern) {
    return JSON.objectNode().put("type", "string").put("pattern", pattern);
  }

  private static ObjectNode orFilled(ObjectNode own) {
    ObjectNode schema = JSON.objectNode();
    schema.putArray("anyOf").add(own).add(JSON.objectNode().put("$ref", "#/$defs/" + FILLED));
    return schema;
  }

  private static ObjectNode list(ListOf<?> list) {
    ObjectNode schema = JSON.objectNode().put("type", "array");
    schema.put("minItems", list.least()).put("maxItems", list.most());
    schema.set("items", of(list.item()));
    return schema;
  }

  private static ObjectNode map(MapOf<?> map) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    schema.put("minProperties", map.least()).put("maxProperties", map.most());
    schema.putObject("propertyNames").put("pattern", "^" + map.names().pattern() + "$");
    schema.set("additionalProperties", of(map.value()));
    return schema;
  }

  private static ObjectNode group(Group group) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    ArrayNode required = JSON.arrayNode();
    ObjectNode properties = JSON.objectNode();
    for (Key<?> key : group.keys()) {
      properties.set(key.name(), key(key));
      if (key.required()) {
        required.add(key.name());
      }
    }
    schema.set("properties", properties);
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    return schema.put("additionalProperties", false);
  }

  private static ObjectNode key(Key<?> key) {
    ObjectNode schema = of(key.type());
    String limit = key.atLimit().isEmpty() ? "" : " At the limit: " + key.atLimit();
    schema.put("description", key.meaning() + limit);
    String standard = key.standard();
    if (standard != null && !standard.equals("{}")) {
      put(schema, key.type(), standard);
    }
    return schema;
  }

  private static void put(ObjectNode schema, Type<?> type, String standard) {
    switch (type) {
      case Scalar<?> scalar -> {
        switch (scalar.form()) {
          case JsonForm.Whole whole -> schema.put("default", Long.parseLong(standard));
          case JsonForm.Decimal decimal -> schema.put("default", Double.parseDouble(standard));
          case JsonForm.Flag flag -> schema.put("default", Boolean.parseBoolean(standard));
          case JsonForm.Text text -> schema.put("default", standard);
          case JsonForm.Words words -> schema.put("default", standard);
        }
      }
      case ListOf<?> list -> {
        ArrayNode items = schema.putArray("default");
        for (String item : standard.substring(1, standard.length() - 1).split(",", -1)) {
          items.add(item.strip());
        }
      }
      case Hidden hidden -> schema.put("default", standard);
      case MapOf<?> map -> schema.putObject("default");
      case Group group -> schema.putObject("default");
      case OneOrMore<?> some -> schema.put("default", standard);
      case TextOrGroup either -> schema.put("default", standard);
    }
  }
}
