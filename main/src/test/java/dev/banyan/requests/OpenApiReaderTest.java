package dev.banyan.requests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenApiReaderTest {
  @TempDir Path folder;

  private Collected read(String name, String text) throws IOException {
    return Collected.of(Files.writeString(folder.resolve(name), text));
  }

  private static String at(Collected api, String place) {
    RecordedRequest found =
        api.requests.stream()
            .filter(each -> each.place().equals(place))
            .findFirst()
            .orElseThrow(() -> new AssertionError(place + " is not among " + places(api)));
    return found.request().method()
        + " "
        + found.request().target()
        + " "
        + new String(found.request().body().toByteArray(), StandardCharsets.UTF_8);
  }

  private static List<String> places(Collected api) {
    return api.requests.stream().map(RecordedRequest::place).toList();
  }

  @Test
  void sendsTheDocumentsExamplesAsTheyAre() throws IOException {
    Collected api = read("shop.yaml", Samples.OPENAPI);
    assertThat(api.complaint()).isEqualTo("none");
    assertThat(at(api, "shop.yaml: POST /items (example 1)"))
        .isEqualTo("POST /v1/items {\"name\":\"lamp\",\"price\":3}");
    assertThat(at(api, "shop.yaml: POST /items (example 2)"))
        .isEqualTo("POST /v1/items {\"name\":\"sofa\",\"price\":399}");
    assertThat(at(api, "shop.yaml: GET /items (example)"))
        .isEqualTo("GET /v1/items?tag=a&tag=b%20c ");
    assertThat(at(api, "shop.yaml: GET /items/{itemId} (itemId: example)"))
        .isEqualTo("GET /v1/items/12 ");
  }

  @Test
  void usesIdsThatAnEarlierRequestBroughtAbout() throws IOException {
    Collected api = read("shop.yaml", Samples.OPENAPI);
    assertThat(at(api, "shop.yaml: GET /items/{itemId} (example)"))
        .isEqualTo("GET /v1/items/{{items.id}} ");
    Collected users = read("users.json", Samples.OPENAPI_JSON);
    assertThat(at(users, "users.json: GET /users/{slug} (example)"))
        .isEqualTo("GET /users/{{users.slug}} ");
  }

  @Test
  void createsBeforeItReadsAndDeletesLast() throws IOException {
    Collected api = read("shop.yaml", Samples.OPENAPI);
    List<String> methods =
        api.requests.stream().map(each -> each.request().method()).distinct().toList();
    assertThat(methods).containsExactly("POST", "GET", "PUT", "DELETE");
    assertThat(api.lines().getLast()).isEqualTo("DELETE /v1/items/{{items.id}}");
    Collected users = read("users.json", Samples.OPENAPI_JSON);
    assertThat(users.lines().indexOf("GET /users/{{users.slug}}"))
        .isBetween(1, users.lines().indexOf("POST /users/{{users.slug}}/block"));
  }

  @Test
  void triesTheEdgesOfParameters() throws IOException {
    Collected api = read("shop.yaml", Samples.OPENAPI);
    String get = "shop.yaml: GET /items ";
    assertThat(at(api, get + "(limit: below minimum)"))
        .isEqualTo("GET /v1/items?limit=0&tag=a&tag=b%20c ");
    assertThat(at(api, get + "(limit: above maximum)")).contains("limit=51");
    assertThat(at(api, get + "(limit: wrong type)")).contains("limit=abc");
    assertThat(at(api, get + "(sort: value price)")).contains("sort=price");
    assertThat(at(api, get + "(sort: unknown value)")).contains("sort=no-such-value");
    assertThat(at(api, get + "(tag: no items)")).isEqualTo("GET /v1/items ");
    assertThat(at(api, "shop.yaml: DELETE /items/{itemId} (itemId: unknown)"))
        .contains("/v1/items/999999999");
  }

  @Test
  void triesTheEdgesOfBodiesThroughReferencesAndAllOf() throws IOException {
    Collected api = read("shop.yaml", Samples.OPENAPI);
    String post = "shop.yaml: POST /items ";
    assertThat(at(api, post + "(name: missing)")).isEqualTo("POST /v1/items {\"price\":3}");
    assertThat(at(api, post + "(name: too short)")).contains("{\"name\":\"a\",\"price\":3}");
    assertThat(at(api, post + "(name: too long)")).contains("\"" + "a".repeat(21) + "\"");
    assertThat(at(api, post + "(name: null)")).contains("{\"name\":null,\"price\":3}");
    assertThat(at(api, post + "(name: wrong type)")).contains("{\"name\":12345,\"price\":3}");
    assertThat(at(api, post + "(price: below minimum)")).contains("\"price\":0}");
    assertThat(at(api, post + "(parent.name: empty)")).contains("\"parent\":{\"name\":\"\"}");
    assertThat(at(api, post + "(no body)")).isEqualTo("POST /v1/items ");
    assertThat(at(api, post + "(unknown field)")).contains("noSuchField");
    assertThat(places(api)).noneMatch(place -> place.contains("(id:"));
  }

  @Test
  void sendsTheOtherBranchOfOneOf() throws IOException {
    Collected users = read("users.json", Samples.OPENAPI_JSON);
    assertThat(at(users, "users.json: POST /users (generated)"))
        .isEqualTo("POST /users {\"email\":\"ada@example.org\"}");
    assertThat(at(users, "users.json: POST /users (another kind)"))
        .isEqualTo("POST /users {\"phone\":\"text\"}");
    assertThat(at(users, "users.json: POST /users (email: not a email)")).contains("not-a-email");
  }

  @Test
  void saysWhichOperationsItCanNotTry() throws IOException {
    Collected users = read("users.json", Samples.OPENAPI_JSON);
    assertThat(users.skipped).containsExactly("users.json: GET /broken unresolved-reference");
  }

  @Test
  void makesTheSameRequestsEachTime() throws IOException {
    Collected first = read("shop.yaml", Samples.OPENAPI);
    Collected second = read("shop.yaml", Samples.OPENAPI);
    assertThat(second.lines()).isEqualTo(first.lines());
  }

  @Test
  void boundsTheCasesAndSaysWhatItLeavesOut() throws IOException {
    StringBuilder many =
        new StringBuilder(
            "openapi: 3.0.0\npaths:\n  /a:\n    get:\n      responses: {}\n      parameters:\n");
    for (int i = 0; i < 100; i++) {
      many.append("        - { name: p")
          .append(i)
          .append(", in: query, schema: { type: integer } }\n");
    }
    Collected api = read("many.yaml", many.toString());
    assertThat(api.requests).hasSize(OpenApiReader.MOST_OF_ONE);
    assertThat(api.lines().getFirst()).isEqualTo("GET /a");
    assertThat(api.skipped).isNotEmpty().allMatch(each -> each.endsWith(" case-limit"));
    assertThat(places(api)).anyMatch(place -> place.contains("(p99:"));
  }

  @Test
  void endsOnSchemasThatContainThemselves() throws IOException {
    String loop = "#/components/schemas/A";
    Collected api =
        read(
            "loop.yaml",
            """
            openapi: 3.1.0
            paths:
              /a:
                post:
                  requestBody: { content: { application/json: { schema: { $ref: "%1$s" } } } }
            components:
              schemas:
                A:
                  allOf: [ { $ref: "%1$s" }, { $ref: "%1$s" }, { $ref: "%1$s" } ]
                  required: [a, b]
                  properties:
                    a: { $ref: "%1$s" }
                    b: { $ref: "%1$s" }
                    c: { $ref: "#/components/schemas/C" }
                C: { $ref: "#/components/schemas/C" }
            """
                .formatted(loop));
    assertThat(api.complaint()).isEqualTo("none");
    assertThat(api.requests.size() + api.skipped.size()).isPositive();
  }

  @Test
  void refusesDocumentsThatItCanNotRead() throws IOException {
    assertThat(read("a.yaml", "swagger: '2.0'\npaths: {}\n").complaint())
        .contains("a.yaml", "'2.0'", "convert");
    assertThat(read("b.yaml", "openapi: 3.0.0\npaths: {}\n").complaint()).contains("paths");
    assertThat(read("c.yaml", "openapi: 3.0.0\npaths: [\n  a: }\n").complaint())
        .contains("line 3", "not YAML");
    assertThat(read("d.yaml", "openapi: 3.0.0\npaths: " + "[".repeat(100_000)).complaint())
        .contains("line 2", "levels deep");
    assertThat(
            read("e.json", "{\"openapi\":\"3.0.0\",\"paths\":" + "[".repeat(100_000)).complaint())
        .contains("e.json", "nesting depth");
    assertThat(read("f.yaml", "openapi: 3.0.0\npaths: &a { b: *a }\n").complaint())
        .contains("aliases");
  }
}
