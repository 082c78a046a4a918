package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.FamilyPolicy;
import dev.banyan.cutover.FreezeWindow;
import dev.banyan.cutover.Goal;
import dev.banyan.cutover.Goals;
import dev.banyan.cutover.RecurringFreeze;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.notification.SigningKey;
import dev.banyan.notification.Target;
import dev.banyan.notification.Topic;
import dev.banyan.parity.Acceptances;
import dev.banyan.parity.SeverityRules;
import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.TrustedProxies;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.OwnData;
import dev.banyan.routing.RouteSpec;
import dev.banyan.routing.RoutingTable;
import dev.banyan.routing.Sticky;
import dev.banyan.routing.WriteShadow;
import dev.banyan.shadow.ShadowOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every key: its default, and that it is read.
class ConfigValuesTest {
  private static final String SMALLEST = "services: { old: { url: http://127.0.0.1:3000 } }";
  private static final String SMALL_FAMILY =
      """
      services:
        legacy: { url: http://127.0.0.1:3000 }
        users: { url: http://127.0.0.1:4000 }
      families:
        users:
          candidate: users
          routes: ["GET /users"]
      """;
  private static final String EVERY_KEY =
      """
      listen: "[::1]:0"
      control: { listen: "localhost:9001", token: s3cret-token }
      legacy: monolith
      services:
        monolith: { url: "http://old.internal:3000/", connections: 7, metrics: /metrics }
        new_1:
          url: http://[::1]
          health: /healthz?deep=1
          version_header: X-Version
          metrics: "http://[::1]:9100/m?process=1"
          connect_timeout: 500ms
          response_timeout: 1m
          connections: 65536
        box: { url: http://127.0.0.1:5000 }
      families:
        users-2:
          routes:
            - GET /users
            - { route: POST /search, safe: true }
            - { route: GET /export, safe: false }
            - /users/{id}/**
            - PUT /users/{id}
            - route: HEAD /users
          candidate: new_1
          data: synced
          read_your_writes: header
          after_write: 7s
          sticky: header:x-account
          owner: Ann & Bob
          fallback: off
          strategy: blue-green
          auto: full
          require_approval: [reads, retired]
          freeze: [christmas]
          on_store_loss: stay
          steps: [0.001%, { weight: 50%, soak: 2h }, 100%]
          soak: 1h
          parity: { limit: 0.5%, coverage: 80% }
          gates:
            errors: 1.2
            slow: 2
            margin: 3.5
            slow_from: 50ms
            baseline: 1000
            error_rate: 0.1%
            p99: 250ms
          breaker: { window: 1m, requests: 100, errors: 25%, connect_failures: 5 }
          goals: { p50: 0%, p99: -30%, error_rate: +10%, memory: -50%, cpu: -12.5% }
          shadow: { sample: 0%, again: 7%, writes: sandbox, sandbox: box }
      shadow: { memory: 1GiB, body: 1MB, concurrency: 3, deadline: 250ms, lag: 1s }
      access_log: { file: log/access.json }
      freezes:
        christmas:
          start: 2026-12-20T00:00
          timezone: Europe/Berlin
          duration: 336h
          rule: FREQ=YEARLY
        fridays: { start: 2026-01-02T15:00, duration: 57h, rule: FREQ=WEEKLY }
      ledger: { retention: 400d, head_file: other/ledger.head }
      notifications:
        - { url: "https://hooks.example/T0/B1", format: slack, events: [waiting], families: [users-2] }
        - { url: "http://127.0.0.1:9/?a=b", secret: whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz }
      """;

  @TempDir Path folder;

  @Test
  void oneServiceIsEnoughAndEveryDefaultIsAsDocumented() {
    BanyanConfig config = Yaml.in(folder).loaded(SMALLEST);

    assertThat(config)
        .isEqualTo(
            new BanyanConfig(
                new HostPort("0.0.0.0", 8080),
                null,
                TrustedProxies.NOBODY,
                GatewayOptions.Limits.DEFAULTS,
                new BanyanConfig.Control(new HostPort("127.0.0.1", 8081), null),
                "old",
                List.of(
                    ServiceBuilder.service("old", 3000)
                        .connectTimeout(Duration.ofSeconds(2))
                        .responseTimeout(Duration.ofSeconds(30))
                        .build()),
                List.of(),
                new ShadowOptions(
                    64 << 20, 1 << 20, 64, Duration.ofSeconds(5), Duration.ofMillis(20)),
                null,
                new BanyanConfig.Ledger(null, null),
                List.of(),
                Map.of(),
                null,
                List.of(),
                List.of()));
  }

