package dev.banyan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.compare.CompareOptions;
import dev.banyan.compare.ComparisonReport;
import dev.banyan.control.ControlOptions;
import dev.banyan.control.ControlServer;
import dev.banyan.control.EventFeed;
import dev.banyan.control.FakeOperations;
import dev.banyan.control.FakeTransfers;
import dev.banyan.control.Guard;
import dev.banyan.control.TransferOrder;
import dev.banyan.transfer.report.Certificate;
import dev.banyan.transfer.report.CutoverReport;
import dev.banyan.transfer.report.PlanReport;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.report.TransferFailed;
import dev.banyan.transfer.report.TransferOperations;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is typed, asked and shown of transfers.
class TransferCommandsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Mover mover = new Mover();

  private int run(String... words) {
    return run(false, Map.of("USER", "ann"), words);
  }

  private int run(boolean terminal, Map<String, String> variables, String... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    Environment environment = new Environment("1", variables, "desk", terminal);
    return new CommandLineProgram(environment, mover, new PrintWriter(out), new PrintWriter(err))
        .run(words);
  }

  private JsonNode json() {
    return JsonMapper.shared().readTree(out.toString());
  }

  @Test
  void showsEveryTableWithABarItsRateAndWhatStoppedIt() {
    assertThat(run("transfer", "status", "users", "-f", "shop.yaml")).isEqualTo(1);

    assertThat(mover.asked).containsExactly("open shop.yaml", "status users", "close");
    assertThat(out.toString())
        .isEqualTo(
            """
            users: old → new, backfill; old owns the rows (epoch 1)

            TABLE      TO        STATE    PROGRESS                    ROWS                     ROWS/S   LEFT
            app.users  people    copying  [########............] 42%  4,200,000 of 10,000,000  410,000  14s
            app.tags   app.tags  stopped  [????????????????????]      7                        -        -

            4,200,007 rows, 410,000 rows/s, 14s left; lag 12.3 KiB, 0.4s
            app.users waits for replica standby1, which is 7 s behind
            stopped: app.tags: key 8, column label: too long for varchar(10)
            3 rows differ
            no certificate yet: not every row was compared
            """);
  }

  @Test
  void givesProgramsTheKeysOfTheDocument() {
    run("transfer", "status", "users", "-o", "json");

    assertThat(json().propertyNames())
        .containsExactly(
            "transfer",
            "at",
            "from",
            "to",
            "phase",
            "owner",
            "epoch",
            "tables",
            "rows",
            "total",
            "seconds",
            "rowsPerSecond",
            "secondsLeft",
            "lagBytes",
            "lagSeconds",
            "differences",
            "certificate",
            "stopped");
    assertThat(json().path("phase").stringValue()).isEqualTo("backfill");
    assertThat(json().path("at").stringValue()).isEqualTo("2026-03-01T08:00:00Z");
    assertThat(json().path("tables").path(1).path("state").stringValue()).isEqualTo("stopped");
  }

  @Test
  void aNameMayBeLeftOutWhereThereIsButOne() {
    run("transfer", "backfill");
    assertThat(mover.asked).contains("backfill users");

    mover.names = List.of("users", "orders");
    assertThat(run("transfer", "backfill")).isEqualTo(2);
    assertThat(err.toString()).isEqualTo("banyan: which transfer? There are users, orders\n");

    mover.names = List.of();
    assertThat(run("transfer", "status")).isEqualTo(2);
    assertThat(err.toString()).contains("no transfer is configured");
  }

  @Test
  void statusWithoutANameTellsOfAllTransfers() {
    mover.names = List.of("users", "orders");
    run("transfer", "status", "-o", "json");

    assertThat(json().path("transfers").size()).isEqualTo(2);
    assertThat(mover.asked).contains("status users", "status orders");
  }

  @Test
  void aLogGetsALineNowAndThenAndATerminalTheSameLinesAgain() {
    run("transfer", "backfill");
    assertThat(err.toString())
        .isEqualTo(
            """
            users backfill 42%: 4,200,007 rows, 410,000 rows/s, 14s left; lag 12.3 KiB, 0.4s; tables \
            stopped: 1
            """);

    run(true, Map.of(), "transfer", "backfill");
    assertThat(err.toString()).contains("\u001b[11A\r\u001b[J").endsWith("\u001b[11A\r\u001b[J");
    assertThat(out.toString()).startsWith("users: old → new");
  }

  @Test
  void watchingGivesALineOrADocumentEachTime() {
    run("transfer", "status", "users", "-w");
    assertThat(out.toString().lines()).hasSize(2);

    run("transfer", "status", "users", "-w", "-o", "json");
    assertThat(out.toString().lines())
        .hasSize(2)
        .allSatisfy(line ->
            assertThat(JsonMapper.shared().readTree(line).path("lagBytes").asLong(0))
                .isEqualTo(12_595));
  }

  @Test
  void thePlanTellsTheWorstFirstAndExitsWithOneWhileSomethingBlocks() {
    assertThat(run("transfer", "plan", "users")).isEqualTo(1);
    assertThat(out.toString())
        .isEqualTo(
            """
            users: old, PostgreSQL 18.1 → new, MariaDB 11.4

            TABLE      TO      ROWS   SIZE       KEY   TIME  COLUMNS
            app.users  people  1,000  117.2 KiB  id    0.5s  user_id as id
            app.log    log     -      -          none  -     as they are

            the backfill would take about 0.5s
            blocks: source, wal_level: it is replica; set it to logical and restart (wal-level)
            blocks: cutover, old: app: there is no such role in this server (no-role)
            blocks: back, new: people: we do not own it (not-owner)
            note: target, people: has a trigger (trigger)
            the rows can not move until what blocks is mended
            no cutover can be fenced until what blocks it is mended
            there is no way back until what blocks it is mended
            """);
  }

  @Test
  void theDraftOfTheSchemaIsAloneOnTheStandardOutput() {
    run("transfer", "plan", "users", "--ddl");

    assertThat(out.toString()).isEqualTo("create table people (id bigint primary key);\n");
    assertThat(err.toString()).contains("blocks: source, wal_level");
  }

  @Test
  void reconcilingNamesRowsAndColumnsAndExitsWithOneUnlessGreen() {
    assertThat(run("transfer", "reconcile", "users", "--repair")).isEqualTo(1);
    assertThat(mover.asked).contains("reconcile users true");
    assertThat(out.toString())
        .isEqualTo(
            """
            users: 1,000 rows compared on each side in 2.0s (500 rows/s), 3 differ, 1 repaired
              people, key 7: changed first, last
              people, key 8: missing
              and 1 more
              check turnover: the source says 10, the target 11
            certificate: red, 1,000 rows compared by checksums at 2026-03-01T08:00:00Z (0/42 = 0/43)
            """);

    run("transfer", "reconcile", "users", "-o", "json");
    assertThat(json().path("differences").path(0).toString())
        .isEqualTo(
            "{\"table\":\"people\",\"key\":\"7\",\"kind\":\"changed\",\"columns\":[\"first\",\"last\"]}");
    assertThat(json().path("certificate").propertyNames())
        .containsExactly(
            "at", "cut", "mapping", "rows", "digest", "epoch", "method", "methods", "green");
  }

  @Test
  void whoeverComparesBesideAGatewayIsToldHowToAskIt() {
    mover.failure = new TransferFailed(TransferFailed.Reason.BUSY, "it is worked on by a gateway");
    assertThat(run("transfer", "reconcile", "users")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualTo(
            "banyan: it is worked on by a gateway, or have the running gateway do it, with"
                + " --reason\n");
  }

  @Test
  void removingNeedsTheName() {
    assertThat(run("transfer", "remove")).isEqualTo(2);
    assertThat(run("transfer", "remove", "users")).isZero();
    assertThat(out.toString()).isEqualTo("users: removed\n  slot banyan_users\n");
  }

  @Test
  void eachKindOfFailureHasItsExitCodeAndSentence() {
    for (TransferFailed.Reason reason : TransferFailed.Reason.values()) {
      mover.failure = new TransferFailed(reason, "the database is gone");
      int code =
          switch (reason) {
            case CONFIGURATION -> 2;
            case UNREACHABLE -> 3;
            default -> 1;
          };
      assertThat(run("transfer", "run", "users")).as(reason.name()).isEqualTo(code);
      assertThat(err.toString()).isEqualTo("banyan: the database is gone\n");
    }
  }

  @Test
  void theRunningGatewayChangesTheOwner() throws Exception {
    EventFeed feed = new EventFeed();
    FakeOperations operations = new FakeOperations(feed);
    operations.transferring().put(FakeTransfers.copying("users"));
    ControlOptions options =
        new ControlOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null);
    try (ControlServer server =
        ControlServer.start(options, new Guard(options), operations, feed, List.of())) {
      Map<String, String> at =
          Map.of("USER", "ann", "BANYAN_CONTROL", "http://127.0.0.1:" + server.address().getPort());

      assertThat(run(false, at, "transfer", "cutover", "--reason", "green")).isZero();
      assertThat(out.toString())
          .isEqualTo(
              """
                fence, 30 ms
              users: new owns the rows (epoch 2); writes were held for 413 ms
              """);
      assertThat(run(false, at, "transfer", "back", "users", "--unfenced", "--reason", "errors"))
          .isZero();
      assertThat(out.toString()).contains("users: old owns the rows (epoch 3)", "unfenced: ");
      assertThat(operations.transferring().asked())
          .containsExactly(
              new TransferOrder("users", "ann@desk", "green", false, false),
              new TransferOrder("users", "ann@desk", "errors", true, false));

      assertThat(run(false, at, "transfer", "reconcile", "--repair", "--reason", "planted"))
          .isZero();
      assertThat(out.toString())
          .startsWith("users: 4,200,007 rows compared on each side in 2.0s")
          .contains("certificate: green, 4,200,007 rows");
      assertThat(operations.transferring().asked())
          .contains(new TransferOrder("users", "ann@desk", "planted", false, true));

      operations
          .transferring()
          .fail(new TransferFailed(TransferFailed.Reason.REFUSED, "there is no certificate"));
      assertThat(run(false, at, "transfer", "cutover", "users", "--reason", "x")).isEqualTo(1);
      assertThat(err.toString()).isEqualTo("banyan: there is no certificate\n");
    }
  }

  /// Says what it was asked, and moves nothing.
  private static final class Mover implements Programs, TransferOperations {
    private static final Instant AT = Instant.parse("2026-03-01T08:00:00Z");
    private final List<String> asked = new ArrayList<>();
    private List<String> names = List.of("users");
    private @Nullable TransferFailed failure;

    private void ask(String what) throws TransferFailed {
      asked.add(what);
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public int run(Path file, Path data) {
      throw new AssertionError("only transfers are asked for");
    }

    @Override
    public int check(Path file, OutputFormat format) {
      throw new AssertionError("only transfers are asked for");
    }

    @Override
    public ComparisonReport compare(CompareOptions options, LongConsumer progress) {
      throw new AssertionError("only transfers are asked for");
    }

    @Override
    public int transfers(Path file, TransferWork work) throws TransferFailed, InterruptedException {
      asked.add("open " + file);
      try (TransferOperations transfers = this) {
        return work.on(transfers);
      }
    }

    @Override
    public List<String> names() {
      return names;
    }

    @Override
    public PlanReport plan(String transfer, boolean ddl) throws TransferFailed {
      ask("plan " + transfer);
      return new PlanReport(
          transfer,
          "old, PostgreSQL 18.1",
          "new, MariaDB 11.4",
          List.of(
              new PlanReport.Table(
                  "app.users", "people", 1_000L, 120_000L, List.of("id"), "user_id as id", 0.5),
              new PlanReport.Table("app.log", "log", null, null, List.of(), "as they are", null)),
          List.of(
              new PlanReport.Found(false, "target", "trigger", "people", "has a trigger"),
              new PlanReport.Found(
                  true,
                  "source",
                  "wal-level",
                  "wal_level",
                  "it is replica; set it to logical and restart"),
              new PlanReport.Found(
                  true, "cutover", "no-role", "old: app", "there is no such role in this server"),
              new PlanReport.Found(true, "back", "not-owner", "new: people", "we do not own it")),
          0.5,
          ddl ? "create table people (id bigint primary key);\n" : null);
    }

    private StatusReport move(String what, String transfer, Consumer<StatusReport> progress)
        throws TransferFailed {
      ask(what + " " + transfer);
      progress.accept(FakeTransfers.backfill(transfer));
      progress.accept(FakeTransfers.backfill(transfer));
      return FakeTransfers.backfill(transfer);
    }

    @Override
    public StatusReport backfill(String transfer, Consumer<StatusReport> progress)
        throws TransferFailed {
      return move("backfill", transfer, progress);
    }

    @Override
    public StatusReport stream(String transfer, Consumer<StatusReport> progress)
        throws TransferFailed {
      return move("stream", transfer, progress);
    }

    @Override
    public StatusReport run(String transfer, Consumer<StatusReport> progress)
        throws TransferFailed {
      return move("run", transfer, progress);
    }

    @Override
    public StatusReport status(String transfer) throws TransferFailed {
      ask("status " + transfer);
      return FakeTransfers.backfill(transfer);
    }

    @Override
    public void watch(String transfer, Consumer<StatusReport> progress) throws TransferFailed {
      StatusReport last = move("watch", transfer, progress);
      assertThat(last.transfer()).isEqualTo(transfer);
    }

    @Override
    public ReconcileReport reconcile(
        String transfer, boolean repair, Consumer<StatusReport> progress) throws TransferFailed {
      ask("reconcile " + transfer + " " + repair);
      return new ReconcileReport(
          transfer,
          1_000,
          2,
          500,
          3,
          List.of(
              new ReconcileReport.Difference(
                  "people", "7", ReconcileReport.Kind.CHANGED, List.of("first", "last")),
              new ReconcileReport.Difference(
                  "people", "8", ReconcileReport.Kind.MISSING, List.of())),
          repair ? 1 : 0,
          List.of(new ReconcileReport.Check("turnover", false, "10", "11", null)),
          new Certificate(
              AT,
              "0/42 = 0/43",
              "ab12",
              1_000,
              "cd34",
              1,
              "checksums",
              Map.of("users", "checksums"),
              false));
    }

    @Override
    public CutoverReport cutover(String transfer, boolean unfenced) {
      throw new AssertionError("the gateway does that");
    }

    @Override
    public CutoverReport back(String transfer, boolean unfenced) {
      throw new AssertionError("the gateway does that");
    }

    @Override
    public List<String> remove(String transfer, boolean unfence, boolean ids)
        throws TransferFailed {
      ask("remove " + transfer + (unfence ? " and its fence" : ""));
      return List.of("slot banyan_" + transfer);
    }

    @Override
    public void stop() {
      asked.add("stop");
    }

    @Override
    public void close() {
      asked.add("close");
    }
  }
}
