package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Problems in what is kept, who is told, and what a migration is for.
class LedgerNotificationsGoalsTest {
  private static final String SERVICES =
      """
      services:
        legacy: { url: http://127.0.0.1:3000, metrics: /metrics }
        users: { url: http://127.0.0.1:4000 }
      families:
        users: { candidate: users, routes: [/users] }
      """;

  @TempDir Path folder;

  private String problem(String keys) {
    var headlines = Yaml.in(folder).headlines(SERVICES + keys);
    assertThat(headlines).hasSize(1);
    return headlines.getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0d", "400", "400h", "-1d", "40000d", "1.5d", "d"})
  void entriesAreKeptForWholeDays(String retention) {
    assertThat(problem("ledger: { retention: '" + retention + "' }"))
        .startsWith("banyan.yaml:6:22: ledger.retention: '" + retention + "' is ")
        .endsWith("; allowed: from 1d to 36500d, a whole number with d, such as 400d");
  }

  @Test
  void whatIsSignedNeedsASecret() {
    assertThat(problem("notifications:\n- url: https://a.example/hook\n"))
        .isEqualTo(
            "banyan.yaml:7:3: notifications[0]: a notification of the format json is signed and has"
                + " no valid secret; for example: secret: ${WEBHOOK_SECRET}");
  }

  @Test
  void whatIsNotSignedHasNone() {
    assertThat(
            problem(
                "notifications: [{ url: http://a.example, format: slack, secret: 0123456789abcdef"
                    + " }]"))
        .contains("slack is not signed; allowed: format: json, or no secret")
        .doesNotContain("0123456789abcdef");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"tooShort", "whsec_notbase64!", "whsec_MDEy", "with spaces in its middle"})
  void aSecretIsLongEnoughAndIsNeverShown(String secret) {
    var problems =
        Yaml.in(folder)
            .problems(
                SERVICES + "notifications: [{ url: http://a.example, secret: '" + secret + "' }]");

    assertThat(problems).isNotEmpty();
    assertThat(problems.toString() + problems.getFirst().text()).doesNotContain(secret);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://a.example",
        "a.example",
        "http://",
        "http://a.example/#top",
        "http://a.example:0",
        "http://a.example:70000",
        "http://a b.example"
      })
  void aUrlToSendToIsOne(String url) {
    assertThat(problem("notifications: [{ url: '" + url + "', format: slack }]"))
        .contains("notifications[0].url: ")
        .endsWith("; allowed: http:// or https://, a host, and perhaps a port, a path and a query");
  }

  @Test
  void aSecretPathThatIsFilledInIsNotShown() {
    var problems =
        new Yaml(folder, Map.of("SLACK_URL", "hooks.example/T0/hunter2xyz"))
            .problems(SERVICES + "notifications: [{ url: '${SLACK_URL}', format: slack }]");

    assertThat(problems).hasSize(1);
    assertThat(problems.toString() + problems.getFirst().text()).doesNotContain("hunter2xyz");
  }

  @Test
  void aLoadedConfigurationShowsNeitherSecretsNorPaths() {
    BanyanConfig config =
        Yaml.in(folder)
            .loaded(
                SERVICES
                    + "notifications: [{ url: 'http://a.example/hunter2xyz', secret:"
                    + " 0123456789abcdef }]");

    assertThat(config.toString())
        .contains("Target[http://a.example, JSON")
        .doesNotContain("hunter2xyz")
        .doesNotContain("0123456789abcdef");
  }

  @Test
  void namesOnlyFamiliesAndEventsThatThereAre() {
    assertThat(
            Yaml.in(folder)
                .headlines(
                    SERVICES
                        + """
                        notifications:
                        - { url: http://a.example, format: slack, families: [orders] }
                        - { url: http://a.example, format: slack, events: [rolback] }
                        """))
        .containsExactly(
            "banyan.yaml:7:54: notifications[0].families[0]: there is no family 'orders'; allowed:"
                + " users",
            "banyan.yaml:8:52: notifications[1].events[0]: 'rolback' is unknown (did you mean"
                + " 'rollback'?); allowed: phase, rollback, waiting, alarm, ledger-head");
  }

  private String goals(String goals) {
    return """
    services:
      legacy: { url: http://127.0.0.1:3000, metrics: /metrics }
      users: { url: http://127.0.0.1:4000 }
    families:
      users:
        candidate: users
        routes: [/users]
        goals: %s
    """
        .formatted(goals);
  }

  @Test
  void whatAProcessUsesNeedsTheMetricsOfBothServices() {
    assertThat(Yaml.in(folder).headlines(goals("{ p99: -10%, memory: -50%, cpu: 0% }")))
        .containsExactly(
            "banyan.yaml:8:33: families.users.goals.memory: what a process uses is read from its"
                + " own metrics, and there are none of 'users'; for example: metrics: /metrics",
            "banyan.yaml:8:44: families.users.goals.cpu: what a process uses is read from its own"
                + " metrics, and there are none of 'users'; for example: metrics: /metrics");
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "-100%", "101%", "-0.0001%", "less", "--3%"})
  void aGoalIsAChange(String change) {
    var headlines = Yaml.in(folder).headlines(goals("{ p99: '" + change + "' }"));

    assertThat(headlines).hasSize(1);
    assertThat(headlines.getFirst())
        .contains("families.users.goals.p99: '" + change + "' is ")
        .endsWith(
            "; allowed: from -99% to 100%, such as -30% for 30 % less, or 0% for no more than"
                + " before");
  }
}
