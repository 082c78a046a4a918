package dev.banyan.config;

import dev.banyan.parity.BookLimits;
import dev.banyan.parity.ComparisonLimits;
import dev.banyan.parity.Rulings;
import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.shadow.Drop;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The bounds that no key sets, with the numbers that the code holds.
final class FixedLimits {
  private static final String FRONT = "proxy.transport.Http2Front";
  private static final String FLOODS = "proxy.transport.Floods";
  private static final String POOL = "proxy.transport.UpstreamPool";
  private static final String SHARED = "proxy.transport.MultiplexedConnection";
  private static final String ADDRESS = "proxy.Address";

  private final LimitsPage page;

  FixedLimits(LimitsPage page) {
    this.page = page;
  }

  private void row(String what, String standard, String effect) {
    page.row(what, standard, effect, "");
  }

  // ---- clients

  void clients() throws ReflectiveOperationException {
    page.heading("Fixed, and counted");
    Map<Limit, String> values = counted();
    for (Limit limit : Limit.values()) {
      if (limit.key() == null) {
        String value = values.get(limit);
        if (value == null) {
          throw new IllegalStateException(limit + " has no number on the page");
        }
        page.row(limit.what(), value, limit.effect(), LimitsPage.counter(limit));
      }
    }
    page.heading("Fixed, of clients");
    page.row(
        "Clients at one time that are being told that the gateway is full",
        number("proxy.transport.Doors", "TOLD")
            + ", for up to "
            + nanos("proxy.transport.Doors", "HEARING"),
        "Further ones are only closed.",
        LimitsPage.counter(Limit.CONNECTIONS));
    row(
        "Reading on from a client after its last answer",
        nanos("proxy.transport.ClientTimer", "LINGER"),
        "The connection is closed.");
    row(
        "Readings of one path",
        number("routing.PathReadings", "MOST")
            + ", of "
            + number("routing.PathReadings", "MOST_CHARACTERS")
            + " characters in all",
        "400 (`ambiguous-path`).");
    row(
        "A client's `X-Request-Id`",
        number("proxy.RequestIds", "LONGEST") + " characters",
        "The request gets an id of the gateway's own.");
    FixedWriteLimits.rows(page);
    clientsOfHttp2();
  }

  private void clientsOfHttp2() throws ReflectiveOperationException {
    row(
        "Body that a client of HTTP/2 may send ahead on one stream",
        "64 KiB less one byte, as the protocol begins with",
        "The client must wait: the window is given back as the backend takes the bytes.");
    row(
        "The same on all streams of its connection",
        size(integer(FRONT, "CONNECTION_ROOM") + 65_535),
        "The client must wait.");
    row(
        "HPACK's table of remembered fields, each way",
        size(integer(FRONT, "TABLE")),
        "What a client offers beyond it is not used.");
    row(
        "Streams of a connection whose end is remembered",
        number("proxy.transport.PastStreams", "REMEMBERED"),
        "HEADERS for an older one are answered with a reset.");
    row(
        "How long a client of HTTP/2 has to take note that a connection ends",
        nanos("proxy.transport.ClientStreams", "NOTICE"),
        "The final GOAWAY is sent; requests that come behind it are not looked at.");
  }

  private static Map<Limit, String> counted() throws ReflectiveOperationException {
    String within = " in " + nanos(FLOODS, "WINDOW");
    int window = integer("proxy.RetryBudget", "WINDOW");
    SafetyNet.Options net = SafetyNet.Options.DEFAULTS;
    Map<Limit, String> values = new EnumMap<>(Limit.class);
    values.put(
        Limit.OUTBOX_WAITING,
        number("dual.Outbox", "WAITING") + ", or " + size(integer("dual.Outbox", "WAITING_BYTES")));
    values.put(Limit.RESETS, number(FLOODS, "RESETS") + within);
    values.put(
        Limit.CONTROL_FRAMES,
        number(FLOODS, "CONTROL_FRAMES")
            + within
            + "; of empty DATA frames "
            + number(FLOODS, "EMPTY_FRAMES")
            + " in a row");
    values.put(Limit.CONTINUATIONS, number(FLOODS, "CONTINUATIONS") + " of one block");
    values.put(Limit.REPLAY, size(GatewayOptions.on(new InetSocketAddress(0), 1).replayBytes()));
    values.put(
        Limit.RETRIES,
        "of one service, one in "
            + number("proxy.RetryBudget", "SHARE")
            + " of the last "
            + window
            + " s, and "
            + number("proxy.RetryBudget", "FLOOR")
            + " a second beyond that");
    values.put(
        Limit.FALLBACKS,
        net.concurrent() + "; " + net.failures() + ", then one try every " + time(net.pause()));
    values.put(
        Limit.SIGHTINGS, number("telemetry.SightingLog", "CAPACITY") + " entries, two a request");
    return values;
  }

