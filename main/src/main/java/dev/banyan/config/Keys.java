package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.Hidden;
import dev.banyan.config.Type.ListOf;
import dev.banyan.config.Type.MapOf;
import dev.banyan.config.Type.TextOrGroup;
import dev.banyan.migration.DataOwnership;
import dev.banyan.proxy.TrustedProxies;
import dev.banyan.routing.OwnData;
import dev.banyan.routing.RouteSpec;
import dev.banyan.routing.Sticky;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Every key of `banyan.yaml`. Reading, the JSON Schema and the reference page all come from here:
/// to add a key, add it here and use it in [Binding].
final class Keys {
  private Keys() {}

  enum Fallback {
    SAFE,
    OFF
  }

  /// How far a family's writes go beside their authority.
  enum Writes {
    BLOCKED,
    DRY_RUN,
    SANDBOX;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static final Pattern SERVICE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  static final Pattern FAMILY_NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final String SERVICE_RULE =
      "up to 63 letters (a-z, A-Z), digits, '-', '_' and '.', beginning with a letter or digit";
  private static final String FAMILY_RULE =
      "up to 63 small letters (a-z), digits and '-', beginning with a letter or digit";
  private static final int MOST_NAMES = 1_000;
  private static final int MOST_ROUTES = 10_000;

  /// The control API's address and its key.
  static final class Control {
    private Control() {}

    static final Key<HostPort> LISTEN =
        Key.of(
                "listen",
                Scalars.hostPort(),
                "Where the control API and the console are served. An address that others than"
                    + " this machine can reach needs a `token`.")
            .standard("127.0.0.1:8081")
            .example("127.0.0.1:8081");
    static final Key<Secret> TOKEN =
        Key.of(
                "token",
                new Hidden(
                    "a token",
                    "1 to 512 visible ASCII characters without spaces",
                    Pattern.compile("[!-~]{1,512}")),
                "What callers of the control API must show, as `Authorization: Bearer …`. Best"
                    + " kept out of the file: `${BANYAN_TOKEN}` or `${file:/run/secrets/token}`."
                    + " Without it, whoever reaches the control API may use it.")
            .example("${BANYAN_TOKEN}");
    static final Group GROUP = Group.of(LISTEN, TOKEN);
  }

  /// One route of a family.
  static final class Route {
    private Route() {}

    static final Key<RouteSpec> ROUTE =
        Key.of(
                "route",
                Scalars.route(),
                "`METHOD /path`, or `/path` for every method that no other route claims there. A"
                    + " segment is a literal (written decoded), `{name}` for any one segment, or"
                    + " `**` at the end for all that is left.")
            .asRequired()
            .example("POST /search");
    static final Key<Boolean> SAFE =
        Key.of(
                "safe",
                Scalars.flag(),
                "`true` for a POST that only reads, `false` for a GET with effects. Left out,"
                    + " GET, HEAD and OPTIONS are reads and all else are writes.")
            .example("true");
    static final Group GROUP = Group.of(ROUTE, SAFE);
  }

  /// What of a family is compared.
  static final class Sampling {
    private Sampling() {}

    static final Key<Double> SAMPLE =
        Key.of(
                "sample",
                Scalars.share("0%", "100%"),
                "The share of the family's comparable requests that are sent to the other side as"
                    + " well.")
            .standard("100%")
            .example("10%");
    static final Key<Double> AGAIN =
        Key.of(
                "again",
                Scalars.share("0%", "100%"),
                "Once the first 200 exchanges of an endpoint and status were asked twice of the"
                    + " legacy, the share of the later ones that are, to learn what it never gives"
                    + " twice alike. `0%` learns nothing.")
            .standard("2%")
            .example("5%");
    static final Key<Writes> WRITES =
        Key.of(
                "writes",
                Scalars.word(Writes.class, Writes::word),
                "Where a copy of a write goes while the legacy has authority over it. `blocked`:"
                    + " nowhere. `dry-run`: to the candidate, with `Banyan-Dry-Run: 1`, if the"
                    + " candidate has said that it only checks such requests. `sandbox`: to the"
                    + " service `sandbox`, which carries it out.")
            .standard("blocked")
            .example("sandbox");
    static final Key<String> SANDBOX =
        Key.of(
                "sandbox",
                Scalars.nameOf("service"),
                "The service that carries out copies of writes. It is neither the legacy nor any"
                    + " family's candidate, by name or by address, and has data of its own.")
            .example("users-sandbox");
    static final Group GROUP = Group.of(SAMPLE, AGAIN, WRITES, SANDBOX);
  }

  /// One family.
  static final class Family {
    private Family() {}

