package dev.banyan.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Endpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathTemplatesTest {
  private final PathTemplates templates = new PathTemplates();

  private String template(String target) {
    return templates.of("GET", target).template();
  }

  /// Differs from the others of its kind in letters alone.
  private static String word(int i) {
    return "w" + (char) ('a' + i / 26 % 26) + (char) ('a' + i % 26);
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/users/7?page=2, /api/v1/users/{id}",
    "/oauth2/token, /oauth2/token",
    "/products/by-sku/AB-1234, /products/by-sku/{value}",
    "/docs/openapi.json, /docs/openapi.json",
    "/1.0/$metadata, /1.0/$metadata",
    "/names/J%C3%B6rg, /names/{value}",
    "/users/ann@shop.example, /users/{id}",
    "/users/, /users/",
    "/, /"
  })
  void whatIsNoWordVaries(String target, String template) {
    assertThat(template(target)).isEqualTo(template);
  }

  @Test
  void manyWordsInOnePlaceAreValues() {
    Endpoint first = templates.of("GET", "/posts/waa/comments");
    for (int i = 0; i <= PathTemplates.WORDS; i++) {
      template("/posts/" + word(i) + "/comments");
      template("/posts/7");
    }
    assertThat(template("/posts/another/comments")).isEqualTo("/posts/{value}/comments");
    assertThat(template("/posts/7")).isEqualTo("/posts/{id}");
    assertThat(template("/users/ann")).isEqualTo("/users/ann");
    assertThat(templates.latest(first)).isEqualTo(new Endpoint("GET", "/posts/{value}/comments"));
  }

  @Test
  void asManyWordsAsAnApiMayHaveStay() {
    for (int i = 0; i < PathTemplates.WORDS; i++) {
      template("/" + word(i));
    }
    assertThat(template("/waa")).isEqualTo("/waa");
    assertThat(templates.latest(new Endpoint("GET", "/waa")))
        .isEqualTo(new Endpoint("GET", "/waa"));
  }

  @Test
  void whatIsJoinedLaterMayBecomeTooMuchItself() {
    for (int i = 0; i < 300; i++) {
      template("/" + word(i) + "/x" + word(i));
    }
    assertThat(template("/waa/xwaa")).isEqualTo("/{value}/{value}");
    assertThat(templates.latest(new Endpoint("GET", "/waa/xwaa")).template())
        .isEqualTo("/{value}/{value}");
  }

  @Test
  void noNumberOfPathsNeedsMoreThanItsRoom() {
    StringBuilder deep = new StringBuilder();
    for (int i = 0; i < 40_000; i++) {
      deep.setLength(0);
      for (int level = 0; level < 12; level++) {
        deep.append('/').append(word(i >> level));
      }
      template(deep.toString());
    }
    assertThat(template("/something/new/here")).startsWith("/{value}");
  }
}
