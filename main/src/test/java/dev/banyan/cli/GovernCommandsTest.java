package dev.banyan.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.access.Role;
import dev.banyan.control.Change;
import dev.banyan.control.ControlOptions;
import dev.banyan.control.ControlServer;
import dev.banyan.control.EventFeed;
import dev.banyan.control.FakeOperations;
import dev.banyan.control.Guard;
import dev.banyan.control.LocalSocket;
import dev.banyan.control.StatusView;
import dev.banyan.migration.Phase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands by which people govern.
class GovernCommandsTest {
  @TempDir Path folder;

  private final EventFeed feed = new EventFeed();
  private final FakeOperations operations = new FakeOperations(feed);
  private final Map<String, String> variables = new HashMap<>(Map.of("USER", "ann"));
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private ControlServer server;

  @BeforeEach
  void start() throws IOException {
    operations.put(FakeOperations.governed("users"));
    ControlOptions options =
        new ControlOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null);
    Guard guard = new Guard(options, operations.access());
    server = ControlServer.start(options, guard, operations, feed, List.of());
    variables.put("BANYAN_CONTROL", "http://127.0.0.1:" + server.address().getPort());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private int run(String... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    Environment environment = new Environment("9.8.7", variables, "desk", false);
    return new CommandLineProgram(
            environment, new NoPrograms(), new PrintWriter(out), new PrintWriter(err))
        .run(words);
  }

  @Test
  void theStatusTellsOfAllThatIsUnusual() {
    operations.replicas(
        List.of(
            new StatusView.Replica(
                "east-1", Instant.parse("2026-03-01T08:00:00.5Z"), true, true, true, 0, List.of()),
            new StatusView.Replica(
                "east-2",
                Instant.parse("2026-03-01T08:00:01Z"),
                false,
                false,
                true,
                0,
                List.of())));
    run("stop-the-line", "--reason", "incident 7");

    assertThat(run("status")).isZero();

    assertThat(out.toString())
        .contains("the line is stopped, nothing is promoted: incident 7\n")
        .contains("shadow, unproven")
        .endsWith(
            """
            errors and p99: legacy, candidate
            users: denied on this replica, the legacy answers: its own gates saw 9 errors in 20 \
            requests
            users: frozen: christmas, until 2026-03-04T08:00:00Z
            users: waits for an approver: banyan approve FAMILY --reason …
            users: auto: full
            users: strategy: blue-green
            replica east-1, heard of at 2026-03-01T08:00:00Z, controller
            replica east-2, heard of at 2026-03-01T08:00:01Z
            event loops are late: sampling is down to 50 % of what is configured
            goal of users (not-yet): p99 -30% wanted: 36.1 ms (-12%), the legacy had 41.0 ms
            """);
  }

  @Test
  void explainTellsWhatIsMissingAndWhatGoingBackCosts() {
    assertThat(run("explain", "users")).isZero();

    assertThat(out.toString())
        .startsWith("users is in shadow, unproven (epoch 3)\nnext step: canary at 1%\n")
        .contains("  waits for an approver")
        .contains("  parity (hold): GET /users/{id} differs")
        .endsWith(
            """
            a rollback now costs 140 ms, 12 sessions, 0 rows behind
            goals:
              not-yet: p99 -30% wanted: 36.1 ms (-12%), the legacy had 41.0 ms
            """);
  }

  @Test
  void anApprovalNamesThePhaseAndWhoGaveIt() {
    assertThat(run("approve", "users", "--to", "writes", "--reason", "seen")).isZero();

    assertThat(out.toString())
        .isEqualTo("users may enter writes, says ann@desk; its next step is canary at 1%\n");
    assertThat(operations.last())
        .isEqualTo(new Change.Approval("users", Phase.Name.WRITES, "seen", "ann@desk", null));
  }

  @Test
  void aForcedPromotionSaysSo() {
    assertThat(run("promote", "users", "--force", "--reason", "no traffic")).isZero();

    assertThat(operations.last())
        .isEqualTo(new Change.Promotion("users", null, null, true, "no traffic", "ann@desk", null));
  }

  @Test
  void theLineIsStoppedAndReleased() {
    assertThat(run("stop-the-line", "--reason", "incident 7")).isZero();
    assertThat(out.toString()).isEqualTo("the line is stopped: incident 7\n");
    assertThat(operations.line()).contains("incident 7");

    assertThat(run("release-the-line", "--reason", "over")).isZero();
    assertThat(out.toString()).isEqualTo("the line is released\n");
    assertThat(operations.line()).isEmpty();
    assertThat(run("stop-the-line")).isEqualTo(2);
  }

  @Test
  void aDeployTellsWhoseEvidenceBeginsAnew() {
    assertThat(run("deploy", "users", "--version", "1.4.2")).isZero();
    assertThat(out.toString())
        .isEqualTo("users 1.4.2 is deployed; the evidence begins anew of: users\n");

    assertThat(run("deploy", "nobody")).isEqualTo(1);
    assertThat(err.toString()).contains("'nobody'");
  }

  @Test
  void aTokenIsMadeShownOnceListedAndRevoked() {
    assertThat(run("token", "list")).isZero();
    assertThat(out.toString()).contains("everybody on this machine is an admin");

    assertThat(run("token", "create", "ann", "--role", "admin")).isZero();
    String secret = out.toString().lines().findFirst().orElseThrow();
    assertThat(secret).startsWith("banyan_");
    assertThat(out.toString()).contains("ann is admin; the secret above is not shown again");

    assertThat(run("token", "list")).isEqualTo(1);
    assertThat(err.toString()).contains("BANYAN_TOKEN");
    variables.put("BANYAN_TOKEN", secret);
    assertThat(run("token", "create", "ci", "--role", "operator", "--expires", "90d")).isZero();
    assertThat(out.toString()).contains("ci is operator until 2026-05-30T08:00:00Z");
    assertThat(run("token", "list")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            NAME  ROLE      CREATED               EXPIRES
            ann   admin     2026-03-01T08:00:00Z  -
            ci    operator  2026-03-01T08:00:00Z  2026-05-30T08:00:00Z
            """);
    assertThat(run("token", "revoke", "ci")).isZero();
    assertThat(out.toString()).isEqualTo("the token 'ci' is revoked\n");
    assertThat(run("token", "revoke", "ann")).isEqualTo(1);
    assertThat(err.toString()).contains("last admin");
  }

  @Test
  void whoeverLacksARoleIsToldWhichOne() {
    variables.put("BANYAN_TOKEN", operations.token("vic", Role.VIEWER));

    assertThat(run("hold", "users", "--reason", "x")).isEqualTo(1);
    assertThat(err.toString()).contains("needs the role operator");
  }

  @Test
  void aLocalRollbackNeedsNoControlPlane() throws Exception {
    variables.put("BANYAN_CONTROL", "http://127.0.0.1:1");
    try (LocalSocket socket = LocalSocket.listen(folder, operations)) {
      assertThat(socket).isNotNull();
      assertThat(
              run("rollback", "users", "--local", "--data", folder.toString(), "--reason", "fire"))
          .isZero();
      assertThat(out.toString()).startsWith("users is back in legacy; the swap took");

      assertThat(run("rollback", "nobody", "--local", "--data", folder.toString(), "--reason", "x"))
          .isEqualTo(1);
      assertThat(err.toString()).contains("'nobody'");
    }
    assertThat(run("rollback", "users", "--local", "--data", folder.toString(), "--reason", "x"))
        .isEqualTo(3);
    assertThat(err.toString()).contains("control.sock").contains("--data");
  }
}
