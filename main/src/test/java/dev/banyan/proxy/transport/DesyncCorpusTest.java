package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Sends a foreign corpus of requests, byte for byte, and looks at what reaches the backend. The
/// decision record on smuggling argues every exception that stands here.
///
/// The corpus leaves `Host` out, as it only classifies: each request is sent with one.
@SuppressWarnings("StringConcatToTextBlock") // what goes over the wire ends its lines with CRLF
class DesyncCorpusTest {
  private static final List<String> FILES =
      List.of(
          "acceptable.yaml",
          "ambiguous.yaml",
          "bad-header-characters.yaml",
          "rfc-compliant.yaml",
          "severe.yaml");

  /// What RFC 9112 has a server refuse, though the corpus calls it compliant.
  private static final Set<String> REFUSED_THOUGH_COMPLIANT =
      Set.of(
          "Different Transfer-Encoding headers",
          "Different Transfer-Encoding headers combined",
          "Transfer-Encoding with a param: chunked;custom_param",
          "Compliant URL",
          "International in URI",
          "Empty URI");

  private static final String NEXT = "GET /next HTTP/1.1\r\nHost: next\r\n\r\n";

  private enum Outcome {
    /// It and the next request reached the backend, and nothing else.
    FORWARDED,
    /// It reached the backend; after its answer both connections were closed.
    FORWARDED_ALONE,
    /// 400 or 505, the connection closed, and nothing reached the backend.
    REFUSED
  }

  private record Case(
      String name,
      String tier,
      String reason,
      String method,
      String uri,
      String version,
      List<Map<?, ?>> headers) {

    static Case of(Map<?, ?> entry) {
      Map<?, ?> expected = Objects.requireNonNull((Map<?, ?>) entry.get("expected"));
      List<Map<?, ?>> headers = new ArrayList<>();
      if (entry.get("headers") instanceof List<?> all) {
        all.forEach(header -> headers.add((Map<?, ?>) header));
      }
      return new Case(
          text(entry.get("name")),
          text(expected.get("tier")),
          text(expected.get("reason")),
          text(entry.get("method")),
          text(entry.get("uri")),
          text(entry.get("version")),
          headers);
    }

    private static String text(@Nullable Object value) {
      return value == null ? "" : value.toString();
    }

    String head() {
      StringBuilder head = new StringBuilder(method + " " + uri);
      head.append(version.isEmpty() ? "" : " " + version).append("\r\n");
      boolean host = false;
      for (Map<?, ?> header : headers) {
        host |= text(header.get("name")).equals("Host");
        head.append(text(header.get("name"))).append(": ");
        head.append(text(header.get("value"))).append("\r\n");
      }
      return head.append(host ? "\r\n" : "Host: shop\r\n\r\n").toString();
    }

    /// The body that an honest sender of this head would send.
    String body() {
      String length = "";
      for (Map<?, ?> header : headers) {
        if (text(header.get("value")).strip().contains("chunked")) {
          return "5\r\nhello\r\n0\r\n\r\n";
        }
        if (text(header.get("name")).strip().equals("Content-Length")) {
          length = text(header.get("value"));
        }
      }
      return length.matches("[0-9]{1,5}") ? "x".repeat(Integer.parseInt(length)) : "";
    }

    Outcome allowed(Outcome seen) {
      return switch (tier) {
        case "Severe" -> Outcome.REFUSED;
        case "Ambiguous" -> {
          boolean framed = reason.startsWith("Undefined") && version.equals("HTTP/1.1");
          yield framed ? Outcome.FORWARDED_ALONE : Outcome.REFUSED;
        }
        case "Compliant" ->
            REFUSED_THOUGH_COMPLIANT.contains(name) ? Outcome.REFUSED : Outcome.FORWARDED;
        case "Acceptable" -> seen; // the corpus leaves the choice; the counts below pin it
        default -> throw new AssertionError("an unknown tier: " + tier);
      };
    }
  }

  private static final Map<String, Integer> COUNTS =
      Map.of(
          "Acceptable FORWARDED", 2,
          "Acceptable REFUSED", 11,
          "Ambiguous FORWARDED_ALONE", 4,
          "Ambiguous REFUSED", 37,
          "Compliant FORWARDED", 8,
          "Compliant REFUSED", 6,
          "Severe REFUSED", 34);