  @Test
  void everyDefaultOfAFamilyIsAsDocumented() {
    BanyanConfig config = Yaml.in(folder).loaded(SMALL_FAMILY);

    assertThat(config.legacyService()).isEqualTo("legacy");
    assertThat(config.families())
        .containsExactly(
            new FamilyConfig(
                "users",
                null,
                "legacy",
                "users",
                new Sticky.Ip(),
                true,
                List.of(RouteSpec.parse("GET /users", null)),
                new FamilyPolicy(
                    "users",
                    DataOwnership.NONE,
                    List.of(new Endpoint("GET", "/users")),
                    FamilyPolicy.Strategy.CANARY,
                    Stream.of("1%", "5%", "25%", "50%", "100%")
                        .map(weight ->
                            new FamilyPolicy.Step(Weight.parse(weight), Duration.ofSeconds(60)))
                        .toList(),
                    Duration.ofSeconds(60),
                    0.01,
                    0.5,
                    new FamilyPolicy.GateLimits(
                        1,
                        1.5,
                        2,
                        Duration.ofMillis(10),
                        100,
                        null,
                        null,
                        new FamilyPolicy.Breaker(Duration.ofSeconds(10), 20, 0.5, 10)),
                    FamilyPolicy.Auto.ROLLBACK,
                    Set.of(),
                    List.of(),
                    FamilyPolicy.OnStoreLoss.BY_PHASE),
                1.0,
                0.02,
                SeverityRules.NONE,
                Acceptances.NONE,
                WriteShadow.BLOCKED,
                null,
                Goals.NONE,
                null));
    assertThat(
            Yaml.in(folder)
                .loaded(SMALL_FAMILY + "    data: synced\n")
                .families()
                .getFirst()
                .ownData())
        .isEqualTo(new OwnData(OwnData.ReadYourWrites.UNIT, Duration.ofSeconds(2)));
  }

  @Test
  void everyKeyIsRead() {
    BanyanConfig config = Yaml.in(folder).loaded(EVERY_KEY);

    assertThat(config.listen()).isEqualTo(new HostPort("::1", 0));
    assertThat(config.accessLog()).isEqualTo("log/access.json");
    assertThat(config.ledger())
        .isEqualTo(
            new BanyanConfig.Ledger(Duration.ofDays(400), folder.resolve("other/ledger.head")));
    assertThat(config.metrics())
        .isEqualTo(
            Map.of(
                "monolith",
                URI.create("http://old.internal:3000/metrics"),
                "new_1",
                URI.create("http://[::1]:9100/m?process=1")));
    assertThat(config.family("users-2").orElseThrow().ownData())
        .isEqualTo(new OwnData(OwnData.ReadYourWrites.HEADER, Duration.ofSeconds(7)));
    assertThat(config.family("users-2").orElseThrow().goals())
        .isEqualTo(
            new Goals(
                Map.of(
                    Goal.P50, 0.0,
                    Goal.P99, -0.3,
                    Goal.ERROR_RATE, 0.1,
                    Goal.MEMORY, -0.5,
                    Goal.CPU, -0.125)));
    assertThat(config.notifications())
        .containsExactly(
            new Target(
                URI.create("https://hooks.example/T0/B1"),
                null,
                Target.Format.SLACK,
                Set.of(Topic.WAITING),
                Set.of("users-2")),
            new Target(
                URI.create("http://127.0.0.1:9/?a=b"),
                SigningKey.of("012345678901234567890123"),
                Target.Format.JSON,
                Set.of(Topic.PHASE, Topic.ROLLBACK, Topic.WAITING, Topic.ALARM),
                Set.of()));
    assertThat(config.control())
        .isEqualTo(
            new BanyanConfig.Control(new HostPort("localhost", 9001), new Secret("s3cret-token")));
    assertThat(config.services())
        .containsExactly(
            ServiceBuilder.service("monolith", "http://old.internal:3000")
                .connectTimeout(Duration.ofSeconds(2))
                .responseTimeout(Duration.ofSeconds(30))
                .connections(7)
                .build(),
            ServiceBuilder.service("new_1", "http://[::1]")
                .health("/healthz?deep=1")
                .versionHeader("x-version")
                .connectTimeout(Duration.ofMillis(500))
                .responseTimeout(Duration.ofMinutes(1))
                .connections(65_536)
                .build(),
            ServiceBuilder.service("box", 5000)
                .connectTimeout(Duration.ofSeconds(2))
                .responseTimeout(Duration.ofSeconds(30))
                .build());
    assertThat(config.shadow())
        .isEqualTo(
            new ShadowOptions(
                1L << 30, 1_000_000, 3, Duration.ofMillis(250), Duration.ofSeconds(1)));
  }

