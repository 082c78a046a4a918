package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.config.Type.Hidden;
import dev.banyan.config.Type.ListOf;
import dev.banyan.config.Type.MapOf;
import dev.banyan.config.Type.OneOrMore;
import dev.banyan.config.Type.Scalar;
import dev.banyan.config.Type.TextOrGroup;
import dev.banyan.parity.BookLimits;
import dev.banyan.parity.ComparisonLimits;
import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.shadow.Drop;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The page of every bound of the program, written from the keys of the file, the named limits, and
/// the constants of the code.
final class LimitsPage {
  private static final String HEAD =
      """
      # Limits

      Every bound of the program: what it bounds, its default, and what happens at it. This page is
      written from the code. Those with a key are set in `banyan.yaml`, where
      [banyan-yaml.md](banyan-yaml.md) says more of each; the others are fixed.

      The last column says what counts it in the [metrics](metrics.md). `limit` is a label of
      `banyan_limits_total`, `shadow` is the `reason` of `banyan_shadow_dropped_total`. A sum that
      grows says that the bound is too low for the traffic, or that somebody tries it.
      """;

  /// Which drop of a sample each key of `shadow` leads to.
  private static final Map<String, Drop> DROPS =
      Map.of(
          "shadow.memory", Drop.MEMORY,
          "shadow.body", Drop.BODY_TOO_LONG,
          "shadow.concurrency", Drop.CONCURRENCY);

  private final StringBuilder page = new StringBuilder(HEAD);
  private final Map<String, Key<?>> keys = new LinkedHashMap<>();
  private final Map<String, Limit> named = new HashMap<>();

  private LimitsPage() {
    collect("", Keys.FILE);
    for (Limit limit : Limit.values()) {
      String key = limit.key();
      if (key != null) {
        named.put(key, limit);
      }
    }
  }

  static String text() throws ReflectiveOperationException {
    LimitsPage writer = new LimitsPage();
    writer.keyed("What clients may ask", "limits.");
    writer.fixedLimits();
    writer.keyed("Services", "services.");
    writer.services();
    writer.keyed("Comparing", "shadow.");
    writer.comparing();
    writer.keyed("Families", "families.");
    writer.keyed("The access log", "access_log.");
    writer.program();
    return writer.page.toString();
  }

  private void collect(String path, Group group) {
    for (Key<?> key : group.keys()) {
      String name = path.isEmpty() ? key.name() : path + "." + key.name();
      if (!key.atLimit().isEmpty()) {
        keys.put(name, key);
      }
      inside(name, key.type());
    }
  }

  private void inside(String path, Type<?> type) {
    switch (type) {
      case Group group -> collect(path, group);
      case MapOf<?> map -> inside(path + ".NAME", map.value());
      case ListOf<?> list -> inside(path + "[]", list.item());
      case OneOrMore<?> some -> inside(path + "[]", some.item());
      case TextOrGroup either -> collect(path, either.full());
      case Scalar<?> scalar -> {}
      case Hidden hidden -> {}
    }
  }

  private void keyed(String title, String prefix) {
    heading(title);
    keys.forEach((path, key) -> {
      if (path.startsWith(prefix)) {
        String standard = key.standard();
        row(
            firstSentence(key.meaning()) + "<br>`" + path + "`",
            standard == null ? "none" : standard,
            key.atLimit(),
            counter(path));
      }
    });
  }

  private String counter(String path) {
    Limit limit = named.get(path);
    Drop drop = DROPS.get(path);
    return limit != null ? counter(limit) : drop != null ? "shadow: `" + drop.word() + "`" : "";
  }

  private static String counter(Limit limit) {
    return "limit: `" + limit.word() + "`";
  }

  private static String firstSentence(String meaning) {
    int end = meaning.indexOf(". ");
    String first = end < 0 ? meaning : meaning.substring(0, end);
    return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
  }

  private void fixedLimits() throws ReflectiveOperationException {
    heading("Fixed, and counted");
    SafetyNet.Options net = SafetyNet.Options.DEFAULTS;
    Map<Limit, String> values =
        Map.of(
            Limit.REPLAY,
            size(GatewayOptions.on(new InetSocketAddress(0), 1).replayBytes()),
            Limit.FALLBACKS,
            net.concurrent() + "; " + net.failures() + ", then one try every " + time(net.pause()));
    for (Limit limit : Limit.values()) {
      if (limit.key() == null) {
        row(limit.what(), values.getOrDefault(limit, "fixed"), limit.effect(), counter(limit));
      }
    }
    String transport = "proxy.transport.";
    heading("Fixed, of clients");
    row(
        "Clients at one time that are being told that the gateway is full",
        number(transport + "Doors", "TOLD"),
        "Further ones are only closed.",
        counter(Limit.CONNECTIONS));
    row(
        "Reading on from a client after its last answer",
        nanos(transport + "ClientTimer", "LINGER"),
        "The connection is closed.",
        "");
    row(
        "Readings of one path",
        number("routing.PathReadings", "MOST")
            + ", of "
            + number("routing.PathReadings", "MOST_CHARACTERS")
            + " characters in all",
        "400 (`ambiguous-path`).",
        "");
  }

