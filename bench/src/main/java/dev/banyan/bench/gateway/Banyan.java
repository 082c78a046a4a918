package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.Tool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Banyan as `./banyan run` starts it. Two processors are all it may see, which makes one event
/// loop.
final class Banyan implements Contestant {
  static final String FLAGS = "-XX:ActiveProcessorCount=2";

  private static final String FAMILY = "shadowed";

  private static final String SHADOWED =
      """
      families:
        shadowed: { routes: ["/**"], candidate: candidate }
      """;

  private final Path checkout;

  Banyan(Path checkout) {
    this.checkout = checkout;
  }

  /// What comparing has come to since the start.
  ///
  /// @param dropped sampled requests that were not sent a second time, for want of budget
  record Compared(long sampled, long dropped, long compared, long matched) {
    static final Compared NOTHING = new Compared(0, 0, 0, 0);

    Compared since(Compared before) {
      return new Compared(
          sampled - before.sampled,
          dropped - before.dropped,
          compared - before.compared,
          matched - before.matched);
    }
  }

  @Override
  public String name() {
    return "banyan";
  }

  @Override
  public Optional<String> version() {
    return Tool.version(
        Pattern.compile("(\\d\\S*)"), checkout.resolve("banyan").toString(), "--version");
  }

  @Override
  public boolean takes(Case what) {
    return true;
  }

  @Override
  public Running start(Site site, Upstream upstream, Case what) throws IOException {
    String more = what.shadow() ? SHADOWED : what.protocol().secured() ? secured(site) : "";
    Running running = start(site, upstream, site.folder("banyan"), more);
    if (what.shadow()) {
      running.awaitControl();
      shadow(running);
    }
    return running;
  }

  /// More requests on a connection than a round brings, as nginx is told too: h2load does not come
  /// back after a GOAWAY.
  private static String secured(Site site) throws IOException {
    return """
    tls: { certificate: "%s", key: "%s" }
    limits: { requests_per_connection: 100000000 }
    """
        .formatted(site.certificate().chain(), site.certificate().key());
  }

  /// Starts it on a folder that it may have run in before.
  Running start(Site site, Upstream upstream, Path folder, boolean shadow) throws IOException {
    return start(site, upstream, folder, shadow ? SHADOWED : "");
  }

  private Running start(Site site, Upstream upstream, Path folder, String more) throws IOException {
    int port = Site.freePort();
    int control = Site.freePort();
    String config =
        """
        listen: 127.0.0.1:%d
        control: { listen: "127.0.0.1:%d" }
        services:
          legacy: { url: "http://127.0.0.1:%d" }
          candidate: { url: "http://127.0.0.1:%d" }
        """
            .formatted(port, control, upstream.legacy(), upstream.candidate());
    Path file = Files.writeString(folder.resolve("banyan.yaml"), config + more);
    Map<String, String> environment = new HashMap<>();
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("BANYAN_JAVA_OPTS", flags());
    Child child =
        site.start(
            List.of(
                checkout.resolve("banyan").toString(),
                "run",
                file.toString(),
                "--data",
                folder.resolve("data").toString()),
            environment);
    return new Running(child, port, control, more.startsWith("tls:"));
  }

  /// The flags that its JVM gets beside those of `./banyan`.
  static String flags() {
    String more = System.getenv("BANYAN_JAVA_OPTS");
    return more == null ? FLAGS : FLAGS + " " + more;
  }

  private static void shadow(Running running) throws IOException {
    HttpRequest promote =
        HttpRequest.newBuilder(family(running, "/promote"))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"reason\":\"benchmark\"}"))
            .build();
    String phase = ask(promote).path("phase").asString("");
    if (!phase.equals("shadow")) {
      throw new IOException("the family did not go to shadow but to '" + phase + "'");
    }
  }

  static Compared compared(Running running) throws IOException {
    JsonNode view = ask(HttpRequest.newBuilder(family(running, "")).build());
    JsonNode shadow = view.path("shadow");
    JsonNode parity = view.path("parity");
    long dropped = 0;
    for (JsonNode count : shadow.path("dropped")) {
      dropped += count.asLong();
    }
    return new Compared(
        shadow.path("sampled").asLong(),
        dropped,
        parity.path("compared").asLong(),
        parity.path("matched").asLong());
  }

  private static URI family(Running running, String action) {
    return URI.create(
        "http://127.0.0.1:" + running.control() + "/api/v1/families/" + FAMILY + action);
  }

  private static JsonNode ask(HttpRequest request) throws IOException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException(request.uri() + " answered " + answer.statusCode() + answer.body());
      }
      return JsonMapper.builder().build().readTree(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
