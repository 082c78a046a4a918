package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.Environment;
import dev.banyan.dual.Entry;
import dev.banyan.dual.EntryState;
import dev.banyan.dual.Outbox;
import dev.banyan.dual.OutboxStore;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.proxy.AfterWrites;
import dev.banyan.proxy.Freshness;
import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.proxy.Tee;
import dev.banyan.proxy.WriteCare;
import dev.banyan.proxy.transport.Gateway;
import dev.banyan.proxy.transport.SecondLegClient;
import dev.banyan.proxy.transport.Services;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.RoutingTable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// A gateway whose family `things` sends its writes to both sides, joined as the program joins
/// them. The test moves the family; nothing else does.
final class DualRig implements AutoCloseable {
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Clockwork clockwork = new Clockwork(1);
  private final SecondLegClient second;
  private final Gateway gateway;
  private final LiveTable table;
  private final BanyanConfig config;
  private long epoch;

  final OutboxStore store;
  final DualSend dual;

  /// @param options lines of the group `dual`, in flow style
  DualRig(
      Path folder, OutboxStore store, KeyedService legacy, KeyedService candidate, String options)
      throws IOException {
    this.store = store;
    Path file = folder.resolve("banyan.yaml");
    Files.writeString(
        file,
        """
        services:
          legacy: { url: "http://127.0.0.1:%d", response_timeout: 5s }
          candidate: { url: "http://127.0.0.1:%d", response_timeout: 5s }
        legacy: legacy
        families:
          things:
            routes: ["/things/{id}", "/things"]
            candidate: candidate
            sticky: "header:x-unit"
            data: synced
            writes: dual
            dual: { %s }
        """
            .formatted(legacy.port(), candidate.port(), options));
    config = read(file);
    Services services = new Services(Banyan.services(config), InetAddress::getAllByName);
    services.lookUpWhenDue(System.nanoTime(), Runnable::run);
    second = new SecondLegClient(services, System::nanoTime, Runnable::run, () -> {});
    table = new LiveTable(RoutingTable.compile(config.legacyService(), List.of()));
    dual =
        new DualSend(
            new DualSend.Ports(
                store,
                second::send,
                () -> true,
                () -> null,
                "",
                clockwork.blocking(),
                InstantSource.system(),
                System::nanoTime));
    dual.adopt(config);
    dual.tend();
    dual.begin(clockwork);
    gateway =
        Gateway.start(
            GatewayOptions.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1),
            new Gateway.Ports(
                table,
                services,
                new WriteRig.Nobody(),
                Tee.NONE,
                dual,
                new SafetyNet(SafetyNet.Options.DEFAULTS),
                new WriteCare(
                    new AfterWrites(
                        Freshness.UNKNOWN,
                        new byte[32],
                        "p",
                        System::nanoTime,
                        InstantSource.system()),
                    _ -> {}),
                System::nanoTime,
                () -> ThreadLocalRandom.current().nextLong(),
                Runnable::run));
    in(new Phase.Shadow());
  }

  static Phase writes() {
    return new Phase.Writes(Weight.FULL);
  }

  private static BanyanConfig read(Path file) {
    ConfigResult result = new ConfigFile(file, Environment.of(Map.of())).load();
    if (result instanceof ConfigResult.Loaded loaded) {
      return loaded.config();
    }
    throw new AssertionError(result);
  }

  void in(Phase phase) {
    long next = ++epoch;
    table.publish(
        RoutingTable.compile(
            config.legacyService(),
            config.families().stream().map(family -> family.routesIn(phase, next)).toList()));
  }

  HttpRequest.Builder request(String unit, String path, String body) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + gateway.address().getPort() + path))
        .timeout(Duration.ofSeconds(30))
        .header("X-Unit", unit)
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String unit, String path, String body)
      throws IOException, InterruptedException {
    return send(request(unit, path, body));
  }

  List<Entry.Listed> entries() {
    return store.list(null, 0, 1_000);
  }

  Entry.Listed only(EntryState state) throws InterruptedException {
    WriteRig.until(() -> entries().size() == 1 && entries().getFirst().state() == state);
    return entries().getFirst();
  }

  void drained() throws InterruptedException {
    WriteRig.until(() -> entries().isEmpty());
  }

  Outbox outbox() {
    return dual.outbox();
  }

  /// Ends without a word to anybody: what is not written by now is not.
  void fall() {
    gateway.close();
    second.close();
    clockwork.close();
    client.shutdownNow();
  }

  @Override
  public void close() {
    fall();
    dual.close();
  }
}