  // ---- services

  void services() throws ReflectiveOperationException {
    page.heading("Fixed, of services");
    row(
        "Status line of an answer",
        size(integer(POOL, "ANSWER_LINE")),
        "502 (`backend-protocol`).");
    row(
        "Headers of an answer together",
        size(integer(POOL, "ANSWER_HEADERS")),
        "502 (`backend-protocol`).");
    row(
        "An unused connection to a service",
        nanos(POOL, "IDLE_LIMIT") + "; of HTTP/2 " + nanos(SHARED, "IDLE_LIMIT"),
        "It is not used again: common servers close theirs after 5 s. One of HTTP/2 is closed.");
    row(
        "Requests at one time on one connection of HTTP/2 to a service",
        number(SHARED, "MOST_STREAMS") + ", or what the service allows, if that is less",
        "Another connection is made, within `connections`.");
    row(
        "Body that a service may send ahead on one stream of HTTP/2",
        size(integer(SHARED, "STREAM_WINDOW")),
        "The service must wait: the window is given back as the client takes the bytes.");
    row(
        "The same on all streams of one connection",
        size(integer(SHARED, "CONNECTION_WINDOW")),
        "It is given back as the bytes come, so that one slow client does not stop the others.");
    row(
        "TLS sessions of a service kept for its next connections",
        number("proxy.transport.BackendTls", "SESSIONS")
            + ", for "
            + time(
                Duration.ofSeconds(
                    (Long) constant("proxy.transport.BackendTls", "SESSION_SECONDS"))),
        "An older one goes: its next handshake is a full one.");
    row(
        "A tunnel of which one direction has ended, in silence",
        nanos("proxy.transport.Tunnel", "HALF_OPEN") + ", or `stream_idle`, if that is less",
        "It is ended.");
    addresses();
    versions();
  }

  private void versions() throws ReflectiveOperationException {
    String sight = "proxy.transport.VersionSight";
    String watch = "cutover.VersionWatch";
    row(
        "The version that a service names in a header",
        number(sight, "LONGEST") + " characters",
        "What is longer is no version.");
    row(
        "Times that an event loop tells of a service's versions",
        number(sight, "MOST") + " in " + nanos(sight, "AGAIN"),
        "The rest is not told.");
    row(
        "Versions of a service at one time",
        number(watch, "MOST")
            + "; one that was not seen for "
            + duration(watch, "GONE")
            + " is gone",
        "A further one is not looked at, and that there are too many is told once.");
  }

  private void addresses() throws ReflectiveOperationException {
    row(
        "Addresses of one service, of all its names together",
        number("proxy.ServiceAddresses", "MOST"),
        "Further ones are left out.");
    row(
        "Addresses that one request is tried at",
        number("proxy.transport.Attempts", "ADDRESSES"),
        "The last failure is the answer.");
    row(
        "Failures of an address in a row",
        number(ADDRESS, "FAILURES"),
        "It is left out, unless half of the service's addresses are out already.");
    row(
        "How long an address that failed is left out",
        duration(ADDRESS, "FIRST")
            + " the first time, each time as long again, up to "
            + duration(ADDRESS, "LONGEST"),
        "It gets requests again.");
    row(
        "Answers by the health path in a row that change whether an address counts as well",
        number(ADDRESS, "CHECKS"),
        "An unhealthy address is left out so long as another is serving.");
    row(
        "How long an address may take to answer its health path",
        duration("app.HealthChecks", "PATIENCE")
            + "; it is asked again "
            + duration("app.HealthChecks", "PAUSE")
            + " later",
        "It counts as not well.");
  }

  // ---- comparing

