package dev.banyan.parity;

import static dev.banyan.parity.Answers.answer;
import static dev.banyan.parity.Answers.found;
import static dev.banyan.parity.Answers.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Faults that rewrites make, as pairs of answers on the wire.
class WireFaultsTest {

  private static List<String> compare(Response legacy, Response candidate) {
    return found(Comparison.of().compare(legacy, candidate));
  }

  private static List<String> body(String legacy, String candidate) {
    return found(Comparison.of().json(legacy, candidate));
  }

  @Test
  void findsAnIdThatBecameAString() {
    assertThat(body("{\"id\":7,\"name\":\"Ann\"}", "{\"id\":\"7\",\"name\":\"Ann\"}"))
        .containsExactly("body:$.id type breaking");
    assertThat(
            body(
                "[{\"id\":7,\"n\":1},{\"id\":8,\"n\":2}]",
                "[{\"id\":\"7\",\"n\":1},{\"id\":\"8\",\"n\":2}]"))
        .containsExactly("body:$[*].id type breaking");
  }

  @Test
  void findsNullWhereTheFieldWasAbsent() {
    assertThat(body("{\"id\":7}", "{\"id\":7,\"phone\":null}"))
        .containsExactly("body:$.phone extra breaking");
    assertThat(body("{\"id\":7,\"phone\":null}", "{\"id\":7}"))
        .containsExactly("body:$.phone missing breaking");
    assertThat(body("{\"phone\":null}", "{\"phone\":\"\"}"))
        .containsExactly("body:$.phone type breaking");
  }

  @Test
  void findsADateThatLostItsZone() {
    assertThat(body("{\"at\":\"2024-01-01T10:00:00Z\"}", "{\"at\":\"2024-01-01T10:00:00\"}"))
        .containsExactly("body:$.at value breaking");
  }

  @Test
  void findsAnotherErrorBody() {
    assertThat(
            compare(
                json(404, "{\"error\":\"not found\"}"),
                json(404, "{\"title\":\"Not Found\",\"status\":404}")))
        .containsExactly(
            "body:$.error missing breaking",
            "body:$.title extra risky",
            "body:$.status extra risky");
  }

  @Test
  void findsNotFoundWhereTheMethodWasNotAllowed() {
    assertThat(
            compare(
                answer(405, "no", "Allow", "GET, POST", "Content-Type", "text/plain"),
                answer(404, "<html>", "Content-Type", "text/html")))
        .containsExactly("status value breaking", "header:allow missing breaking");
  }

  @Test
  void findsMoneyThatWentThroughAFloat() {
    assertThat(body("{\"price\":19.99}", "{\"price\":19.989999999999998}"))
        .containsExactly("body:$.price value breaking");
    assertThat(body("{\"price\":12.345}", "{\"price\":12.35}"))
        .containsExactly("body:$.price value breaking");
    assertThat(body("{\"price\":19.90}", "{\"price\":19.9}"))
        .containsExactly("body:$.price spelling risky");
  }

  @Test
  void findsAWrapperAroundAList() {
    assertThat(body("[{\"id\":1}]", "{\"items\":[{\"id\":1}]}"))
        .containsExactly("body:$ type breaking");
  }

  @Test
  void findsALostVary() {
    Response legacy =
        answer(200, "{}", "Content-Type", "application/json", "Vary", "Accept-Encoding, Origin");
    assertThat(compare(legacy, json(200, "{}"))).containsExactly("header:vary missing breaking");
    assertThat(
            compare(
                legacy,
                answer(200, "{}", "Content-Type", "application/json", "Vary", "accept-encoding")))
        .containsExactly("header:vary value breaking");
    assertThat(
            compare(
                legacy,
                answer(
                    200,
                    "{}",
                    "vary",
                    "origin",
                    "content-type",
                    "application/json",
                    "vary",
                    "accept-encoding")))
        .isEmpty();
  }

  @Test
  void findsATrailingSlashThatIsNotServed() {
    assertThat(compare(json(200, "[]"), json(404, "{\"error\":\"no route\"}")))
        .containsExactly("status value breaking");
  }

  @Test
  void findsASlashThatWasDecodedOnceTooOften() {
    assertThat(compare(json(200, "{\"sku\":\"a/b\"}"), json(404, "{}")))
        .containsExactly("status value breaking");
    assertThat(compare(json(200, "{\"sku\":\"a%2Fb\"}"), json(200, "{\"sku\":\"a/b\"}")))
        .containsExactly("body:$.sku value breaking");
  }

  @Test
  void findsDigitsThatNoDoubleCanHold() {
    assertThat(body("{\"n\":9007199254740993}", "{\"n\":9007199254740992}"))
        .containsExactly("body:$.n value breaking");
    assertThat(body("[0.1]", "[0.10000000000000000000000001]"))
        .containsExactly("body:$[*] value breaking");
    assertThat(body("1e999999999", "1e999999998")).containsExactly("body:$ value breaking");
    assertThat(body("1e999999999999999999999", "2e999999999999999999999"))
        .containsExactly("body:$ value breaking");
  }

  @Test
  void tellsSpellingsOfANumberFromValues() {
    assertThat(body("1", "1.0")).containsExactly("body:$ spelling risky");
    assertThat(body("100", "1e2")).containsExactly("body:$ spelling risky");
    assertThat(body("0.001", "1E-3")).containsExactly("body:$ spelling risky");
    assertThat(body("-1", "1")).containsExactly("body:$ value breaking");
  }

