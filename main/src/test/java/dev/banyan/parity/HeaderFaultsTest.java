package dev.banyan.parity;

import static dev.banyan.parity.Answers.answer;
import static dev.banyan.parity.Answers.found;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HeaderFaultsTest {

  private static List<String> header(String name, String legacy, String candidate) {
    return found(
        Comparison.of().compare(answer(200, "x", name, legacy), answer(200, "x", name, candidate)));
  }

  private static List<String> lost(String name, String value) {
    return found(Comparison.of().compare(answer(200, "x", name, value), answer(200, "x")));
  }

  @Test
  void findsAnotherCharset() {
    assertThat(header("Content-Type", "text/plain; charset=utf-8", "text/plain"))
        .containsExactly("header:content-type value breaking");
    assertThat(header("Content-Type", "text/html; charset=UTF-8", "text/html;charset=\"utf-8\""))
        .isEmpty();
  }

  @Test
  void findsAnotherRedirectTarget() {
    assertThat(header("Location", "/a", "/b")).containsExactly("header:location value breaking");
    assertThat(header("Location", "/a", "/a/")).containsExactly("header:location value risky");
  }

  @Test
  void comparesTargetsByTheirParts() {
    String target = "https://api.example.org/a?x=1&y=%2f";
    assertThat(header("Location", target, "HTTPS://API.example.org:443/a?x=1&y=%2F")).isEmpty();
    for (String risky :
        List.of(
            "/a?x=1&y=%2F",
            "https://api.example.org/a/?x=1&y=%2F",
            "https://api.example.org/a?y=%2F&x=1",
            target + "#top")) {
      assertThat(header("Location", target, risky))
          .as(risky)
          .containsExactly("header:location value risky");
    }
    for (String breaking :
        List.of(
            "http://api.example.org/a?x=1&y=%2F",
            "https://api.example.org:8443/a?x=1&y=%2F",
            "https://api.example.org/b?x=1&y=%2F",
            "https://api.example.org/a?x=1",
            "not a URL")) {
      assertThat(header("Location", target, breaking))
          .as(breaking)
          .containsExactly("header:location value breaking");
    }
  }

  @Test
  void comparesDatesByTheInstant() {
    String date = "Sun, 06 Nov 1994 08:49:37 GMT";
    assertThat(header("Last-Modified", date, "Sunday, 06-Nov-94 08:49:37 GMT")).isEmpty();
    assertThat(header("Last-Modified", date, "Sun Nov  6 08:49:37 1994")).isEmpty();
    assertThat(header("Last-Modified", date, "Sun, 06 Nov 1994 08:49:38 GMT"))
        .containsExactly("header:last-modified value risky");
    assertThat(header("Last-Modified", date, "yesterday"))
        .containsExactly("header:last-modified value risky");
  }

  @Test
  void findsAnotherSchemeOfAuthentication() {
    assertThat(header("WWW-Authenticate", "Bearer realm=\"a\", error=\"x\"", "Basic realm=\"a\""))
        .containsExactly("header:www-authenticate value breaking");
    assertThat(header("WWW-Authenticate", "Bearer realm=\"a\"", "bearer realm=\"b\""))
        .containsExactly("header:www-authenticate value risky");
  }

  @Test
  void aCacheThatMayKeepLessIsRiskyOnly() {
    assertThat(header("Cache-Control", "private", "no-store"))
        .containsExactly("header:cache-control value risky");
  }

  @Test
  void findsACacheThatMayNowKeepWhatWasPrivate() {
    assertThat(header("Cache-Control", "private, max-age=60", "max-age=60, public"))
        .containsExactly("header:cache-control value breaking");
    assertThat(header("Cache-Control", "private, max-age=60", "max-age=60, private")).isEmpty();
    assertThat(header("Cache-Control", "max-age=60", "max-age=61"))
        .containsExactly("header:cache-control value risky");
    assertThat(lost("Cache-Control", "no-store"))
        .containsExactly("header:cache-control missing breaking");
  }

  @Test
  void aCookieLostAmongOthersOfItsNameIsMissed() {
    Response legacy =
        Answers.answer(200, "", "Set-Cookie", "sid=1; Path=/a", "Set-Cookie", "sid=2; Path=/b");
    Response candidate = Answers.answer(200, "", "Set-Cookie", "sid=2; Path=/b");

    assertThat(Answers.found(Comparison.of().compare(legacy, candidate)))
        .contains("header:set-cookie[sid 2] missing breaking");
  }

  @Test
  void comparesCookiesByNameAndAttributesAndNotByValue() {
    assertThat(header("Set-Cookie", "sid=1; HttpOnly; Path=/", "sid=2; path=/; httponly"))
        .isEmpty();
    assertThat(header("Set-Cookie", "sid=1; HttpOnly; Secure", "sid=1; Secure"))
        .containsExactly("header:set-cookie[sid] value breaking");
    assertThat(lost("Set-Cookie", "nameless")).hasSize(1);
    assertThat(header("Set-Cookie", "sid=; Path=/", "sid=1; Path=/"))
        .containsExactly("header:set-cookie[sid] value breaking");
    assertThat(
            header(
                "Set-Cookie",
                "sid=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                "sid=x; Expires=Fri, 01 Jan 2027 00:00:00 GMT"))
        .containsExactly("header:set-cookie[sid] value breaking");
    assertThat(lost("Set-Cookie", "sid=1"))
        .containsExactly("header:set-cookie[sid] missing breaking");
  }

  @Test
  void comparesTheStrengthOfTagsAndNotTheTags() {
    assertThat(header("ETag", "\"a\"", "\"b\"")).isEmpty();
    assertThat(header("ETag", "\"a\"", "W/\"a\"")).containsExactly("header:etag value risky");
    assertThat(lost("ETag", "\"a\"")).containsExactly("header:etag missing risky");
  }

  @Test
  void findsMethodsThatAreNoLongerAllowed() {
    assertThat(header("Allow", "GET, POST", "GET")).containsExactly("header:allow value breaking");
    assertThat(header("Allow", "GET, POST", "POST, GET, PUT"))
        .containsExactly("header:allow value risky");
  }

  @Test
  void findsHeadersThatNobodyToldItOf() {
    assertThat(lost("X-Total-Count", "3")).containsExactly("header:x-total-count missing risky");
    assertThat(header("X-Total-Count", "3", "4"))
        .containsExactly("header:x-total-count value risky");
  }

  @Test
  void comparesRepeatedHeadersAsOneList() {
    assertThat(
            Comparison.of()
                .compare(
                    answer(200, "x", "Link", "<a>", "Link", "<b>"),
                    answer(200, "x", "Link", "<b>", "Link", "<a>")))
        .isInstanceOf(Verdict.Mismatch.class);
    assertThat(
            Comparison.of()
                .compare(
                    answer(200, "x", "Link", "<a>", "Link", "<b>"),
                    answer(200, "x", "link", "<a>,<b>")))
        .isEqualTo(new Verdict.Match());
  }

  @Test
  void theReferencePageNamesEveryHeaderThatIsNeverCompared() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/reference/parity.md"))) {
      root = Objects.requireNonNull(root.getParent(), "no docs/reference/parity.md above");
    }
    String page = Files.readString(root.resolve("docs/reference/parity.md"));
    String list = page.substring(page.indexOf("Never compared"), page.indexOf("Of a cookie"));
    assertThat(Pattern.compile("`([^`]+)`").matcher(list).results().map(name -> name.group(1)))
        .containsExactlyElementsOf(HeaderComparison.IGNORED);
  }
}