    static final Key<List<Placed<Values>>> ROUTES =
        Key.of(
                "routes",
                new ListOf<>(new TextOrGroup(Route.ROUTE, Route.GROUP), 1, MOST_ROUTES),
                "The endpoints that move together. A literal goes before a variable, a variable"
                    + " before `**`; two families may not claim one route.")
            .asRequired()
            .example("[\"GET /users/{id}\", \"/users/{id}/**\"]");
    static final Key<String> CANDIDATE =
        Key.of(
                "candidate",
                Scalars.nameOf("service"),
                "The service that is to answer for the family tomorrow.")
            .asRequired()
            .example("users");
    static final Key<DataOwnership> DATA =
        Key.of(
                "data",
                Scalars.word(DataOwnership.class, DataOwnership::word),
                "Who owns the rows: `none` (there are none), `shared` (both sides use one"
                    + " database), `synced` (each side has its own, kept in step).")
            .standard("none")
            .example("shared");
    static final Key<OwnData.ReadYourWrites> READ_YOUR_WRITES =
        Key.of(
                "read_your_writes",
                Scalars.word(
                    OwnData.ReadYourWrites.class, word -> word.name().toLowerCase(Locale.ROOT)),
                "With `data: synced`, how a client's reads find what it wrote while the two sides"
                    + " are a little apart: they go to the side that owns the data until the change"
                    + " stream has passed the write. `unit`: this process remembers the sticky"
                    + " unit. `cookie`, `header`: the write's answer carries a signed token that"
                    + " the client sends again, to any replica. `off`: reads go where the phase"
                    + " says.")
            .standard("unit")
            .example("cookie");
    static final Key<Duration> AFTER_WRITE =
        Key.of(
                "after_write",
                Scalars.duration("0s", "1h"),
                "For how long after its write a sticky unit's reads go to the owner where nothing"
                    + " better is known: the client sends no token, or no change stream is"
                    + " followed.")
            .standard("2s")
            .atLimit("Reads go where the phase says, and may not show the write yet.")
            .example("5s");
    static final Key<Sticky> STICKY =
        Key.of(
                "sticky",
                Scalars.sticky(),
                "What keeps a client on one side: a header's value, a cookie's value, or the"
                    + " client's address.")
            .standard("ip")
            .example("header:authorization");
    static final Key<String> OWNER =
        Key.of(
                "owner",
                Scalars.text(100),
                "Who answers for the family; shown wherever the family is.")
            .example("identity-team");
    static final Key<Fallback> FALLBACK =
        Key.of(
                "fallback",
                Scalars.word(Fallback.class, word -> word.name().toLowerCase(Locale.ROOT)),
                "`safe`: the legacy answers a safe request that the candidate failed, and the"
                    + " failure counts all the same. `off`: the client gets the failure.")
            .standard("safe")
            .example("off");
    static final Key<Duration> SOAK =
        Key.of(
                "soak",
                Scalars.duration("0s", "720h"),
                "How long each step lasts at least that does not say it itself.")
            .standard("60s")
            .atLimit("A promotion before its end is refused.")
            .example("15m");
    static final Key<Values> PARITY =
        Key.of("parity", ParityKeys.GROUP, "What the family's comparisons are held to.");
    static final Key<Values> SHADOW =
        Key.of("shadow", Sampling.GROUP, "What of the family is compared.");
    static final Group GROUP =
        Group.of(
            ROUTES,
            CANDIDATE,
            DATA,
            READ_YOUR_WRITES,
            AFTER_WRITE,
            DualKeys.WRITES,
            DualKeys.DUAL,
            STICKY,
            OWNER,
            FALLBACK,
            PolicyKeys.STRATEGY,
            PolicyKeys.AUTO,
            PolicyKeys.REQUIRE_APPROVAL,
            PolicyKeys.FREEZE,
            PolicyKeys.ON_STORE_LOSS,
            PolicyKeys.STEPS,
            SOAK,
            PARITY,
            PolicyKeys.GATES,
            PolicyKeys.BREAKER,
            SHADOW,
            GoalKeys.GOALS);
  }

  /// What shadowing may cost in all.
  static final class Shadow {
    private Shadow() {}

    static final Key<Long> MEMORY =
        Key.of(
                "memory",
                Scalars.size("64KiB", "64GiB"),
                "Bodies held for comparison at one time, all families together.")
            .standard("64MiB")
            .atLimit("The exchange is not compared, and counted as dropped.")
            .example("256MiB");
    static final Key<Long> BODY =
        Key.of(
                "body",
                Scalars.size("1KiB", "1GiB"),
                "The longest single body that is kept for comparison; not more than `memory`. The"
                    + " other side's answer may also be no more than 16 times as long as the"
                    + " client's, or 64 KiB.")
            .standard("1MiB")
            .atLimit("The exchange is not compared, and counted as dropped.")
            .example("512KiB");
    static final Key<Integer> CONCURRENCY =
        Key.of(
                "concurrency",
                Scalars.whole(1, 65_536),
                "Second legs under way at one time, all families together.")
            .standard("64")
            .atLimit("The exchange is not compared, and counted as dropped.")
            .example("16");
    static final Key<Duration> DEADLINE =
        Key.of("deadline", Scalars.duration("1ms", "10m"), "How long a second leg may take in all.")
            .standard("5s")
            .atLimit("The second leg is given up, and counts as a side that gave no answer.")
            .example("2s");
    static final Key<Duration> LAG =
        Key.of(
                "lag",
                Scalars.duration("1ms", "1m"),
                "How late the event loops may be before less is sampled. The share falls evenly, to"
                    + " nothing at ten times as late, and comes back within a second or so.")
            .standard("20ms")
            .atLimit("Requests are not sampled, and counted as shed.")
            .example("50ms");
    static final Group GROUP = Group.of(MEMORY, BODY, CONCURRENCY, DEADLINE, LAG);
  }

