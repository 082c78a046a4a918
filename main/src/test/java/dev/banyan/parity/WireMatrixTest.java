package dev.banyan.parity;

import static dev.banyan.migration.Severity.BREAKING;
import static dev.banyan.migration.Severity.COSMETIC;
import static dev.banyan.migration.Severity.RISKY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import dev.banyan.migration.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every row of the wire matrix, with its severity: each is a kind of planted fault, or is written
/// out here, or both.
class WireMatrixTest {

  /// @param planted names of [PlantedFaults] that belong to it
  /// @param cases that are written out
  private record Row(String name, Severity severity, List<String> planted, List<Case> cases) {}

  private record Case(String method, Response legacy, Response candidate) {}

  private final List<Row> rows = new ArrayList<>();

  private void row(String name, Severity severity, List<String> planted, Case... cases) {
    rows.add(new Row(name, severity, planted, List.of(cases)));
  }

  private static Case json(String legacy, String candidate) {
    return new Case("GET", Answers.json(200, legacy), Answers.json(200, candidate));
  }

  private static Case headers(String name, String legacy, String candidate) {
    return new Case(
        "GET", Answers.answer(200, "x", name, legacy), Answers.answer(200, "x", name, candidate));
  }

  private static Case statuses(int legacy, int candidate) {
    return new Case("GET", Answers.json(legacy, "{}"), Answers.json(candidate, "{}"));
  }

  private List<Row> matrix() {
    breaking();
    breakingHeaders();
    risky();
    riskyHeaders();
    cosmetic();
    return rows;
  }

  private void breaking() {
    row(
        "key casing",
        BREAKING,
        List.of("key in lower case", "key in snake case", "key in Pascal case"));
    row("null versus absent", BREAKING, List.of("null member left out", "null member added"));
    row(
        "type",
        BREAKING,
        List.of("number as text", "text as a number", "flag as a number", "array as an object"));
    row(
        "integer digits",
        BREAKING,
        List.of("big integer through a double", "integer off by one"),
        json("[9007199254740993]", "[9007199254740992]"));
    row("{} versus empty body", BREAKING, List.of(), json("{}", ""), json("", "{}"));
    row(
        "status",
        BREAKING,
        List.of("status 204", "status 404", "status 405"),
        statuses(404, 405),
        statuses(200, 204));
    row(
        "error shape",
        BREAKING,
        List.of("a page of HTML"),
        new Case(
            "GET",
            Answers.json(404, "{\"error\":\"no user 7\"}"),
            Answers.json(404, "{\"title\":\"Not Found\",\"status\":404}")));
    row("a lost array element", BREAKING, List.of("element lost", "last element lost"));
  }

  private void breakingHeaders() {
    row("redirect target", BREAKING, List.of("Location: other path", "Location: other host"));
    row("charset", BREAKING, List.of("Content-Type: another charset"));
    row(
        "Set-Cookie attributes",
        BREAKING,
        List.of("cookie: HttpOnly lost", "cookie: Secure lost", "cookie: SameSite changed"));
    row(
        "missing Allow",
        BREAKING,
        List.of("Allow lost"),
        new Case("POST", Answers.answer(405, "", "Allow", "GET"), Answers.answer(405, "")));
    row("Cache-Control private to public", BREAKING, List.of("Cache-Control: public"));
    row("lost Vary", BREAKING, List.of("Vary lost", "Vary: part of Vary lost"));
    row("lost timezone offset", BREAKING, List.of("zone lost", "blank for T and no zone"));
    row(
        "HEAD with a body",
        BREAKING,
        List.of(),
        new Case("HEAD", Answers.answer(200, ""), Answers.answer(200, "x")));
  }

  private void risky() {
    row("1 versus 1.0", RISKY, List.of("integer with a point", "written with an exponent"));
    row("date precision", RISKY, List.of("milliseconds cut", "zone as an offset"));
    row("array order", RISKY, List.of("other order"), json("[1,2,3]", "[3,1,2]"));
    row(
        "duplicate keys",
        RISKY,
        List.of("key written twice"),
        json("{\"a\":1}", "{\"a\":1,\"a\":1}"));
  }