  @Test
  void forwardsOnlyWhatNobodyCanReadDifferently() throws Exception {
    List<Case> cases = cases();
    try (Backend legacy = new Backend(DesyncCorpusTest::answer);
        Rig rig = Rig.legacyAt(legacy).start()) {
      assertThat(counts(cases, rig, legacy, true)).isEqualTo(COUNTS);
    }
  }

  /// Whatever the gateway forwards, another proxy behind it must read as the same requests with the
  /// same ends.
  @ParameterizedTest
  @ValueSource(strings = {"nginx", "haproxy"})
  void isReadTheSameWayByTheProxyBehindIt(String program, @TempDir Path folder) throws Exception {
    List<Case> cases = cases();
    assumeTrue(OtherProxy.isInstalled(program), "skipped: " + program + " is not installed");
    try (Backend legacy = new Backend(DesyncCorpusTest::answer);
        OtherProxy proxy = OtherProxy.start(program, folder, legacy.port());
        Rig rig = new Rig.Builder().service(Backend.service("legacy", proxy.port())).start()) {
      assertThat(counts(cases, rig, legacy, false)).isEqualTo(COUNTS);
    }
  }

  /// @param direct whether nothing stands between the gateway and the backend
  private static Map<String, Integer> counts(
      List<Case> cases, Rig rig, Backend legacy, boolean direct) throws Exception {
    Map<String, Integer> counts = new TreeMap<>();
    for (Case one : cases) {
      Outcome outcome = send(one, rig, legacy, StandardCharsets.UTF_8);
      assertThat(outcome).as(one.toString()).isEqualTo(one.allowed(outcome));
      if (StandardCharsets.ISO_8859_1.newEncoder().canEncode(one.head())) {
        assertThat(send(one, rig, legacy, StandardCharsets.ISO_8859_1))
            .as("in single bytes: " + one)
            .isEqualTo(outcome);
      }
      if (direct && outcome == Outcome.FORWARDED_ALONE) {
        Rig.until(() -> legacy.ended.get() == legacy.accepted.get());
      }
      counts.merge(one.tier() + " " + outcome, 1, Integer::sum);
    }
    return counts;
  }

  private static void answer(Message request, Backend.Connection connection) throws IOException {
    int length = request.requestBody().length;
    if (request.method().equals("HEAD")) {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n");
    } else {
      connection.ok("" + length);
    }
  }

  private static Outcome send(Case one, Rig rig, Backend legacy, Charset charset) throws Exception {
    legacy.seen.clear();
    try (Client client = rig.client()) {
      client.send((one.head() + one.body() + NEXT).getBytes(charset));
      Message head = client.head();
      if (head.status() != 200) {
        assertThat(head.status()).as(one.toString()).isIn(400, 505);
        assertThat(head.header("content-type")).isEqualTo("application/problem+json");
        assertThat(head.answerText()).contains("\"code\":");
        assertThat(client.isEnded()).as(one.toString()).isTrue();
        assertThat(legacy.seen).as(one.toString()).isEmpty();
        return Outcome.REFUSED;
      }
      if (!one.method().equals("HEAD")) {
        head.answerText();
      }
      assertThat(legacy.seen.getFirst().target()).isEqualTo(one.uri());
      if ("close".equals(head.header("connection"))) {
        assertThat(client.isEnded()).as(one.toString()).isTrue();
        assertThat(legacy.seen).as(one.toString()).hasSize(1);
        return Outcome.FORWARDED_ALONE;
      }
      assertThat(client.answer()).as(one.toString()).isEqualTo("200 0");
      assertThat(legacy.seen).as(one.toString()).hasSize(2);
      assertThat(legacy.seen.getLast().target()).isEqualTo("/next");
      return Outcome.FORWARDED;
    }
  }

  private static List<Case> cases() throws IOException {
    Path folder = folder();
    assumeTrue(folder != null, "skipped: the corpus http-desync is not here");
    List<Case> cases = new ArrayList<>();
    if (folder == null) {
      return cases;
    }
    for (String file : FILES) {
      Load load = new Load(LoadSettings.builder().setLabel(file).build());
      for (Object entry : (List<?>) load.loadFromString(Files.readString(folder.resolve(file)))) {
        cases.add(Case.of((Map<?, ?>) entry));
      }
    }
    return cases;
  }

  private static @Nullable Path folder() {
    String property = System.getProperty("corpora");
    if (property != null) {
      Path folder = Path.of(property, "http-desync");
      return Files.isDirectory(folder) ? folder : null;
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path folder = at.resolve("shared/corpora/http-desync");
      if (Files.isDirectory(folder)) {
        return folder;
      }
    }
    return null;
  }
}
