package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What an editor makes of a file by the schema. Checks by the words that the schema uses only, and
/// fails on any other.
class SchemaTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final JsonNode SCHEMA = JSON.readTree(JsonSchema.text());

  @Test
  void theExampleFitsTheSchema() throws Exception {
    String example = Files.readString(Repository.root().resolve("examples/banyan.yaml"));

    assertThat(fits(SCHEMA, yaml(example))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "services: { a: { url: http://a } }",
        "services: { a: { url: [https://a, https://b:8443] } }",
        "services: { a: { url: '${URL}', connections: '${N:12}' } }",
        "{ services: { a: { url: http://a } }, families: { f: { candidate: a, routes: [/f] } } }",
      })
  void aGoodFileFitsTheSchema(String good) {
    assertThat(fits(SCHEMA, yaml(good))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "services: {}",
        "services: { a: {} }",
        "services: { a: { url: ftp://a } }",
        "services: { a: { url: http://a, conections: 1 } }",
        "services: { a: { url: http://a, connections: 0 } }",
        "services: { a: { url: http://a, connect_timeout: 5 } }",
        "services: { 'a b': { url: http://a } }",
        "{ services: { a: { url: http://a } }, listen: 8080 }",
        "{ services: { a: { url: http://a } }, families: { f: { candidate: a, routes: [] } } }",
        "{ services: { a: { url: http://a } }, families: { f: { candidate: a, routes: [f] } } }",
        "{ services: { a: { url: http://a } }, families: { F: { candidate: a, routes: [/f] } } }",
      })
  void aBadFileDoesNotFitTheSchema(String bad) {
    assertThat(fits(SCHEMA, yaml(bad))).isFalse();
  }

  private static JsonNode yaml(String text) {
    LoadSettings settings = LoadSettings.builder().setSchema(new CoreSchema()).build();
    return JSON.valueToTree(new Load(settings).loadFromString(text));
  }

  private static boolean fits(JsonNode schema, JsonNode value) {
    return schema.propertyStream().allMatch(rule -> holds(schema, rule, value));
  }

  private static boolean holds(JsonNode schema, Map.Entry<String, JsonNode> rule, JsonNode value) {
    JsonNode is = rule.getValue();
    return switch (rule.getKey()) {
      case "$schema", "$id", "title", "description", "default", "$defs" -> true;
      case "$ref" -> fits(SCHEMA.at(is.asString().substring(1)), value);
      case "anyOf" -> is.valueStream().anyMatch(form -> fits(form, value));
      case "enum" -> is.valueStream().anyMatch(word -> word.equals(value));
      case "type" -> type(is.asString(), value);
      case "pattern" ->
          !value.isString() || Pattern.compile(is.asString()).matcher(value.asString()).find();
      case "minimum" -> !value.isNumber() || value.asDouble() >= is.asDouble();
      case "maximum" -> !value.isNumber() || value.asDouble() <= is.asDouble();
      case "minItems", "minProperties" -> value.size() >= is.asInt();
      case "maxItems", "maxProperties" -> value.size() <= is.asInt();
      case "items" -> value.valueStream().allMatch(item -> fits(is, item));
      case "required" -> is.valueStream().allMatch(name -> value.has(name.asString()));
      case "propertyNames" ->
          value.propertyStream().allMatch(p -> fits(is, JSON.valueToTree(p.getKey())));
      case "properties" ->
          value
              .propertyStream()
              .allMatch(p -> !is.has(p.getKey()) || fits(is.path(p.getKey()), p.getValue()));
      case "additionalProperties" ->
          value
              .propertyStream()
              .filter(p -> !schema.path("properties").has(p.getKey()))
              .allMatch(p -> is.isObject() && fits(is, p.getValue()));
      default -> throw new AssertionError("unknown word in the schema: " + rule.getKey());
    };
  }

  private static boolean type(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isString();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      default -> throw new AssertionError("unknown type in the schema: " + type);
    };
  }
}
