package dev.banyan.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Side;
import dev.banyan.parity.Books;
import dev.banyan.parity.Comparison;
import dev.banyan.parity.ParityBook;
import dev.banyan.parity.Redaction;
import dev.banyan.parity.StoredBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A thousand secrets of ten kinds, each in every place that an exchange has for one, through
/// comparing and counting into the real store: none of them is on the disk after that, in whatever
/// form, and equal ones are still seen to be equal.
class StoredSecretsTest {
  private static final int SECRETS = 1_000;
  private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  /// One exchange with a secret in one place.
  private record Place(String name, Request request, Response legacy, Response candidate) {}

  @TempDir private Path directory;
  private final Redaction redaction =
      new Redaction("a key for this test alone".getBytes(StandardCharsets.US_ASCII));
  private final List<String> secrets = new ArrayList<>();

  @BeforeEach
  void draw() {
    Random random = new Random(31);
    for (int i = 0; i < SECRETS; i++) {
      secrets.add(
          switch (i % 10) {
            case 0 ->
                letters(random, 6) + (1000 + random.nextInt(9000)) + "-Xy!" + letters(random, 4);
            case 1 ->
                letters(random, 7) + "." + letters(random, 8) + "@" + letters(random, 9) + ".org";
            case 2 -> "4" + (100_000_000_000_000L + random.nextLong(900_000_000_000_000L));
            case 3 -> Long.toHexString(random.nextLong() | Long.MIN_VALUE);
            case 4 -> new UUID(random.nextLong(), random.nextLong()).toString();
            case 5 -> signs(random, 0x430, 32, 9);
            case 6 -> signs(random, 0x4e00, 4000, 6);
            case 7 -> "DE" + (10_000_000_000_000L + random.nextLong(80_000_000_000_000L));
            case 8 -> letters(random, 7) + " " + letters(random, 8);
            default ->
                Base64.getUrlEncoder().encodeToString(bytes(random)).replaceAll("[-_=]", "7")
                    + "12345";
          });
    }
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[18];
    random.nextBytes(bytes);
    return bytes;
  }

  private static String letters(Random random, int count) {
    return signs(random, 'a', 26, count);
  }

  private static String signs(Random random, int first, int kinds, int count) {
    StringBuilder signs = new StringBuilder();
    for (int i = 0; i < count; i++) {
      signs.appendCodePoint(first + random.nextInt(kinds));
    }
    return signs.toString();
  }

  @Test
  void aThousandSecretsInEveryPlaceAreOnTheDiskNowhere() throws IOException {
    ParityEvidence.Sample[] one = new ParityEvidence.Sample[1];
    Set<String> names = new HashSet<>();
    try (SqliteStore store = SqliteStore.open(directory)) {
      ParityBook book = Books.book(store.parity(), redaction, START);
      for (int i = 0; i < SECRETS; i++) {
        for (Place place : places(secrets.get(i), secrets.get((i + 1) % SECRETS))) {
          names.add(place.name());
          record(book, "family-" + i / 100, i, place);
        }
      }
      book.saveChanged();
      one[0] =
          book.evidence("family-0")
              .endpoints()
              .getFirst()
              .differences()
              .getFirst()
              .samples()
              .getFirst();
    }
    assertThat(names).hasSizeGreaterThanOrEqualTo(12);
    Set<String> looked = new HashSet<>(secrets);
    secrets.stream()
        .filter(secret -> secret.contains("@") || secret.contains(" "))
        .forEach(secret -> looked.addAll(List.of(secret.split("[.@ ]", -1)).subList(0, 2)));
    assertThat(new StoredBytes(looked).found(directory)).isEmpty();
    // what is stored is found where it is looked for, or all this would prove nothing
    assertThat(new StoredBytes(List.of(one[0].legacy())).found(directory)).isNotEmpty();
  }

  private void record(ParityBook book, String family, int number, Place place) {
    Endpoint endpoint = new Endpoint("GET", "/" + place.name() + "/" + number % 10 + "/{id}");
    Exchange exchange =
        new Exchange(
            "r-1",
            family,
            1,
            endpoint,
            place.request(),
            new Leg.Answered(Side.LEGACY, place.legacy(), Duration.ofMillis(3)),
            new Leg.Answered(Side.CANDIDATE, place.candidate(), Duration.ofMillis(3)));
    Verdict verdict = Comparison.of().compare(exchange);
    assertThat(verdict).as(place.name()).isInstanceOf(Verdict.Mismatch.class);
    book.record(exchange, book.period(family), verdict);
  }

  private static List<Place> places(String secret, String other) {
    List<Place> places = new ArrayList<>();
    places.add(header("header", "X-User", secret, other));
    places.add(header("authorization", "WWW-Authenticate", basic(secret), basic(other)));
    places.add(header("location", "Location", "/users/" + secret + "?of=" + secret, "/" + other));
    places.add(
        header(
            "cookie",
            "Set-Cookie",
            "sid=" + secret + "; Path=/" + secret + "; HttpOnly",
            "sid=" + other + "; Path=/" + other));
    places.add(header("cookie-name", "Set-Cookie", secret + "=1", "other=2"));
    places.add(header("vary", "Vary", "Accept, " + secret, "Accept"));
    places.add(json("json-value", quoted(secret), quoted(other)));
    places.add(json("json-key", "{" + quoted(secret) + ":1}", "{" + quoted(secret) + ":2}"));
    places.add(
        json("json-object", "{\"a\":{\"b\":" + quoted(secret) + "}}", "[" + quoted(other) + "]"));
    places.add(json("jwt", quoted(jwt(secret)), quoted(jwt(other))));
    places.add(
        body("broken-json", "application/json", "{\"a\":\"" + secret, "{\"a\":" + other + "}"));
    places.add(
        body(
            "form",
            "application/x-www-form-urlencoded",
            "a=" + percent(secret) + "&" + percent(secret) + "=1",
            "a=" + percent(other)));
    places.add(body("multipart", "multipart/form-data; boundary=zz", part(secret), part(other)));
    places.add(body("stack-trace", "text/plain", trace(secret), trace(other)));
    places.add(body("sql", "text/html", sql(secret), sql(other)));
    places.add(zipped(quoted(secret), quoted(other)));
    return places;
  }