  @Test
  void everyKeyOfAFamilyIsRead() {
    BanyanConfig config = Yaml.in(folder).loaded(EVERY_KEY);

    FamilyConfig family = config.family("users-2").orElseThrow();
    assertThat(family.owner()).isEqualTo("Ann & Bob");
    assertThat(family.legacyService()).isEqualTo("monolith");
    assertThat(family.candidateService()).isEqualTo("new_1");
    assertThat(family.data()).isEqualTo(DataOwnership.SYNCED);
    assertThat(family.sticky()).isEqualTo(new Sticky.Header("x-account"));
    assertThat(family.fallback()).isFalse();
    assertThat(family.shadowSample()).isZero();
    assertThat(family.writes()).isEqualTo(new WriteShadow.Sandbox("box"));
    assertThat(family.shadowAgain()).isEqualTo(0.07);
    assertThat(family.routes())
        .containsExactly(
            RouteSpec.parse("GET /users", null),
            RouteSpec.parse("POST /search", true),
            RouteSpec.parse("GET /export", false),
            RouteSpec.parse("/users/{id}/**", null),
            RouteSpec.parse("PUT /users/{id}", null),
            RouteSpec.parse("HEAD /users", null));
  }

  @Test
  void everyKeyOfAFamilysPolicyIsRead() {
    FamilyConfig family = Yaml.in(folder).loaded(EVERY_KEY).family("users-2").orElseThrow();

    assertThat(family.policy())
        .isEqualTo(
            new FamilyPolicy(
                "users-2",
                DataOwnership.SYNCED,
                List.of(
                    new Endpoint("GET", "/users"),
                    new Endpoint("POST", "/search"),
                    new Endpoint("HEAD", "/users")),
                FamilyPolicy.Strategy.BLUE_GREEN,
                List.of(
                    new FamilyPolicy.Step(Weight.parse("0.001%"), Duration.ofHours(1)),
                    new FamilyPolicy.Step(Weight.parse("50%"), Duration.ofHours(2)),
                    new FamilyPolicy.Step(Weight.FULL, Duration.ofHours(1))),
                Duration.ofHours(1),
                0.005,
                0.8,
                new FamilyPolicy.GateLimits(
                    1.2,
                    2,
                    3.5,
                    Duration.ofMillis(50),
                    1000,
                    0.001,
                    Duration.ofMillis(250),
                    new FamilyPolicy.Breaker(Duration.ofMinutes(1), 100, 0.25, 5)),
                FamilyPolicy.Auto.FULL,
                Set.of(Phase.Name.READS, Phase.Name.RETIRED),
                List.of(
                    new RecurringFreeze(
                        "christmas",
                        LocalDateTime.of(2026, 12, 20, 0, 0),
                        ZoneId.of("Europe/Berlin"),
                        Duration.ofHours(336),
                        "FREQ=YEARLY")),
                FamilyPolicy.OnStoreLoss.STAY));
  }

  @Test
  void aFamilyThatNamesNoFreezeIsHeldToAllOfThem() {
    String freezes =
        """
        freezes:
          once: { start: 2026-01-01T00:00, duration: 1h }
          often: { start: 2026-01-01T00:00, duration: 1h, rule: FREQ=DAILY }
        """;
    String free = "  free: { candidate: users, routes: [/free], freeze: [] }\n";

    BanyanConfig config = Yaml.in(folder).loaded(SMALL_FAMILY + free + freezes);

    assertThat(config.family("users").orElseThrow().policy().freezes())
        .extracting(FreezeWindow::name)
        .containsExactly("once", "often");
    assertThat(config.family("free").orElseThrow().policy().freezes()).isEmpty();
  }

  @Test
  void aFamilyBecomesRoutesThatTheTableCompiles() {
    FamilyConfig family = Yaml.in(folder).loaded(SMALL_FAMILY).family("users").orElseThrow();

    FamilyRoutes routes = family.routesIn(new Phase.Canary(Weight.parse("5%")), 7);

    assertThat(routes.phase()).isEqualTo(new Phase.Canary(Weight.parse("5%")));
    assertThat(routes.epoch()).isEqualTo(7);
    RoutingTable table = RoutingTable.compile("legacy", List.of(routes));
    assertThat(Objects.requireNonNull(table.match("GET", "/users")).decide(0).service())
        .isEqualTo("users");
  }

