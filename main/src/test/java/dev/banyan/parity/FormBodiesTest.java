package dev.banyan.parity;

import static dev.banyan.parity.Answers.answer;
import static dev.banyan.parity.Answers.found;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Verdict;
import org.junit.jupiter.api.Test;

class FormBodiesTest {

  private static Verdict form(String legacy, String candidate) {
    String type = "application/x-www-form-urlencoded";
    return Comparison.of()
        .compare(
            answer(200, legacy, "content-type", type),
            answer(200, candidate, "content-type", type));
  }

  @Test
  void fieldsAreComparedByNameWithoutTheirEscapes() {
    assertThat(form("a=1&b=x+y", "b=x%20y&a=%31")).isEqualTo(new Verdict.Match());
    assertThat(found(form("a=1&b=x%2By", "a=1&b=x+y"))).containsExactly("body:$.b value breaking");
    assertThat(found(form("a=1&b=2", "a=1"))).containsExactly("body:$.b missing breaking");
    assertThat(found(form("a=1", "a=1&c=3"))).containsExactly("body:$.c extra risky");
    assertThat(found(form("a=%FF", "a=%FE"))).containsExactly("body:$.a value breaking");
  }

  @Test
  void repeatedFieldsAreAList() {
    assertThat(found(form("a=1&a=2", "a=2&a=1"))).containsExactly("body:$.a order risky");
    assertThat(found(form("a=1&a=2&a=3", "a=1&a=3"))).containsExactly("body:$.a missing breaking");
    assertThat(found(form("a=1", "a=1&a=1"))).containsExactly("body:$.a extra risky");
  }

  @Test
  void aFormOfMillionsOfFieldsIsComparedAsText() {
    String many = "a=1&".repeat(2_000_000);
    assertThat(found(form(many + "b=1", many + "b=2"))).containsExactly("body value breaking");
  }

  private static Verdict multipart(String legacy, String candidate) {
    return Comparison.of()
        .compare(
            answer(
                200,
                legacy.replace("\n", "\r\n"),
                "content-type",
                "multipart/form-data; boundary=b1"),
            answer(
                200,
                candidate.replace("\n", "\r\n").replace("--b1", "--Other"),
                "content-type",
                "multipart/form-data; boundary=\"Other\""));
  }

  private static String part(String name, String headers, String body) {
    return "--b1\nContent-Disposition: form-data; name=\""
        + name
        + "\""
        + headers
        + "\n\n"
        + body
        + "\n";
  }

  @Test
  void boundariesAndTheOrderOfNamedPartsAreNoDifference() {
    String a = part("a", "", "1");
    String b = part("b", "\nContent-Type: application/json", "{\"x\": 1}");
    String spaced = part("b", "\nContent-Type: application/json", "{ \"x\":1 }");
    assertThat(multipart("before\n" + a + b + "--b1--\n", spaced + a + "--b1--"))
        .isEqualTo(new Verdict.Match());
  }

  @Test
  void partsAreComparedByWhatTheyAre() {
    String json = "\nContent-Type: application/json";
    assertThat(
            found(
                multipart(
                    part("b", json, "{\"x\":1}") + "--b1--",
                    part("b", json, "{\"x\":\"1\"}") + "--b1--")))
        .containsExactly("body:$.b.x type breaking");
    assertThat(
            found(
                multipart(
                    part("f", "; filename=\"a.txt\"", "x") + "--b1--",
                    part("f", "; filename=\"b.txt\"\nContent-Type: text/html", "x") + "--b1--")))
        .containsExactly(
            "body:$.f.content-type value breaking", "body:$.f.filename value breaking");
    assertThat(
            found(
                multipart(
                    part("a", "", "1") + part("b", "", "2") + "--b1--",
                    part("a", "", "1") + "--b1--")))
        .containsExactly("body:$.b missing breaking");
  }

  @Test
  void aPartInsideAPartIsFollowed() {
    String nested =
        "--b1\nContent-Disposition: form-data; name=\"n\"\n"
            + "Content-Type: multipart/mixed; boundary=in\n\n--in\n\n%s\n--in--\n--b1--";
    assertThat(found(multipart(nested.formatted("one"), nested.formatted("two"))))
        .containsExactly("body:$.n[*] value breaking");
  }

  @Test
  void aMultipartWithoutAnEndIsUndecodable() {
    String whole = part("a", "", "1") + "--b1--";
    assertThat(found(multipart(whole, part("a", "", "1"))))
        .containsExactly("body undecodable breaking");
    assertThat(found(multipart("nothing", "at all"))).containsExactly("body undecodable breaking");
  }
}
