package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.Environment;
import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.HopByHop;
import dev.banyan.proxy.Problem;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.shadow.Drop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `docs/reference/gateway.md` says what the code does.
class GatewayPageTest {
  private static final Pattern CODE = Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (\\d{3}) \\|");
  private static final Pattern LIMIT =
      Pattern.compile("(?m)^\\| ([^|]+) \\| ([^|]+) \\| [^|]+ \\|");

  @TempDir private Path directory;

  private static String page() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/reference/gateway.md"))) {
      root = Objects.requireNonNull(root.getParent(), "no docs/reference/gateway.md above");
    }
    return Files.readString(root.resolve("docs/reference/gateway.md"));
  }

  @Test
  void namesEveryErrorCodeWithItsStatus() throws IOException {
    List<String> written =
        CODE.matcher(page()).results().map(row -> row.group(1) + " " + row.group(2)).toList();
    assertThat(written)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ProxyFailure.Kind.values())
                .map(Problem::of)
                .map(problem -> problem.code() + " " + problem.status())
                .toList());
  }

  @Test
  void namesEveryHeaderOfTheConnection() throws IOException {
    String page = page().toLowerCase(Locale.ROOT);
    assertThat(HopByHop.NAMES).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
  }

  @Test
  void namesEveryReasonToDropASample() throws IOException {
    String page = page();
    assertThat(Drop.values())
        .allSatisfy(drop -> assertThat(page).contains("\n| `" + drop.word() + "` |"));
  }

  @Test
  void tellsTheLimitsThatHold() throws IOException {
    String page = page();
    Matcher rows = LIMIT.matcher(page.substring(page.indexOf("## Limits")));
    Map<String, String> written =
        rows.results()
            .map(row -> List.of(row.group(1), row.group(2)))
            .filter(row -> !row.getFirst().equals("what") && !row.getFirst().startsWith("---"))
            .collect(Collectors.toMap(List::getFirst, List::getLast));
    GatewayOptions gateway = GatewayOptions.on(new InetSocketAddress(0), 1);
    SafetyNet.Options net = SafetyNet.Options.DEFAULTS;
    BanyanConfig config = standard();
    ServiceOptions service = config.services().getFirst();
    assertThat(written)
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("request line", size(gateway.limits().requestLine())),
                Map.entry("request headers together", size(gateway.limits().headerBlock())),
                Map.entry("a client connection without a request", time(gateway.limits().idle())),
                Map.entry(
                    "body of a safe request held to send it again", size(gateway.replayBytes())),
                Map.entry(
                    "requests under way when the gateway stops", time(gateway.limits().drain())),
                Map.entry(
                    "connections to a service, for each event loop", "" + service.connections()),
                Map.entry("making a connection", time(service.connectTimeout())),
                Map.entry("silence of a service", time(service.responseTimeout())),
                Map.entry(
                    "an unused connection to a service",
                    time(Duration.ofNanos(UpstreamPool.IDLE_LIMIT))),
                Map.entry("status line of an answer", size(UpstreamPool.ANSWER_LINE)),
                Map.entry("headers of an answer together", size(UpstreamPool.ANSWER_HEADERS)),
                Map.entry("answers of the safety net under way", "" + net.concurrent()),
                Map.entry("failed answers of the safety net in a row", "" + net.failures()),
                Map.entry("bodies held for comparison", size(config.shadow().memoryBytes())),
                Map.entry("one body held for comparison", size(config.shadow().bodyBytes())),
                Map.entry("second legs under way", "" + config.shadow().concurrency()),
                Map.entry("a second leg in all", time(config.shadow().deadline())),
                Map.entry("lateness of an event loop", time(config.shadow().lag()))));
    assertThat(page).contains("tries one request every " + time(net.pause()));
    assertThat(page).contains("silent for " + time(Duration.ofNanos(Tunnel.HALF_OPEN)));
  }

  /// What holds where the file says nothing.
  private BanyanConfig standard() throws IOException {
    Path file = directory.resolve("banyan.yaml");
    Files.writeString(file, "services: { legacy: { url: http://127.0.0.1:3000 } }\n");
    ConfigResult result = new ConfigFile(file, Environment.of(Map.of())).load();
    return ((ConfigResult.Loaded) result).config();
  }

  private static String size(long bytes) {
    return bytes % (1 << 20) == 0 ? bytes / (1 << 20) + " MiB" : bytes / 1024 + " KiB";
  }

  private static String time(Duration time) {
    return time.toSeconds() > 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }
}