  void comparing() throws ReflectiveOperationException {
    page.heading("Fixed, of gates");
    row(
        "Sticky units that are followed in one step of a family",
        number("cutover.UnitSet", "MOST"),
        "Further ones are not followed, and the gate `units` holds the family and says so.");
    page.heading("Fixed, of comparing");
    row(
        "What a sample is charged with beside the bytes of its bodies",
        size(integer("shadow.Sample", "ITSELF"))
            + ", "
            + number("shadow.Sample", "FIELD")
            + " bytes and its characters for each header field, "
            + number("shadow.Sample", "PIECE")
            + " bytes for each piece of a body",
        "As for `shadow.memory`.");
    page.row(
        "Second legs to a service that failed, of its last " + number("shadow.Fuse", "LOOKED_AT"),
        number("shadow.Fuse", "BLOWS_AT"),
        "One leg in each "
            + duration("shadow.Fuse", "PAUSE")
            + " is sent, until "
            + number("shadow.Fuse", "MENDED_AFTER")
            + " in a row have not failed.",
        "shadow: `" + Drop.SECOND_SIDE_FAILING.word() + "`");
    row(
        "Lateness of an event loop with which nothing is sampled any more",
        number("shadow.Shedding", "NONE_AT") + " times `shadow.lag`",
        "Below it, less in proportion. A tenth of the sampling comes back for each "
            + duration("shadow.Shedding", "CALM")
            + " without lateness.");
    row(
        "CPU of the thread that compares",
        nanos("app.Pace", "BUDGET") + " of each " + duration("app.Pace", "SPAN"),
        "It rests until the next span; exchanges wait.");
    page.row(
        "Exchanges that wait to be compared",
        number("app.Clockwork", "WAITING"),
        "The exchange is not compared.",
        "shadow: `" + Drop.COMPARISON_BACKLOG.word() + "`");
    oneComparison();
    book();
  }

  private void oneComparison() throws ReflectiveOperationException {
    ComparisonLimits comparison = ComparisonLimits.STANDARD;
    row("Nesting of JSON", comparison.depth() + " levels", "It is compared as text.");
    row(
        "Keys and values in one JSON body",
        number("parity.JsonParser", "NODES"),
        "It is compared as text.");
    row(
        "Different requests of one endpoint that are told apart",
        number("parity.UnitBits", "PLACES"),
        "More prove nothing more: a limit below about 0.004% can not be proved by them.");
    row(
        "Fields of a form",
        number("parity.FormComparison", "MOST_FIELDS"),
        "It is compared as text.");
    row(
        "Parts of a multipart body",
        number("parity.Multipart", "MOST_PARTS")
            + ", "
            + number("parity.BodyComparison", "NESTING")
            + " within each other",
        "With more it counts as one that can not be read; a part that is nested deeper is compared"
            + " by its bytes.");
    row(
        "Lines of a text that are compared one by one",
        number("parity.TextComparison", "MOST_LINES"),
        "Only the first difference is told.");
    row(
        "Lines added or removed between two texts",
        number("parity.LineScript", "MOST_EDITS"),
        "What lies between is told as one piece.");
    row(
        "A body without its compression",
        size(comparison.body()),
        "It is not compared, and counts as skipped.");
    row(
        "Codings of a body one upon another",
        number("parity.ContentCoding", "LAYERS"),
        "It is not compared, and counts as skipped.");
    row(
        "Differences of one exchange that are told apart",
        "" + comparison.differences(),
        "The rest is counted in one note.");
  }

  private void book() {
    BookLimits book = BookLimits.STANDARD;
    row("Endpoints of a family that are counted apart", "" + book.endpoints(), "The rest is one.");
    row("Statuses of an endpoint that are counted apart", "" + book.statuses(), "The rest is one.");
    row(
        "Fields of an endpoint that are counted apart",
        "" + book.fields(),
        "The rarest gives way to a new one, and is counted with the rest.");
    row("Reasons for skipping, of a family", "" + book.reasons(), "The rest is one.");
    row("Rulings of a family by command", "" + Rulings.LIMIT, "A further one is refused.");
    row("Samples kept of one field", "" + book.samples(), "Drawn evenly from all.");
  }

  // ---- replicas

  void replicas() throws ReflectiveOperationException {
    page.heading("Fixed, of replicas");
    row(
        "A replica's lease, from when the last beat was sent that the store answered",
        duration("replica.Lease", "LENGTH"),
        "The replica counts as cut off from the store; after "
            + duration("replica.Lease", "MARGIN")
            + " more the others do not wait for it, and a controller is deposed.");
    row(
        "How long a replica knows what was decided, from when it last asked the store",
        duration("replica.Pulse", "LENGTH"),
        "It must take every canary for rolled back until it has asked again.");
    row(
        "Connections to the store for all threads",
        number("store.postgres.Pool", "CONNECTIONS") + ", and three of a replica's own",
        "A call waits for up to "
            + time(Duration.ofMillis(integer("store.postgres.Pool", "WAIT_MILLIS")))
            + ", then fails.");
    row(
        "A statement, or a wait for a lock, in the store",
        duration("store.postgres.Sources", "STATEMENT"),
        "The call fails, and nothing of it is kept.");
    row(
        "A transaction that rests, its process stopped perhaps",
        duration("store.postgres.Sources", "REST"),
        "The server undoes it, so that others can write.");
    row(
        "An answer of the store, and a connection to it",
        time(Duration.ofSeconds(integer("store.postgres.Sources", "ANSWER_SECONDS"))),
        "The connection is given up.");
    row(
        "Evidence of one family and tick on its way to the controller",
        size(integer("replica.Digest", "MOST")),
        "It is refused.");
    row(
        "Ticks of evidence that wait for a controller",
        number("store.postgres.PostgresMailbox", "KEPT_TICKS"),
        "The oldest are thrown away.");
    row("A replica's place on the list once it is gone", "24 h", "It is forgotten.");
  }