  private void services() throws ReflectiveOperationException {
    heading("Fixed, of services");
    String pool = "proxy.transport.UpstreamPool";
    row(
        "Status line of an answer",
        size(number(pool, "ANSWER_LINE")),
        "502 (`backend-protocol`).",
        "");
    row(
        "Headers of an answer together",
        size(number(pool, "ANSWER_HEADERS")),
        "502 (`backend-protocol`).",
        "");
    row(
        "An unused connection to a service",
        nanos(pool, "IDLE_LIMIT"),
        "It is not used again: common servers close theirs after 5 s.",
        "");
  }

  private void comparing() throws ReflectiveOperationException {
    heading("Fixed, of comparing");
    ComparisonLimits comparison = ComparisonLimits.STANDARD;
    BookLimits book = BookLimits.STANDARD;
    row("Nesting of JSON", comparison.depth() + " levels", "It is compared as text.", "");
    row(
        "A body without its compression",
        size(comparison.body()),
        "It is not compared, and counts as skipped.",
        "");
    row(
        "Differences of one exchange that are told apart",
        "" + comparison.differences(),
        "The rest is counted in one note.",
        "");
    row(
        "Endpoints of a family that are counted apart",
        "" + book.endpoints(),
        "The rest is one.",
        "");
    row("Fields of an endpoint that are counted apart", "" + book.fields(), "The rest is one.", "");
    row("Reasons for skipping, of a family", "" + book.reasons(), "The rest is one.", "");
    row("Samples kept of one field", "" + book.samples(), "Further ones are not kept.", "");
    row(
        "Exchanges that wait to be compared",
        number("app.Clockwork", "WAITING"),
        "The exchange is not compared.",
        "shadow: `" + Drop.COMPARISON_BACKLOG.word() + "`");
  }

  private void program() throws ReflectiveOperationException {
    heading("Fixed, of the program");
    row(
        "Lines that wait for the access log",
        number("app.AccessLog", "WAITING"),
        "The line is lost.",
        "`banyan_access_log_dropped_total`");
    row(
        "Body of a request to the control API",
        size(number("control.ChangeBody", "LIMIT")),
        "413.",
        "");
    row(
        "Connections to the control plane",
        number("control.ControlServer", "CONNECTIONS"),
        "A further one waits.",
        "");
    row(
        "Followers of the event stream",
        number("control.EventFeed", "FOLLOWERS"),
        "A further one is refused.",
        "");
    row(
        "Events that wait for one follower",
        number("control.EventFeed", "QUEUED"),
        "The follower is cut off.",
        "");
    row("`banyan.yaml`", size(number("config.YamlText", "LONGEST")), "It is refused.", "");
  }

  private void heading(String title) {
    page.append("\n## ").append(title).append("\n\n");
    page.append("| what | default | at the limit | counted as |\n|---|---|---|---|\n");
  }

  private void row(String what, String standard, String effect, String counter) {
    page.append("| ").append(what).append(" | ").append(standard).append(" | ");
    page.append(effect).append(" | ").append(counter).append(" |\n");
  }

  /// Reads a constant that only its own package sees.
  private static Object constant(String type, String name) throws ReflectiveOperationException {
    Field field = Class.forName("dev.banyan." + type).getDeclaredField(name);
    field.setAccessible(true);
    @Nullable Object value = field.get(null);
    if (value == null) {
      throw new NoSuchFieldException(type + "." + name + " is null");
    }
    return value;
  }

  private static String number(String type, String name) throws ReflectiveOperationException {
    return constant(type, name).toString();
  }

  private static String nanos(String type, String name) throws ReflectiveOperationException {
    return time(Duration.ofNanos((Long) constant(type, name)));
  }

  private static String size(String bytes) {
    return size(Long.parseLong(bytes));
  }

  private static String size(long bytes) {
    return bytes % (1 << 20) == 0 ? bytes / (1 << 20) + " MiB" : bytes / 1024 + " KiB";
  }

  private static String time(Duration time) {
    return time.toSeconds() + " s";
  }

  /// Every key that the page has a row for, for the test that none is left out.
  static List<String> rows() {
    LimitsPage page = new LimitsPage();
    return Arrays.asList(page.keys.keySet().toArray(new String[0]));
  }
}