  @Test
  void keepsDuplicateKeysApart() {
    assertThat(body("{\"a\":1,\"a\":2}", "{\"a\":2}")).containsExactly("body:$.a missing risky");
    assertThat(body("{\"a\":1,\"a\":2}", "{\"a\":1}"))
        .containsExactly("body:$.a value breaking", "body:$.a missing risky");
  }

  @Test
  void findsAnEmptyBodyWhereAnEmptyObjectWas() {
    assertThat(compare(json(200, "{}"), json(200, ""))).containsExactly("body missing breaking");
    assertThat(compare(json(200, ""), json(200, "{}"))).containsExactly("body extra breaking");
  }

  @Test
  void findsAKeyInAnotherCase() {
    assertThat(body("{\"userId\":1}", "{\"userid\":1}"))
        .containsExactly("body:$.userId missing breaking", "body:$.userid extra risky");
  }

  @Test
  void findsLostAndAddedElementsByTheirId() {
    assertThat(body("[{\"id\":1},{\"id\":2},{\"id\":3}]", "[{\"id\":1},{\"id\":3}]"))
        .containsExactly("body:$[*] missing breaking");
    assertThat(body("[1,2]", "[0,1,2]")).containsExactly("body:$[*] extra breaking");
  }

  @Test
  void tellsOrderFromValues() {
    assertThat(body("{\"t\":[1,2,3]}", "{\"t\":[3,1,2]}")).containsExactly("body:$.t order risky");
    assertThat(
            body(
                "[{\"id\":1,\"v\":\"a\"},{\"id\":2,\"v\":\"b\"},{\"id\":3,\"v\":\"c\"}]",
                "[{\"id\":3,\"v\":\"c\"},{\"id\":2,\"v\":\"x\"},{\"id\":1,\"v\":\"a\"}]"))
        .containsExactly("body:$[*].v value breaking", "body:$ order risky");
  }

  @Test
  void pairsElementsWithoutAnIdByTheirLikeness() {
    assertThat(
            body(
                "[{\"t\":\"a\",\"n\":1},{\"t\":\"b\",\"n\":2},{\"t\":\"c\",\"n\":3}]",
                "[{\"t\":\"b\",\"n\":2.5},{\"t\":\"c\",\"n\":4}]"))
        .containsExactly("body:$[*].n value breaking", "body:$[*] missing breaking");
  }

  @Test
  void anIdThatIsWrittenOtherwiseIsTheSameId() {
    assertThat(
            body(
                "[{\"id\":7,\"n\":1},{\"id\":8,\"n\":2}]",
                "[{\"id\":8.0,\"n\":2},{\"id\":7,\"n\":1}]"))
        .containsExactly("body:$[*].id spelling risky", "body:$ order risky");
  }

  @Test
  void comparesDatesByWhatTheyMean() {
    assertThat(body("\"2024-01-01T10:00:00Z\"", "\"2024-01-01T10:00:00.000Z\""))
        .containsExactly("body:$ spelling risky");
    assertThat(body("\"2024-01-01T10:00:00Z\"", "\"2024-01-01T11:00:00+01:00\""))
        .containsExactly("body:$ spelling risky");
    assertThat(body("\"2024-01-01T10:00:00.123Z\"", "\"2024-01-01T10:00:00Z\""))
        .containsExactly("body:$ value risky");
    assertThat(body("\"2024-01-01T10:00:00Z\"", "\"2024-01-01T10:00:01Z\""))
        .containsExactly("body:$ value breaking");
    assertThat(body("\"2024-13-41T10:00:00Z\"", "\"2024-13-41T10:00:00.0Z\""))
        .containsExactly("body:$ value breaking");
  }

  @Test
  void matchesWhatNoClientSees() {
    assertThat(
            Comparison.of()
                .compare(
                    answer(
                        200,
                        "{\"a\":1,\"b\":\"\\u00e9\"}",
                        "Content-Type",
                        "application/json",
                        "Date",
                        "x",
                        "Server",
                        "Apache",
                        "ETag",
                        "\"1\"",
                        "Content-Length",
                        "18"),
                    answer(
                        200,
                        " { \"b\": \"é\", \"a\": 1 }",
                        "etag",
                        "\"2\"",
                        "content-type",
                        "Application/JSON",
                        "X-Request-Id",
                        "77",
                        "Transfer-Encoding",
                        "chunked")))
        .isEqualTo(new Verdict.Match());
  }

  @Test
  void writesPathsSoThatPlacesCanBeCounted() {
    assertThat(body("{\"a.b\":[{\"it's\":1}]}", "{\"a.b\":[{\"it's\":2}]}"))
        .containsExactly("body:$['a.b'][*][*] value breaking");
    assertThat(
            body(
                "{\"1001\":{\"n\":1},\"ann@example.org\":{\"n\":1}}",
                "{\"1001\":{\"n\":2},\"ann@example.org\":{\"n\":2}}"))
        .containsExactly("body:$[*].n value breaking");
  }

  @Test
  void boundsTheDifferencesOfOneExchange() {
    StringBuilder legacy = new StringBuilder("{\"a\":0");
    StringBuilder candidate = new StringBuilder("{\"a\":0");
    for (int i = 0; i < 100; i++) {
      legacy.append(",\"f").append(i).append("\":1");
      candidate.append(",\"f").append(i).append("\":2");
    }
    List<String> found = body(legacy + "}", candidate + "}");
    assertThat(found).hasSize(65).last().isEqualTo("more value breaking");
    assertThat(
            Answers.differences(Comparison.of().json(legacy + "}", candidate + "}"))
                .getLast()
                .legacy())
        .isEqualTo("… and 36 more");
  }
}