  private void told() throws ReflectiveOperationException {
    row(
        "Notifications that wait for one target",
        number("notification.Delivery", "WAITING"),
        "The oldest is dropped, and counted.");
    row(
        "Tries of a notification",
        number("notification.Retries", "TRIES")
            + ", the first wait "
            + duration("notification.Retries", "FIRST")
            + ", each "
            + number("notification.Retries", "FACTOR")
            + " times the one before, up to "
            + duration("notification.Retries", "LONGEST"),
        "It is given up, logged and counted.");
    row(
        "Waiting for what a receiver's `Retry-After` asks for",
        duration("notification.Retries", "LONGEST"),
        "It is sent again all the same.");
    row(
        "One try of a notification",
        duration("notification.Webhook", "WHOLE")
            + ", of it "
            + duration("notification.Webhook", "CONNECT")
            + " for the connection",
        "It counts as failed, and is tried again.");
    row(
        "A service's own metrics page",
        duration("app.ServicePages", "TIMEOUT") + ", " + size(integer("app.ServicePages", "MOST")),
        "It counts as none.");
  }

  // ---- the program

  void program() throws ReflectiveOperationException {
    page.heading("Fixed, of the program");
    page.row(
        "Lines that wait for the access log",
        number("app.AccessLog", "WAITING"),
        "The line is lost.",
        "`banyan_access_log_dropped_total`");
    row(
        "Lines of the program's log about one service and kind of failure",
        "one every " + duration("app.FailureLog", "PAUSE"),
        "The next line says how many there were.");
    row(
        "Body of a request to the control API",
        size(integer("control.ChangeBody", "LIMIT")),
        "413.");
    row(
        "Connections to the control plane",
        number("control.ControlServer", "CONNECTIONS"),
        "A further one waits.");
    row(
        "Followers of the event stream",
        number("control.EventFeed", "FOLLOWERS"),
        "A further one is refused.");
    row(
        "Events that wait for one follower",
        number("control.EventFeed", "QUEUED"),
        "The follower is cut off.");
    row(
        "Callers of the data directory's socket at one time",
        number("control.LocalSocket", "CALLERS")
            + ", each "
            + size(integer("control.LocalSocket", "LONGEST"))
            + " and "
            + duration("control.LocalSocket", "PATIENCE"),
        "The connection is closed.");
    row(
        "Windows of a freeze with `COUNT`",
        number("cutover.RecurringFreeze", "MOST_COUNT"),
        "The rule is refused.");
    row(
        "Waiting for another process that writes to the store",
        time(Duration.ofMillis(integer("store.sqlite.Database", "BUSY_MILLIS"))),
        "The write fails.");
    told();
    row("`banyan.yaml`", size(integer("config.YamlText", "LONGEST")), "It is refused.");
    row(
        "A file of a certificate or its key",
        size(integer("proxy.CertificateFiles", "LONGEST")),
        "It is refused; the certificate before it stays.");
  }

  // ---- reading the code

  /// A constant that only its own package sees.
  private static Object constant(String type, String name) throws ReflectiveOperationException {
    Field field = Class.forName("dev.banyan." + type).getDeclaredField(name);
    field.setAccessible(true);
    @Nullable Object value = field.get(null);
    if (value == null) {
      throw new NoSuchFieldException(type + "." + name + " is null");
    }
    return value;
  }

  static String number(String type, String name) throws ReflectiveOperationException {
    return constant(type, name).toString();
  }

  static int integer(String type, String name) throws ReflectiveOperationException {
    return (Integer) constant(type, name);
  }

  static String nanos(String type, String name) throws ReflectiveOperationException {
    return time(Duration.ofNanos((Long) constant(type, name)));
  }

  static String duration(String type, String name) throws ReflectiveOperationException {
    return time((Duration) constant(type, name));
  }

  static String size(long bytes) {
    return bytes % (1 << 20) == 0 ? bytes / (1 << 20) + " MiB" : bytes / 1024 + " KiB";
  }

  private static String time(Duration time) {
    return time.toMillis() % 1_000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }
}
