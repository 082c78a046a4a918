package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.proxy.Limit;
import dev.banyan.proxy.ProxyFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The committed schema, reference page and example are those of the code.
class ReferenceTest {
  private static final Path DOCS = Repository.root().resolve("docs/reference");
  private static final Path EXAMPLE = Repository.root().resolve("examples/banyan.yaml");

  @Test
  void theCommittedSchemaIsUpToDate() throws Exception {
    golden("banyan.schema.json", JsonSchema.text());
  }

  @Test
  void theCommittedReferencePageIsUpToDate() throws Exception {
    golden("banyan-yaml.md", ReferencePage.text());
  }

  @Test
  void theCommittedPageOfLimitsIsUpToDate() throws Exception {
    golden("limits.md", LimitsPage.text());
  }

  @Test
  void everyBoundOfTheFileAndEveryNamedLimitHasItsRow() throws Exception {
    String page = LimitsPage.text();
    assertThat(LimitsPage.rows()).allSatisfy(key -> assertThat(page).contains("`" + key + "` |"));
    for (Limit limit : Limit.values()) {
      assertThat(page).contains("| limit: `" + limit.word() + "` |");
      String key = limit.key();
      if (key != null) {
        assertThat(LimitsPage.rows()).contains(key);
      }
    }
  }

  @Test
  void everyNamedLimitIsObeyedSomewhere() throws Exception {
    StringBuilder code = new StringBuilder();
    try (Stream<Path> files = Files.walk(Repository.root().resolve("main/src/main/java"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        code.append(Files.readString(file));
      }
    }
    Set<Limit> refusing = EnumSet.noneOf(Limit.class);
    for (ProxyFailure.Kind kind : ProxyFailure.Kind.values()) {
      Limit limit = Limit.behind(kind);
      if (limit != null) {
        refusing.add(limit);
      }
    }
    for (Limit limit : Limit.values()) {
      if (!refusing.contains(limit)) {
        assertThat(code).containsPattern("\\bLimit\\." + limit.name() + "\\b");
      }
    }
  }

  private static void golden(String file, String text) throws Exception {
    Path path = DOCS.resolve(file);
    if (System.getProperty("golden.write") != null) {
      Files.createDirectories(DOCS);
      Files.writeString(path, text);
    }
    assertThat(path)
        .as("written again by: mvn test -pl main -Dtest=ReferenceTest -Dgolden.write")
        .hasContent(text);
  }

  @Test
  void theExampleLoads() {
    ConfigResult result = new ConfigFile(EXAMPLE, Environment.of(Map.of())).load();

    assertThat(result)
        .as(result::toString)
        .isInstanceOfSatisfying(
            ConfigResult.Loaded.class,
            loaded ->
                assertThat(loaded.config().families())
                    .extracting(FamilyConfig::name)
                    .containsExactly("users", "search"));
  }

  @Test
  void everyKeyOfTheSchemaSaysWhatItMeansAndNoObjectTakesUnknownKeys() {
    JsonNode schema = JsonMapper.builder().build().readTree(JsonSchema.text());

    assertThat(schema.path("$schema").asString())
        .isEqualTo("https://json-schema.org/draft/2020-12/schema");
    List<String> keys = new ArrayList<>();
    objects(schema, "", keys);
    assertThat(keys)
        .contains("/listen", "/control/token", "/services/*/url", "/families/*/breaker/slow_factor")
        .hasSize(89);
  }

  private static void objects(JsonNode schema, String path, List<String> keys) {
    if (schema.has("properties")) {
      assertThat(schema.path("additionalProperties").asBoolean()).as(path).isFalse();
      schema
          .path("properties")
          .propertyStream()
          .forEach(property -> {
            String key = path + "/" + property.getKey();
            keys.add(key);
            assertThat(property.getValue().path("description").asString()).as(key).isNotBlank();
            objects(property.getValue(), key, keys);
          });
    } else if (schema.path("additionalProperties").isObject()) {
      objects(schema.path("additionalProperties"), path + "/*", keys);
    } else if (schema.has("items")) {
      objects(schema.path("items"), path + "/[]", keys);
    } else {
      schema.path("anyOf").forEach(form -> objects(form, path, keys));
    }
  }

  @Test
  void thePatternsOfTheSchemaAllowEveryDefaultAndExampleThatIsText() {
    List<Key<?>> checked = new ArrayList<>();
    check(Keys.FILE, checked);
    assertThat(checked).hasSizeGreaterThan(10);
  }

  private static void check(Type<?> type, List<Key<?>> checked) {
    switch (type) {
      case Type.Group group ->
          group
              .keys()
              .forEach(key -> {
                check(key, checked);
                check(key.type(), checked);
              });
      case Type.MapOf<?> map -> check(map.value(), checked);
      case Type.ListOf<?> list -> check(list.item(), checked);
      case Type.OneOrMore<?> some -> check(some.item(), checked);
      case Type.TextOrGroup either -> check(either.full(), checked);
      case Type.Scalar<?> scalar -> {}
      case Type.Hidden hidden -> {}
    }
  }

  private static void check(Key<?> key, List<Key<?>> checked) {
    if (key.type() instanceof Type.Scalar<?> scalar
        && scalar.form() instanceof Type.JsonForm.Text text) {
      Pattern pattern = Pattern.compile(text.pattern());
      assertThat(key.example()).as(key.name()).matches(pattern);
      String standard = key.standard();
      if (standard != null) {
        assertThat(standard).as(key.name()).matches(pattern);
      }
      assertThat(scalar.parse().apply(key.example())).as(key.name()).isNotNull();
      checked.add(key);
    }
  }
}