  @Test
  void keysWithNothingBehindThemHaveTheirDefaults() {
    BanyanConfig config =
        Yaml.in(folder).loaded(SMALLEST + "\ncontrol:\nfamilies:\nshadow:\n  # memory: 1MiB\n");

    assertThat(config).isEqualTo(Yaml.in(folder).loaded(SMALLEST));
  }

  @Test
  void anAnchoredPartCanBeUsedAgain() {
    BanyanConfig config =
        Yaml.in(folder)
            .loaded(
                SMALL_FAMILY
                    + "    breaker: &calm { window: 1m }\n"
                    + "  more: { candidate: users, routes: [/more], breaker: *calm }\n");

    assertThat(config.family("more").orElseThrow().policy().breaker().window())
        .isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void aFamilyThatNamesItsReadsMustProveThose() {
    BanyanConfig config =
        Yaml.in(folder)
            .loaded(
                SMALL_FAMILY.replace("\"GET /users\"", "/users, /users/**, \"GET /users/{id}\""));

    assertThat(config.family("users").orElseThrow().policy().endpoints())
        .containsExactly(new Endpoint("GET", "/users/{id}"));
  }

  @Test
  void aFamilyThatNamesNoReadMustProveTheGetsThatNoOtherRouteClaims() {
    BanyanConfig config =
        Yaml.in(folder)
            .loaded(
                SMALL_FAMILY.replace("\"GET /users\"", "/users, /users/**, \"POST /users\"")
                    + "  more: { candidate: users, routes: [\"GET /users\", \"POST /more\"] }\n");

    assertThat(config.family("users").orElseThrow().policy().endpoints())
        .containsExactly(new Endpoint("GET", "/users/**"));
  }

  @Test
  void aByteOrderMarkAndWindowsLineEndsAreAllowed() {
    assertThat(Yaml.in(folder).loaded("\uFEFF" + SMALLEST + "\r\n")).isNotNull();
  }

  @Test
  void theLegacyIsTheServiceThatIsSaidElseTheOneCalledLegacyElseTheOnlyOne() {
    String two = "services: { a: { url: http://a }, legacy: { url: http://b } }\n";

    assertThat(Yaml.in(folder).loaded(two).legacyService()).isEqualTo("legacy");
    assertThat(Yaml.in(folder).loaded(two + "legacy: a").legacyService()).isEqualTo("a");
    assertThat(Yaml.in(folder).loaded(SMALLEST).legacyService()).isEqualTo("old");
  }

  @Test
  void valuesAreFilledInFromTheEnvironmentAndFromFiles() throws Exception {
    Files.writeString(folder.resolve("token"), "from-file\r\n");
    Yaml yaml = new Yaml(folder, Map.of("PORT", "9000", "EMPTY", ""));
    BanyanConfig config =
        yaml.loaded(
            """
            listen: 127.0.0.1:${PORT}
            control: { token: "${file:token}" }
            services:
              old: { url: "http://${HOST:127.0.0.1}:${NO_PORT:3000}", connections: "${N:12}" }
              new: { url: "http://new${EMPTY}" }
            legacy: old
            families: { f: { candidate: new, routes: [/f], owner: "$${X} costs 5$" } }
            """);

    assertThat(config.listen()).isEqualTo(new HostPort("127.0.0.1", 9000));
    assertThat(config.control().token()).isEqualTo(new Secret("from-file"));
    assertThat(config.services().getFirst().url()).hasToString("http://127.0.0.1:3000");
    assertThat(config.services().getFirst().connections()).isEqualTo(12);
    assertThat(config.services().getLast().url()).hasToString("http://new");
    assertThat(config.families().getFirst().owner()).isEqualTo("${X} costs 5$");
  }

  @Test
  void whatIsFilledInNeverBecomesStructure() {
    Yaml yaml = new Yaml(folder, Map.of("OWNER", "a, auto: off }", "AGAIN", "${OWNER}"));
    BanyanConfig config =
        yaml.loaded(
            SMALL_FAMILY
                + "    owner: ${OWNER}\n"
                + "  more: { candidate: users, routes: [/more], owner: '${AGAIN}' }\n");

    assertThat(config.family("users").orElseThrow().owner()).isEqualTo("a, auto: off }");
    assertThat(config.family("users").orElseThrow().policy().rollsBack()).isTrue();
    assertThat(config.family("more").orElseThrow().owner()).isEqualTo("${OWNER}");
  }
}
