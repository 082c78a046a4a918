package dev.banyan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.compare.CompareOptions;
import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.ComparisonReport.Compared;
import dev.banyan.compare.ComparisonReport.Different;
import dev.banyan.compare.ComparisonReport.Example;
import dev.banyan.compare.ComparisonReport.Parity;
import dev.banyan.compare.SideUnreachableException;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Headers;
import dev.banyan.migration.Severity;
import dev.banyan.requests.Format;
import dev.banyan.requests.RequestFileException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class CompareCommandTest {
  private static final String OLD = "http://127.0.0.1:3000";
  private static final String NEW = "http://127.0.0.1:4000/v2";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Comparison comparison = new Comparison();

  @TempDir Path directory;

  private int run(String... words) {
    return run(false, words);
  }

  private int run(boolean terminal, String... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of("compare"));
    all.addAll(List.of(words));
    Environment environment = new Environment("9.8.7", Map.of(), "desk", terminal);
    return new CommandLineProgram(
            environment, comparison, new PrintWriter(out), new PrintWriter(err))
        .run(all.toArray(String[]::new));
  }

  private CompareOptions asked() {
    return comparison.asked.getLast();
  }

  @Test
  void comparesWithSoundDefaults() {
    assertThat(run(OLD, NEW, "--requests", "shop.har")).isZero();

    assertThat(asked())
        .isEqualTo(
            new CompareOptions(
                URI.create(OLD),
                URI.create(NEW),
                Path.of("shop.har"),
                null,
                false,
                false,
                false,
                Long.MAX_VALUE,
                Duration.ofSeconds(10),
                Headers.NONE,
                Headers.NONE,
                Severity.RISKY));
    assertThat(out.toString()).contains("10 of 10 answers match").endsWith("no difference\n");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void passesOnAllThatWasTyped() {
    run(
        OLD,
        NEW,
        "--requests=a.log",
        "--format=ACCESS-log",
        "--writes",
        "--pair-noise",
        "--show-values",
        "--limit=7",
        "--timeout=500ms",
        "--fail-on=breaking");

    assertThat(asked())
        .isEqualTo(
            new CompareOptions(
                URI.create(OLD),
                URI.create(NEW),
                Path.of("a.log"),
                Format.ACCESS_LOG,
                true,
                true,
                true,
                7,
                Duration.ofMillis(500),
                Headers.NONE,
                Headers.NONE,
                Severity.BREAKING));
  }

  @Test
  void aHeaderOfOneSideStandsInPlaceOfTheSharedOne() {
    run(
        OLD,
        NEW,
        "--requests=a",
        "--header",
        "Authorization: Bearer both",
        "--header=X-Tenant:  blue ",
        "--candidate-header=authorization: Bearer new",
        "--legacy-header=X-Empty:");

    assertThat(asked().legacyHeaders())
        .isEqualTo(Headers.of("Authorization", "Bearer both", "X-Tenant", "blue", "X-Empty", ""));
    assertThat(asked().candidateHeaders())
        .isEqualTo(Headers.of("X-Tenant", "blue", "authorization", "Bearer new"));
  }

  @Test
  void differencesThatCountExitWithOne() {
    comparison.severity = Severity.RISKY;

    assertThat(run(OLD, NEW, "--requests=a")).isEqualTo(1);
    assertThat(out.toString()).contains("GET /users/{id} (200): 1 of 10 differ");
    assertThat(run(OLD, NEW, "--requests=a", "--fail-on=breaking")).isZero();
    assertThat(run(OLD, NEW, "--requests=a", "--fail-on=cosmetic")).isEqualTo(1);
  }

  @Test
  void comparingNothingIsNoSuccess() {
    comparison.compared = 0;

    assertThat(run(OLD, NEW, "--requests=a")).isEqualTo(1);
    assertThat(err.toString()).isEqualTo("banyan: nothing was compared: a holds no request\n");
  }

  @Test
  void aSideThatCanNotBeReachedExitsWithThree() {
    comparison.failure = new SideUnreachableException(NEW + ": connection refused");

    assertThat(run(OLD, NEW, "--requests=a")).isEqualTo(3);
    assertThat(err.toString()).isEqualTo("banyan: " + NEW + ": connection refused\n");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aFileThatCanNotBeReadExitsWithTwo() {
    comparison.failure = new RequestFileException("shop.har: entry 3: no method");

    assertThat(run(OLD, NEW, "--requests=a")).isEqualTo(2);
    assertThat(err.toString()).isEqualTo("banyan: shop.har: entry 3: no method\n");
  }

  @Test
  void givesProgramsTheDocumentItself() {
    assertThat(run(OLD, NEW, "--requests=a", "-o", "json")).isZero();

    assertThat(JsonMapper.shared().readTree(out.toString()).path("compared").asLong())
        .isEqualTo(10);
  }

  @Test
  void writesEachReportWhole() throws IOException {
    comparison.severity = Severity.BREAKING;
    Path json = directory.resolve("r.json");
    Files.writeString(json, "what was there before");

    assertThat(
            run(
                OLD,
                NEW,
                "--requests=ci/a b.list",
                "--report=" + json,
                "--html=" + directory.resolve("r.html"),
                "--junit=" + directory.resolve("r.xml"),
                "--sarif=" + directory.resolve("r.sarif")))
        .isEqualTo(1);

    assertThat(Files.readString(json)).startsWith("{").endsWith("}\n");
    assertThat(Files.readString(directory.resolve("r.html"))).startsWith("<!doctype html>");
    assertThat(Files.readString(directory.resolve("r.xml"))).startsWith("<?xml");
    assertThat(Files.readString(directory.resolve("r.sarif"))).contains("\"ci/a%20b.list\"");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).hasSize(4);
    }
  }

  @Test
  void writesThroughALink() throws IOException {
    Path file = Files.createFile(directory.resolve("real.json"));
    Path link = Files.createSymbolicLink(directory.resolve("link.json"), file);

    assertThat(run(OLD, NEW, "--requests=a", "--report=" + link)).isZero();

    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.readString(file)).startsWith("{");
  }

  @Test
  void refusesToWriteWhereItCanNotBeforeAnythingIsSent() throws IOException {
    Path requests = Files.createFile(directory.resolve("a.list"));

    assertThat(run(OLD, NEW, "--requests=a", "--html=" + directory.resolve("no/such/x.html")))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--html").contains("there is no directory");
    assertThat(run(OLD, NEW, "--requests=a", "--html=" + directory)).isEqualTo(2);
    assertThat(err.toString()).contains("is a directory");
    assertThat(run(OLD, NEW, "--requests=" + requests, "--report=" + requests)).isEqualTo(2);
    assertThat(err.toString()).contains("is the file of requests");
    String same = directory.resolve("same").toString();
    assertThat(run(OLD, NEW, "--requests=a", "--report", same, "--html", same)).isEqualTo(2);
    assertThat(err.toString()).contains("already the file of another report");

    assertThat(comparison.asked).isEmpty();
  }

  @Test
  void tellsWhenAReportCouldNotBeWrittenAfterAll() throws IOException {
    Path away = Files.createDirectory(directory.resolve("away"));
    comparison.meanwhile = () -> delete(away);

    assertThat(run(OLD, NEW, "--requests=a", "--report=" + away.resolve("r.json"))).isEqualTo(2);
    assertThat(err.toString()).contains("r.json could not be written (NoSuchFileException");
    assertThat(out.toString()).contains("no difference");
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:3000",
        "localhost:3000",
        "ftp://shop.example",
        "http://",
        "http:///path",
        "http://a b/",
        "http://shop.example/?a=b",
        "http://shop.example/#top",
        "shop"
      })
  void refusesWhatIsNoBaseUrl(String url) {
    assertThat(run(url, NEW, "--requests=a")).isEqualTo(2);
    assertThat(err.toString()).contains("LEGACY_URL");
    assertThat(run(OLD, url, "--requests=a")).isEqualTo(2);
    assertThat(comparison.asked).isEmpty();
  }

  @Test
  void refusesAPasswordInAUrlWithoutRepeatingIt() {
    assertThat(run("http://ann:s3cret@shop.example", NEW, "--requests=a")).isEqualTo(2);

    assertThat(err.toString()).contains("--header").doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--limit=0",
        "--limit=-1",
        "--limit=many",
        "--timeout=0s",
        "--timeout=10",
        "--fail-on=all",
        "--format=csv",
        "--header=no colon",
        "--header=X: a\nb",
        "--header=: a"
      })
  void refusesWhatAnOptionCanNotBe(String option) {
    assertThat(run(OLD, NEW, "--requests=a", option)).isEqualTo(2);
    assertThat(err.toString()).contains(option.substring(0, option.indexOf('=')));
  }

  @Test
  void refusesHalfAQuestion() {
    assertThat(run(OLD, "--requests=a")).isEqualTo(2);
    assertThat(run(OLD, NEW)).isEqualTo(2);
    assertThat(err.toString()).contains("--requests");
  }

  @Test
  void neverRepeatsAHeaderThatMayBeASecret() {
    run(OLD, NEW, "--requests=a", "--header=Authorization Bearer s3cret");

    assertThat(err.toString()).doesNotContain("s3cret");
  }

  @Test
  void showsPersonsHowFarItIs() {
    run(true, OLD, NEW, "--requests=a");
    assertThat(err.toString()).isEqualTo("\r1,200 requests compared\r\u001b[K");

    run(false, OLD, NEW, "--requests=a");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void itsHelpHasItsOwnExitCodes() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("3    a side can not be reached");
  }

  /// Compares nothing and says what it is told to.
  private static final class Comparison implements Programs {
    private final List<CompareOptions> asked = new ArrayList<>();
    private @Nullable Severity severity;
    private @Nullable Exception failure;
    private long compared = 10;
    private Runnable meanwhile = () -> {};

    @Override
    public int run(Path file, Path data) {
      throw new AssertionError("only comparing is asked for");
    }

    @Override
    public int check(Path file, OutputFormat format) {
      throw new AssertionError("only comparing is asked for");
    }

    @Override
    public int transfers(Path file, TransferWork work) {
      throw new AssertionError("only comparing is asked for");
    }

    @Override
    public ComparisonReport compare(CompareOptions options, LongConsumer progress)
        throws RequestFileException, SideUnreachableException {
      asked.add(options);
      progress.accept(1_200);
      meanwhile.run();
      switch (failure) {
        case null -> {}
        case RequestFileException e -> throw e;
        case SideUnreachableException e -> throw e;
        default -> throw new AssertionError(failure);
      }
      long mismatched = severity == null || severity == Severity.COSMETIC ? 0 : 1;
      return new ComparisonReport(
          options.legacy().toString(),
          options.candidate().toString(),
          options.requests().toString(),
          Instant.EPOCH,
          Duration.ofSeconds(1),
          compared,
          compared - mismatched,
          mismatched,
          0,
          Map.of(),
          compared == 0
              ? List.of()
              : List.of(
                  new Compared("GET", "/users/{id}", 200, compared, mismatched, differences())),
          List.of(),
          new Parity(1, 0.7, 0.95, 1));
    }

    private List<Different> differences() {
      return severity == null
          ? List.of()
          : List.of(
              new Different(
                  "body",
                  "$.id",
                  Kind.TYPE,
                  severity,
                  1,
                  null,
                  null,
                  new Example("a:1", "GET /users/1", "1", "\"1\"")));
    }
  }
}
