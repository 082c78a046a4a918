package dev.banyan.config;

import dev.banyan.config.Type.JsonForm;
import dev.banyan.config.Type.Scalar;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Weight;
import dev.banyan.parity.Scope;
import dev.banyan.proxy.TrustedProxies;
import dev.banyan.routing.RouteSpec;
import dev.banyan.routing.Sticky;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The kinds of text that a value can be.
final class Scalars {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})\\s?(ms|s|m|h)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})\\s?(B|KB|MB|GB|KiB|MiB|GiB)");
  private static final BigDecimal ALL = BigDecimal.valueOf(100);
  private static final String SHARE = "^[0-9]+(\\.[0-9]{1,3})?%$";
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"; // RFC 9110, section 5.6.2
  private static final Map<String, Long> BYTES =
      Map.of(
          "B",
          1L,
          "KB",
          1_000L,
          "MB",
          1_000_000L,
          "GB",
          1_000_000_000L,
          "KiB",
          1L << 10,
          "MiB",
          1L << 20,
          "GiB",
          1L << 30);

  private Scalars() {}

  static Scalar<Duration> duration(String least, String most) {
    Duration low = readDuration(least);
    Duration high = readDuration(most);
    return new Scalar<>(
        "duration",
        "a duration",
        "from "
            + least
            + " to "
            + most
            + ", a whole number with ms, s, m or h, such as 500ms or 2m",
        new JsonForm.Text("^[0-9]+ ?(ms|s|m|h)$"),
        text -> within(text, readDuration(text), low, high));
  }

  private static Duration readDuration(String text) {
    Matcher match = DURATION.matcher(text);
    require(match.matches());
    long number = Long.parseLong(match.group(1));
    return switch (match.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }

  /// A span of whole days.
  static Scalar<Duration> days(int least, int most) {
    return new Scalar<>(
        "days",
        "a number of days",
        "from " + least + "d to " + most + "d, a whole number with d, such as 400d",
        new JsonForm.Text("^[0-9]+ ?d$"),
        text -> {
          require(text.matches("[0-9]{1,5} ?d"));
          int days = Integer.parseInt(text.substring(0, text.length() - 1).strip());
          return within(text, Duration.ofDays(days), Duration.ofDays(least), Duration.ofDays(most));
        });
  }

  static Scalar<Long> size(String least, String most) {
    long low = readSize(least);
    long high = readSize(most);
    return new Scalar<>(
        "size",
        "a size",
        "from "
            + least
            + " to "
            + most
            + ", a whole number with B, KiB, MiB, GiB (of 1024) or KB, MB, GB (of 1000), such as"
            + " 64KiB",
        new JsonForm.Text("^[0-9]+ ?(B|KB|MB|GB|KiB|MiB|GiB)$"),
        text -> within(text, readSize(text), low, high));
  }

  private static long readSize(String text) {
    Matcher match = SIZE.matcher(text);
    require(match.matches());
    return Long.parseLong(match.group(1)) * BYTES.getOrDefault(match.group(2), 1L);
  }

  static Scalar<Weight> weight(String least, String most) {
    Weight low = Weight.parse(least);
    Weight high = Weight.parse(most);
    return new Scalar<>(
        "share",
        "a share",
        "from " + least + " to " + most + ", in steps of 0.001%, such as 5% or 0.1%",
        new JsonForm.Text(SHARE),
        text -> {
          require(text.matches(SHARE));
          BigDecimal number = new BigDecimal(text.substring(0, text.length() - 1));
          require(number.compareTo(ALL) <= 0, () -> "'" + text + "' is out of range");
          return within(text, Weight.parse(text), low, high);
        });
  }

  /// A share as a number from 0 to 1.
  static Scalar<Double> share(String least, String most) {
    Scalar<Weight> weight = weight(least, most);
    return new Scalar<>(
        weight.name(),
        weight.noun(),
        weight.allowed(),
        weight.form(),
        text -> weight.parse().apply(text).share());
  }

  static Scalar<Integer> whole(int least, int most) {
    return new Scalar<>(
        "whole number",
        "a whole number",
        least + " to " + most,
        new JsonForm.Whole(least, most),
        text -> {
          require(text.matches("-?[0-9]{1,9}"));
          return within(text, Integer.parseInt(text), least, most);
        });
  }

  static Scalar<Double> decimal(String least, String most) {
    double low = Double.parseDouble(least);
    double high = Double.parseDouble(most);
    return new Scalar<>(
        "number",
        "a number",
        least + " to " + most + ", such as 2.5",
        new JsonForm.Decimal(low, high),
        text -> {
          require(text.matches("-?[0-9]{1,9}(\\.[0-9]{1,9})?"));
          return within(text, new BigDecimal(text).doubleValue(), low, high);
        });
  }

  static Scalar<Boolean> flag() {
    return new Scalar<>(
        "truth value",
        "true or false",
        "true, false",
        new JsonForm.Flag(),
        text -> {
          require(text.equals("true") || text.equals("false"));
          return text.equals("true");
        });
  }

  /// One of the values of an enum, by its word.
  static <E extends Enum<E>> Scalar<E> word(Class<E> values, Function<E, String> word) {
    return word(Arrays.asList(values.getEnumConstants()), word);
  }

  /// One of these values, by its word.
  static <E extends Enum<E>> Scalar<E> word(List<E> all, Function<E, String> word) {
    List<String> words = all.stream().map(word).toList();
    return new Scalar<>(
        "word",
        "one of the words",
        String.join(", ", words),
        new JsonForm.Words(words),
        text -> {
          require(
              words.contains(text), () -> "'" + text + "' is unknown" + Nearest.hint(text, words));
          return all.get(words.indexOf(text));
        });
  }

  /// One of a few words.
  static Scalar<String> oneOf(String... words) {
    List<String> all = List.of(words);
    return new Scalar<>(
        "word",
        "one of the words",
        String.join(", ", all),
        new JsonForm.Words(all),
        text -> {
          require(all.contains(text), () -> "'" + text + "' is unknown" + Nearest.hint(text, all));
          return text;
        });
  }

  /// Addresses that begin alike.
  static Scalar<TrustedProxies.Network> network() {
    return new Scalar<>(
        "network",
        "an address or a network",
        "an address, such as 10.0.0.1 or ::1, or a network, such as 10.0.0.0/8",
        new JsonForm.Text("^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$"),
        TrustedProxies.Network::parse);
  }

  /// The name of a header field.
  static Scalar<String> fieldName() {
    return new Scalar<>(
        "field name",
        "the name of a header field",
        "a name such as x-version",
        new JsonForm.Text("^" + TOKEN + "$"),
        text -> {
          require(text.matches(TOKEN));
          return text.toLowerCase(Locale.ROOT);
        });
  }

  /// Text of one line.
  static Scalar<String> text(int most) {
    return new Scalar<>(
        "text",
        "one line of text",
        "1 to " + most + " characters without line breaks",
        new JsonForm.Text("^[^\\r\\n]{1," + most + "}$"),
        text -> {
          require(!text.isBlank() && text.length() <= most);
          require(text.chars().noneMatch(Character::isISOControl));
          return text;
        });
  }

  /// The name of something declared elsewhere in the file; whether it exists is checked later.
  static Scalar<String> nameOf(String what) {
    return new Scalar<>(
        what + " name",
        "the name of a " + what,
        "the name of one of the " + what + "s",
        new JsonForm.Text("^.+$"),
        text -> {
          require(!text.isBlank());
          return text;
        });
  }

  static Scalar<HostPort> hostPort() {
    return new Scalar<>(
        "address",
        "a host and a port",
        "host:port with a port from 0 (any free one) to 65535, such as 127.0.0.1:8080 or"
            + " [::1]:8080",
        new JsonForm.Text("^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]+):[0-9]{1,5}$"),
        HostPort::parse);
  }

  static Scalar<URI> httpUrl() {
    return new Scalar<>(
        "URL",
        "the URL of a service",
        "http://host, http://host:port, and the same with https",
        new JsonForm.Text("^https?://(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?/?$"),
        Scalars::readUrl);
  }

  private static URI readUrl(String text) {
    URI url = uri(text);
    require(url.getScheme() != null);
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    require((scheme.equals("http") || scheme.equals("https")) && url.getRawAuthority() != null);
    require(
        url.getRawAuthority().indexOf('@') < 0,
        () -> "a user name or password is not allowed in the URL of a service");
    String path = url.getRawPath();
    require(
        url.getRawQuery() == null
            && url.getRawFragment() == null
            && (path.isEmpty() || path.equals("/")),
        () ->
            "'"
                + text
                + "' goes on after the port, and a request keeps the path that it came with");
    require(url.getHost() != null && url.getPort() != 0 && url.getPort() <= 65_535);
    return URI.create(scheme + "://" + url.getRawAuthority());
  }

  /// What a figure is to become, as a share of what it was: -0.3 for 30 % less.
  static Scalar<Double> change() {
    return new Scalar<>(
        "change",
        "a change",
        "from -99% to 100%, such as -30% for 30 % less, or 0% for no more than before",
        new JsonForm.Text("^[+-]?[0-9]{1,3}(\\.[0-9]{1,3})?%$"),
        text -> {
          require(text.matches("[+-]?[0-9]{1,3}(\\.[0-9]{1,3})?%"));
          BigDecimal change = new BigDecimal(text.substring(0, text.length() - 1)).movePointLeft(2);
          return within(text, change.doubleValue(), -0.99, 1.0);
        });
  }

  /// A page of a service.
  static Scalar<URI> pathOrUrl() {
    Scalar<String> path = path();
    return new Scalar<>(
        "path or URL",
        "a path or a URL",
        "a path such as /metrics, or a URL such as http://127.0.0.1:9100/metrics",
        new JsonForm.Text("^(/|https?://)[!-~]*$"),
        text ->
            text.startsWith("/")
                ? uri(path.parse().apply(text))
                : webhookUrl().parse().apply(text));
  }

  /// Where something is sent by HTTP.
  static Scalar<URI> webhookUrl() {
    return new Scalar<>(
        "URL",
        "a URL to send to",
        "http:// or https://, a host, and perhaps a port, a path and a query",
        new JsonForm.Text("^(https?://[!-~]+|.*\\$\\{.*)$"),
        text -> {
          require(text.matches("https?://[!-~]{1,2000}"));
          URI url = uri(text);
          require(url.getHost() != null && url.getRawFragment() == null);
          require(
              url.getRawUserInfo() == null,
              () -> "a user name or password is not allowed in a URL to send to");
          require(url.getPort() != 0 && url.getPort() <= 65_535);
          return url;
        });
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /// A path to ask for, with its query if any.
  static Scalar<String> path() {
    return new Scalar<>(
        "path",
        "a path",
        "a slash and what follows it, such as /healthz",
        new JsonForm.Text("^/[!-~]*$"),
        text -> {
          require(text.matches("/[!-~]*") && uri("http://host" + text).getRawFragment() == null);
          return text;
        });
  }

  static Scalar<Sticky> sticky() {
    return new Scalar<>(
        "sticky unit",
        "a sticky unit",
        "header:NAME, cookie:NAME, ip",
        new JsonForm.Text("^(ip|(header|cookie):" + TOKEN + ")$"),
        text -> {
          require(text.matches("ip|(header|cookie):" + TOKEN));
          return Sticky.parse(text);
        });
  }

  /// A route without what the map form can say of it.
  static Scalar<RouteSpec> route() {
    return new Scalar<>(
        "route",
        "a route",
        "METHOD /path, or /path for every method; segments are literals, {name}, and ** at the end",
        new JsonForm.Text("^([A-Z-]+ +)?/[^ ?#]*$"),
        text -> {
          RouteSpec route = RouteSpec.parse(text, null);
          require(
              !"CONNECT".equals(route.method()),
              () -> "'" + text + "' can never match: CONNECT is refused before routing");
          require(
              route.template().toString().chars().noneMatch(c -> c <= ' ' || c == 0x7F),
              () -> "'" + text + "' can never match: a path has no spaces");
          return route;
        });
  }

  /// A method and a path template.
  static Scalar<Endpoint> endpoint() {
    return new Scalar<>(
        "endpoint",
        "an endpoint",
        "METHOD /path as in a route, such as GET /users/{id}",
        new JsonForm.Text("^[A-Z-]+ +/[^ ?#]*$"),
        text -> {
          RouteSpec route = RouteSpec.parse(text, null);
          String method = route.method();
          if (method == null) {
            throw new IllegalArgumentException();
          }
          return new Endpoint(method, route.template().toString());
        });
  }

  /// Where a difference can be.
  static Scalar<String> differencePlace() {
    return new Scalar<>(
        "place",
        "a place of a difference",
        "as 'banyan parity' shows it: status, answer, header:NAME, body, or body: and a path in it"
            + " such as body:$.items[*].id",
        new JsonForm.Text("^(status|answer|body|[a-z]+[: ].+)$"),
        text -> {
          String complaint = Scope.complaint(text);
          if (complaint != null) {
            throw new IllegalArgumentException(complaint);
          }
          return text;
        });
  }

  static Scalar<LocalDate> date() {
    return new Scalar<>(
        "date",
        "a date",
        "year, month and day, such as 2027-03-31",
        new JsonForm.Text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        text -> {
          require(text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}"));
          try {
            return LocalDate.parse(text);
          } catch (DateTimeException e) {
            throw new IllegalArgumentException(e);
          }
        });
  }

  private static <T extends Comparable<T>> T within(String text, T value, T least, T most) {
    boolean within = value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
    require(within, () -> "'" + text + "' is out of range");
    return value;
  }

  private static void require(boolean fits) {
    if (!fits) {
      throw new IllegalArgumentException();
    }
  }

  private static void require(boolean fits, Supplier<String> complaint) {
    if (!fits) {
      throw new IllegalArgumentException(complaint.get());
    }
  }
}
