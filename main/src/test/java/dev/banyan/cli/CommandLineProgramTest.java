package dev.banyan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.compare.CompareOptions;
import dev.banyan.compare.ComparisonReport;
import dev.banyan.control.Change;
import dev.banyan.control.ControlOptions;
import dev.banyan.control.ControlServer;
import dev.banyan.control.EventFeed;
import dev.banyan.control.FakeOperations;
import dev.banyan.control.Guard;
import dev.banyan.control.Refusal;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.parity.Scope;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CommandLineProgramTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final EventFeed feed = new EventFeed();
  private final FakeOperations operations = new FakeOperations(feed);
  private final RecordedPrograms programs = new RecordedPrograms();
  private final Map<String, String> variables = new HashMap<>(Map.of("USER", "ann"));
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private ControlServer server;

  @BeforeEach
  void start() throws IOException {
    operations.put(FakeOperations.shadowed("users"));
    server = serve(null);
    variables.put("BANYAN_CONTROL", "http://127.0.0.1:" + server.address().getPort());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ControlServer serve(@Nullable String token) throws IOException {
    ControlOptions options =
        new ControlOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), token);
    return ControlServer.start(options, new Guard(options), operations, feed, List.of());
  }

  private int run(String... words) {
    return run(false, words);
  }

  private int run(boolean terminal, String... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    Environment environment = new Environment("9.8.7", variables, "desk", terminal);
    return new CommandLineProgram(environment, programs, new PrintWriter(out), new PrintWriter(err))
        .run(words);
  }

  private JsonNode json() {
    return JsonMapper.shared().readTree(out.toString());
  }

  @Test
  void showsTheFamiliesInColumns() {
    assertThat(run("status")).isZero();

    assertThat(out.toString())
        .isEqualTo(
            """
            banyan 0.1.0, gateway on 127.0.0.1:8080, configured by banyan.yaml

            FAMILY  OWNER          PHASE   WEIGHT  PARITY  COMPARED  ERRORS    P99       NEXT          HELD
            users   identity-team  shadow  -       99.9%   9,000     0.03%, -  41 ms, -  canary at 1%  -

            errors and p99: legacy, candidate
            event loops are late: sampling is down to 50 % of what is configured
            """);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void givesProgramsTheDocumentItself() {
    assertThat(run("status", "-o", "json")).isZero();

    assertThat(json().path("families").path(0).path("phase").stringValue()).isEqualTo("shadow");
  }

  @Test
  void watchesUntilTheControlPlaneGoesAway() throws Exception {
    Thread watcher = Thread.ofVirtual().unstarted(() -> run("status", "-w"));
    watcher.start();
    awaitOutput("shadow");

    await(feed::followed);
    operations.promote(new Change.Promotion("users", null, null, "proved", "ann", null));
    awaitOutput("canary  5%");
    server.close();
    watcher.join();

    assertThat(out.toString()).doesNotContain("\u001b");
    assertThat(err.toString()).contains("banyan: ").contains("control plane");
  }

  @Test
  void redrawsInPlaceOnATerminal() throws Exception {
    int[] code = new int[1];
    Thread watcher = Thread.ofVirtual().unstarted(() -> code[0] = run(true, "status", "-w"));
    watcher.start();
    awaitOutput("shadow");
    server.close();
    watcher.join();

    assertThat(out.toString()).startsWith("\u001b[2J\u001b[H");
    assertThat(code[0]).isEqualTo(3);
  }

  @Test
  void promotesWithAllThatWasTyped() {
    int code =
        run("promote", "users", "--to", "canary", "--weight", "25%", "--reason", "quiet so far");

    assertThat(code).isZero();
    assertThat(out.toString()).isEqualTo("users is in canary at 25%\n");
    assertThat(operations.last())
        .isEqualTo(
            new Change.Promotion(
                "users", Phase.Name.CANARY, Weight.parse("25%"), "quiet so far", "ann@desk", null));
  }

  @Test
  void rollsBackHoldsAndResumes() {
    assertThat(run("rollback", "users", "--to", "legacy", "--reason", "errors")).isZero();
    assertThat(out.toString()).isEqualTo("users is back in legacy; the swap took 0.04 ms\n");
    assertThat(operations.last())
        .isEqualTo(new Change.Rollback("users", Phase.Name.LEGACY, "errors", "ann@desk", null));

    assertThat(run("hold", "users", "--reason", "release night", "--actor", "bob")).isZero();
    assertThat(out.toString()).isEqualTo("users is held: release night\n");
    assertThat(operations.last()).isEqualTo(new Change.Hold("users", "release night", "bob", null));

    assertThat(run("resume", "users", "--reason", "over")).isZero();
    assertThat(out.toString()).isEqualTo("users is no longer held\n");
  }

  @Test
  void tellsWhyTheGatesRefuse() {
    operations.refuse(
        new Refusal(
            Refusal.Code.GATE_REFUSED,
            "the parity gate holds users in shadow",
            List.of(FakeOperations.parityHolds())));

    assertThat(run("promote", "users", "--reason", "now")).isEqualTo(1);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .isEqualTo(
            """
            banyan: refused, for not every gate says promote:
              parity (hold): GET /users/{id} differs in 9 of 9,000 answers; proof of less than 1% \
            needs 400 more.
            """);

    assertThat(run("promote", "users", "--reason", "now", "-o", "json")).isEqualTo(1);
    assertThat(json().path("code").stringValue()).isEqualTo("gate-refused");
  }

  @Test
  void refusesAFamilyThatDoesNotExist() {
    assertThat(run("explain", "a b")).isEqualTo(1);
    assertThat(err.toString()).contains("'a b'").contains("[users]");
  }

  @Test
  void explainsInSentences() {
    assertThat(run("explain", "users")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            users is in shadow (epoch 3)
            next step: canary at 1%
              parity (hold): GET /users/{id} differs in 9 of 9,000 answers; proof of less than 1% \
            needs 400 more.
            rolled back by itself when:
              5% of at least 20 requests in 10 s fail
            """);
  }

  @Test
  void showsTheWorstEndpointFirstWithAnExampleAndExitsWithOne() {
    assertThat(run("parity", "users")).isEqualTo(1);
    assertThat(out.toString())
        .isEqualTo(
            """
            users: 99.9% of 9,000 answers match, 9 differ; since 2026-03-01T08:00:00Z
            with 95% confidence at least 99.71% match; 99.74% of what was to be compared was
            differ only where that is accepted, and match: 5
            inconclusive, for the data changed meanwhile: 12
            not compared: unsafe 4
            never had both answers: memory 7
            DEFECT, for noise does not explain it: value at body:$.rank of GET /users/{id}, 200: \
            41 against the candidate, 3 for it

            GET /users/{id}, 200: 9 of 4,000 differ
              9 x critical, breaking, type at body:$.id; the legacy differs from itself in 25%
                  GET /users/17
                    legacy:    number of 2 digits
                    candidate: "dd"

            GET /users, 200: 0 of 5,000 differ

            volatile: body:$.createdAt time (212 of 213) of GET /users/{id}, 200

            ruled:
              accepted: value at header:etag, until 2026-06-30 (ann, by file): weak ones will do
            """);
  }

  @Test
  void showsOneEndpointWhenAsked() {
    assertThat(run("parity", "users", "--endpoint", "GET /users")).isZero();
    assertThat(out.toString()).contains("GET /users, 200").doesNotContain("{id}");
  }

  @Test
  void acceptsADifferenceUntilADayForAReason() {
    assertThat(run("parity", "users", "--accept", "status", "--reason", "r")).isEqualTo(2);
    assertThat(err.toString()).contains("--until");
    assertThat(run("parity", "users", "--accept", "status", "--until", "2027-03-31")).isEqualTo(2);
    assertThat(err.toString()).contains("--accept needs --reason");
    assertThat(run("parity", "users", "--accept", "status", "--reset", "--reason", "r"))
        .isEqualTo(2);
    assertThat(operations.last()).isNull();

    int code =
        run(
            "parity",
            "users",
            "--accept",
            "body:$.at",
            "--endpoint",
            "GET /users",
            "--kind",
            "value",
            "--until",
            "2027-03-31",
            "--reason",
            "agreed");
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString()).contains("users: ruled; the evidence begins anew");
    assertThat(operations.last())
        .isEqualTo(
            new Change.ParityAccept(
                "users",
                new Scope(
                    Optional.of(new Endpoint("GET", "/users")),
                    "body:$.at",
                    Optional.of(Kind.VALUE)),
                LocalDate.parse("2027-03-31"),
                "agreed",
                "ann@desk",
                null));
  }

  @Test
  void marksAPlaceCriticalAndTakesItBack() {
    Scope scope = new Scope(Optional.empty(), "header:vary", Optional.empty());
    assertThat(run("parity", "users", "--critical", "header:vary", "--reason", "r")).isZero();
    assertThat(operations.last())
        .isEqualTo(new Change.ParityCritical("users", scope, "r", "ann@desk", null));
    assertThat(run("parity", "users", "--unaccept", "header:vary", "--reason", "r")).isZero();
    assertThat(operations.last())
        .isEqualTo(new Change.ParityUnaccept("users", scope, "r", "ann@desk", null));
    assertThat(run("parity", "users", "--critical", "vary", "--reason", "r")).isEqualTo(2);
  }

  @Test
  void forgetsParityForAReasonOnly() {
    assertThat(run("parity", "users", "--reset")).isEqualTo(2);
    assertThat(err.toString()).contains("--reason");

    assertThat(run("parity", "users", "--reset", "--reason", "deployed")).isZero();
    assertThat(operations.last())
        .isEqualTo(new Change.ParityReset("users", "deployed", "ann@desk", null));
  }

  @Test
  void showsTheLedgerByPages() {
    run("hold", "users", "--reason", "one");
    run("resume", "users", "--reason", "two");

    assertThat(run("ledger", "show", "--limit", "1")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            SEQ  AT                    KIND  FAMILY  ACTOR     TOOK     REASON
            1    2026-03-01T08:00:01Z  hold  users   ann@desk  0.04 ms  one
            there may be more: banyan ledger show --after 1
            """);

    assertThat(run("ledger", "show", "--after", "1", "-o", "json")).isZero();
    assertThat(json().path("entries").path(0).path("reason").stringValue()).isEqualTo("two");
    assertThat(run("ledger", "show", "--after", "2")).isZero();
    assertThat(out.toString()).isEqualTo("no entry after 2\n");
  }

  @Test
  void verifiesTheLedger() {
    assertThat(run("ledger", "verify")).isZero();
    assertThat(out.toString()).startsWith("the ledger is intact: 0 entries, head 000");

    operations.breakLedger();
    assertThat(run("ledger", "verify")).isEqualTo(1);
    assertThat(out.toString()).startsWith("the ledger is broken at entry 4: ");
  }

  @Test
  void replaysTheLedger() {
    assertThat(run("ledger", "replay")).isZero();
    assertThat(out.toString())
        .isEqualTo("0 automatic decisions of 0 entries made again: all came out the same\n");

    operations.breakLedger();
    assertThat(run("ledger", "replay", "--from", "2")).isEqualTo(1);
    assertThat(out.toString())
        .isEqualTo(
            """
            3 automatic decisions of 9 entries made again: 2 came out otherwise
            the first is entry 4: gate errors: logE 1.5, recorded 1.25
            1 more were made without evidence being kept, and can not be
            """);
  }

  @Test
  void testsTheNotifications() {
    assertThat(run("notify", "test")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            TARGET                 FORMAT  ANSWER
            https://hooks.example  slack   took it (200)
            """);

    operations.breakLedger();
    assertThat(run("notify", "test")).isEqualTo(1);
    assertThat(out.toString()).contains("http://127.0.0.1:9", "refused it (404)");
  }

  @Test
  void exportsTheLedgerToTheOutputOrWhollyToAFile(@TempDir Path directory) throws Exception {
    run("hold", "users", "--reason", "one");
    run("resume", "users", "--reason", "two");
    assertThat(run("ledger", "export")).isZero();
    assertThat(out.toString().lines())
        .hasSize(2)
        .allMatch(line -> line.startsWith("{\"specversion\":\"1.0\""));
    assertThat(run("ledger", "export", "--format", "json", "--from", "2")).isZero();
    assertThat(json().path("reason").stringValue()).isEqualTo("two");
    assertThat(run("ledger", "export", "--since", "monday")).isEqualTo(2);
    assertThat(err.toString()).contains("'since' must be a day");

    Path file = directory.resolve("ledger.jsonl");
    assertThat(run("ledger", "export", "--to", file.toString())).isZero();
    assertThat(file).content().hasLineCount(2);

    operations.failAfter(0);
    Path other = directory.resolve("other.jsonl");
    assertThat(run("ledger", "export", "--to", other.toString())).isEqualTo(3);
    assertThat(directory).isDirectoryNotContaining("glob:**{other,part}*");
  }

  @Test
  void saysWhereItLookedWhenNothingAnswers() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String url = "http://127.0.0.1:" + port;

    assertThat(run("status", "--control", url)).isEqualTo(3);
    assertThat(err.toString()).contains(url).contains("--control").contains("BANYAN_CONTROL");
    assertThat(run("status", "-w", "--control", url)).isEqualTo(3);
  }

  @Test
  void noticesThatSomethingElseAnswers() {
    String url = variables.get("BANYAN_CONTROL") + "/healthz?";

    assertThat(run("status", "--control", url)).isEqualTo(3);
    assertThat(err.toString()).contains("is not Banyan's control plane");
  }

  @Test
  void sendsTheTokenAndSaysHowToGiveOne() throws Exception {
    try (ControlServer guarded = serve("s3cret")) {
      String url = "http://127.0.0.1:" + guarded.address().getPort();

      assertThat(run("status", "--control", url)).isEqualTo(1);
      assertThat(err.toString()).contains("BANYAN_TOKEN");
      assertThat(run("status", "--control", url, "--token", "s3cret")).isZero();
      variables.put("BANYAN_TOKEN", "s3cret");
      assertThat(run("--control", url, "status")).isZero();
    }
  }

  @Test
  void doesNotUnderstandWhatIsNotACommand() {
    assertThat(run("statsu")).isEqualTo(2);
    assertThat(err.toString()).contains("statsu").contains("banyan --help");
    assertThat(run("promote", "users")).isEqualTo(2);
    assertThat(err.toString()).contains("--reason");
    assertThat(run("status", "-o", "xml")).isEqualTo(2);
    assertThat(run("status", "--control", "nowhere")).isEqualTo(2);
    assertThat(err.toString()).contains("'nowhere' is no URL");
    assertThat(run()).isEqualTo(2);
    assertThat(run("ledger")).isEqualTo(2);
  }

  @Test
  void handsRunAndCheckOn() {
    programs.code = 1;
    assertThat(run("run", "my.yaml")).isEqualTo(1);
    assertThat(run("run", "my.yaml", "--data", "/var/lib/x")).isEqualTo(1);
    assertThat(run("check", "my.yaml", "-o", "json")).isEqualTo(1);

    assertThat(programs.calls)
        .containsExactly("run my.yaml .banyan", "run my.yaml /var/lib/x", "check my.yaml json");
  }

  @Test
  void showsItsVersion() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).isEqualTo("banyan 9.8.7\n");
  }

  private void awaitOutput(String text) {
    await(() -> out.toString().contains(text));
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited %s in vain", PATIENCE).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private static final class RecordedPrograms implements Programs {
    private final List<String> calls = new ArrayList<>();
    private int code;

    @Override
    public int run(Path file, Path data) {
      calls.add("run " + file + " " + data);
      return code;
    }

    @Override
    public int check(Path file, OutputFormat format) {
      calls.add("check " + file + " " + format);
      return code;
    }

    @Override
    public int transfers(Path file, TransferWork work) {
      throw new AssertionError("TransferCommandsTest does that");
    }

    @Override
    public ComparisonReport compare(CompareOptions options, LongConsumer progress) {
      throw new AssertionError("CompareCommandTest does that");
    }
  }
}