  /// Where each request is told of.
  static final class AccessLog {
    private AccessLog() {}

    static final Key<String> FILE =
        Key.of(
                "file",
                Scalars.text(4_096),
                "A file that gets a line of JSON for each request, or `-` for the standard output."
                    + " A relative path begins at the folder of the configuration. When the file is"
                    + " renamed or removed, it is begun anew within a second or so. Left out,"
                    + " nothing is logged. A change needs a restart.")
            .atLimit(
                "Lines that wait to be written are bounded; over the bound a line is dropped and"
                    + " counted, and no request waits.")
            .example("/var/log/banyan/access.log");
    static final Group GROUP = Group.of(FILE);
  }

  static final Key<Values> TLS =
      Key.of(
          "tls",
          FrontKeys.Tls.GROUP,
          "The certificate that clients are shown: with it `listen` speaks TLS, and HTTP/2 with"
              + " those who can; without it, plain HTTP/1.1 and HTTP/2.");
  static final Key<List<Placed<TrustedProxies.Network>>> TRUSTED_PROXIES =
      Key.of(
              "trusted_proxies",
              new ListOf<>(Scalars.network(), 0, 1_000),
              "Load balancers in front of the gateway, each of which must write"
                  + " `X-Forwarded-For`. What such a peer says of a request's way"
                  + " (`X-Forwarded-For`, `-Proto`, `-Host`, `-Port`) is kept and added to; from"
                  + " everybody else it is replaced. The client's address for `sticky: ip` is then"
                  + " the last one in `X-Forwarded-For` that is not such a peer's.")
          .standard("[]")
          .example("[10.0.0.0/8, \"::1\"]");
  static final Key<Values> LIMITS =
      Key.of("limits", FrontKeys.Limits.GROUP, "What clients may ask of the gateway.");
  static final Key<HostPort> LISTEN =
      Key.of("listen", Scalars.hostPort(), "Where clients are served.")
          .standard("0.0.0.0:8080")
          .example("127.0.0.1:8080");
  static final Key<Values> CONTROL =
      Key.of("control", Control.GROUP, "The control API and the console.");
  static final Key<String> LEGACY =
      Key.of(
              "legacy",
              Scalars.nameOf("service"),
              "The service that answers what no family claims. Left out, it is the service called"
                  + " `legacy`, or the only one.")
          .example("monolith");
  static final Key<List<Named<Values>>> SERVICES =
      Key.of(
              "services",
              new MapOf<>("service", SERVICE_NAME, SERVICE_RULE, ServiceKeys.GROUP, 1, MOST_NAMES),
              "The backends, by names that you choose. One is enough: it gets everything.")
          .asRequired()
          .example("{ legacy: { url: http://127.0.0.1:3000 } }");
  static final Key<List<Named<Values>>> FAMILIES =
      Key.of(
              "families",
              new MapOf<>("family", FAMILY_NAME, FAMILY_RULE, Family.GROUP, 0, MOST_NAMES),
              "The endpoint families, by names that you choose. What matches none of them goes to"
                  + " the legacy.")
          .standard("{}");
  static final Key<List<Named<Values>>> FREEZES =
      Key.of(
              "freezes",
              new MapOf<>("freeze", FAMILY_NAME, FAMILY_RULE, FreezeKeys.GROUP, 0, MOST_NAMES),
              "Times in which nothing is promoted, by names that you choose. Each holds for every"
                  + " family that does not say `freeze`. None stops a rollback.")
          .standard("{}");
  static final Key<Values> SHADOW =
      Key.of("shadow", Shadow.GROUP, "What comparing may cost in all.");

  static final Key<Values> ACCESS_LOG =
      Key.of("access_log", AccessLog.GROUP, "Where each request is told of.");

  static final Key<Values> LEDGER =
      Key.of("ledger", LedgerKeys.GROUP, "The record of every decision.");
  static final Key<Values> STORE =
      Key.of(
          "store",
          StoreKeys.GROUP,
          "Where phases, decisions and evidence are kept. Left out, in a file of the data"
              + " directory, for one process. A change needs a restart.");

  /// The whole file.
  static final Group FILE =
      Group.of(
          LISTEN,
          TLS,
          TRUSTED_PROXIES,
          LIMITS,
          CONTROL,
          LEGACY,
          SERVICES,
          FAMILIES,
          FREEZES,
          SHADOW,
          ACCESS_LOG,
          LEDGER,
          NotificationKeys.NOTIFICATIONS,
          STORE,
          DatabaseKeys.DATABASES,
          TransferKeys.TRANSFERS);
}