  private void riskyHeaders() {
    row("strong versus weak ETag", RISKY, List.of("ETag: weak tag"));
    row("trailing slash", RISKY, List.of("Location: slash at the end"));
    row(
        "%2F and + decoding",
        RISKY,
        List.of("Location: slash decoded"),
        headers("Location", "/a?q=x+y", "/a?q=x%20y"),
        headers("Location", "/a%2Fb", "/a/b"));
    row(
        "repeated query parameters",
        RISKY,
        List.of("Location: other order of parameters"),
        headers("Location", "/a?x=1&x=2", "/a?x=2&x=1"));
    row(
        "CORS preflight",
        RISKY,
        List.of("Access-Control-Allow-Origin: any origin", "Access-Control-Allow-Origin lost"),
        new Case(
            "OPTIONS",
            Answers.answer(204, "", "Access-Control-Allow-Methods", "GET, PUT"),
            Answers.answer(204, "", "Access-Control-Allow-Methods", "GET")));
    row("Content-Encoding negotiation", RISKY, List.of("compressed now"));
  }

  private void cosmetic() {
    row("white space", COSMETIC, List.of(), json("{\"a\":[1,2]}", "{ \"a\" : [1, 2]\n}"));
    row("key order", COSMETIC, List.of(), json("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"));
    row("equivalent escapes", COSMETIC, List.of(), json("[\"é/\"]", "[\"\\u00e9\\/\"]"));
    row(
        "header name case and order",
        COSMETIC,
        List.of(),
        new Case(
            "GET",
            Answers.answer(200, "x", "X-A", "1", "X-B", "2"),
            Answers.answer(200, "x", "x-b", "2", "x-a", "1")));
    row(
        "chunked versus Content-Length",
        COSMETIC,
        List.of(),
        new Case(
            "GET",
            Answers.answer(200, "x", "Transfer-Encoding", "chunked"),
            Answers.answer(200, "x", "Content-Length", "1")));
    row("Date", COSMETIC, List.of(), headers("Date", "Fri, 01 Mar 2024 12:00:00 GMT", "later"));
    row("Server", COSMETIC, List.of(), headers("Server", "Express", "Jetty"));
  }

  @TestFactory
  Stream<DynamicTest> everyRowHasItsSeverity() {
    Map<String, Severity> planted = new TreeMap<>();
    PlantedFaults.all().forEach(fault -> planted.put(fault.name(), fault.severity()));
    return matrix().stream()
        .map(row ->
            DynamicTest.dynamicTest(
                row.name(),
                () -> {
                  assertThat(row.planted().size() + row.cases().size()).isPositive();
                  for (String fault : row.planted()) {
                    assertThat(planted).containsEntry(fault, row.severity());
                  }
                  for (Case each : row.cases()) {
                    assertThat(worst(each)).as(each.toString()).isEqualTo(row.severity());
                  }
                }));
  }

  @Test
  void theMatrixHasAllOfItsRows() {
    List<Severity> severities = matrix().stream().map(Row::severity).toList();
    assertThat(severities.stream().filter(BREAKING::equals)).hasSize(16);
    assertThat(severities.stream().filter(RISKY::equals)).hasSize(10);
    assertThat(severities.stream().filter(COSMETIC::equals)).hasSize(7);
  }

  private static Severity worst(Case each) {
    Request request = new Request(each.method(), "/x", Headers.NONE, Body.EMPTY);
    Verdict verdict =
        Comparison.of()
            .compare(
                Answers.exchange(
                    request,
                    new Endpoint(each.method(), "/x"),
                    Answers.answered(Side.LEGACY, each.legacy()),
                    Answers.answered(Side.CANDIDATE, each.candidate())));
    return Answers.differences(verdict).stream()
        .map(Difference::severity)
        .min(Severity::compareTo)
        .orElse(COSMETIC);
  }
}