  private static Place header(String name, String header, String legacy, String candidate) {
    return new Place(
        name, request(legacy), answer("", header, legacy), answer("", header, candidate));
  }

  private static Place json(String name, String legacy, String candidate) {
    return body(name, "application/json", "{\"v\":" + legacy + "}", "{\"v\":" + candidate + "}");
  }

  private static Place body(String name, String type, String legacy, String candidate) {
    return new Place(
        name,
        request(legacy),
        answer(legacy, "Content-Type", type),
        answer(candidate, "Content-Type", type));
  }

  private static Place zipped(String legacy, String candidate) {
    String[] headers = {"Content-Type", "application/json", "Content-Encoding", "gzip"};
    return new Place(
        "gzip",
        request(legacy),
        new Response(200, Headers.of(headers), Body.of(gzip("[" + legacy + "]"))),
        new Response(200, Headers.of(headers), Body.of(gzip("[" + candidate + "]"))));
  }

  /// The secret as a segment of the path, as a parameter's name and value, in a header, in a cookie
  /// and in the body.
  private static Request request(String secret) {
    String cut = secret.substring(0, Math.min(40, secret.length()));
    String segment = percent(cut).replace("+", "%20");
    return new Request(
        "GET",
        "/x/1/" + segment + "?q=" + segment + "&" + segment + "=2#" + segment,
        Headers.of("Cookie", "sid=" + secret, "Authorization", basic(secret)),
        Body.of(secret.getBytes(StandardCharsets.UTF_8)));
  }

  private static Response answer(String body, String... headers) {
    return new Response(200, Headers.of(headers), Body.of(body.getBytes(StandardCharsets.UTF_8)));
  }

  private static String quoted(String value) {
    return "\"" + value + "\"";
  }

  private static String percent(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private static String base64(String value) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }

  private static String basic(String secret) {
    return "Basic " + base64("admin:" + secret);
  }

  private static String jwt(String secret) {
    return base64("{\"alg\":\"HS256\"}")
        + "."
        + base64("{\"sub\":\"" + secret + "\",\"admin\":true}")
        + "."
        + base64("signature of " + secret);
  }

  private static String part(String secret) {
    return "--zz\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
        + secret
        + ".txt\"\r\n\r\nfor "
        + secret
        + "\r\n--zz--\r\n";
  }

  private static String trace(String secret) {
    return "java.lang.IllegalStateException: no account of <"
        + secret
        + "> (password="
        + secret
        + ")\n\tat org.example.Login.find(Login.java:42)\n\tat C:\\Users\\"
        + secret
        + "\\app\n";
  }

  private static String sql(String secret) {
    return "<pre>ERROR: duplicate key: INSERT INTO users(name) VALUES ('"
        + secret
        + "') -- see http://admin:"
        + secret
        + "@db.example.org/</pre>";
  }

  private static byte[] gzip(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  @Test
  void equalSecretsHaveEqualTokensWhereverTheyStandAndOthersHaveOthers() {
    Set<String> tokens = new HashSet<>();
    for (String secret : secrets) {
      String inJson = redaction.value("body:$.v", quoted(secret));
      String token = inJson.substring(1, inJson.length() - 1);
      tokens.add(token);
      assertThat(token).hasSameSizeAs(secret).isNotEqualTo(secret);
      assertThat(redaction.value("header:x-user", secret)).isEqualTo(token);
      assertThat(redaction.value("body", "[line 1] no account of <" + secret + ">!"))
          .contains("<" + token + ">");
      if (secret.chars().allMatch(c -> c < 0x80 && c > ' ' && "!@".indexOf(c) < 0)) {
        assertThat(
                redaction.requestLine(
                    new Request("GET", "/users/" + secret, Headers.NONE, Body.EMPTY),
                    new Endpoint("GET", "/users/{id}")))
            .isEqualTo("GET /users/" + token);
      }
    }
    assertThat(tokens).hasSize(SECRETS);
  }

  @Test
  void whatIsLookedForIsFoundInEveryForm() {
    String secret = "ann-smith-4711";
    StoredBytes search = new StoredBytes(List.of(secret));
    for (String text :
        List.of(
            "x" + secret + "x",
            secret.toUpperCase(Locale.ROOT),
            base64("a" + secret + "bc"),
            base64("ab" + secret + "bc"),
            base64("abc" + secret + "bc"),
            "%20" + percent(secret))) {
      assertThat(search.found(text.getBytes(StandardCharsets.UTF_8))).as(text).isNotEmpty();
    }
    assertThat(search.found(gzip("in it: " + secret))).isNotEmpty();
    assertThat(search.found(Base64.getEncoder().encode(gzip("in it: " + secret)))).isNotEmpty();
    assertThat(search.found("another text altogether".getBytes(StandardCharsets.UTF_8))).isEmpty();
  }
}
