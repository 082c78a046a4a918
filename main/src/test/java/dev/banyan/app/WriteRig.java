package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.Environment;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.parity.Books;
import dev.banyan.parity.Comparison;
import dev.banyan.parity.ParityBook;
import dev.banyan.proxy.AfterWrites;
import dev.banyan.proxy.Freshness;
import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.Outcomes;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.RequestEnd;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.proxy.ServiceAddresses;
import dev.banyan.proxy.WriteCare;
import dev.banyan.proxy.transport.Gateway;
import dev.banyan.proxy.transport.SecondLegClient;
import dev.banyan.proxy.transport.Services;
import dev.banyan.routing.Decision;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.RoutingTable;
import dev.banyan.shadow.IdempotencyKeys;
import dev.banyan.shadow.Shadow;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// A gateway between real services, its tee joined to the copies of writes as the program joins
/// them. The test moves the family; nothing else does.
final class WriteRig implements AutoCloseable {
  private final ExecutorService comparing =
      new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1_024));
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final SecondLegClient second;
  private final Gateway gateway;
  private final LiveTable table;
  private final Path file;
  private BanyanConfig config;
  private long epoch;

  final Services services;
  final ParityBook book = Books.book(new ForgetfulStore(), Instant.EPOCH);
  final Shadow shadow;
  final Writes writes;

  WriteRig(Path folder, String yaml, ServiceAddresses.Names names) throws IOException {
    file = folder.resolve("banyan.yaml");
    config = read(yaml);
    services = new Services(Banyan.services(config), names);
    services.lookUpWhenDue(System.nanoTime(), Runnable::run);
    second = new SecondLegClient(services, System::nanoTime, Runnable::run, () -> {});
    table = new LiveTable(RoutingTable.compile(config.legacyService(), List.of()));
    SandboxGuard guard = new SandboxGuard(services::find, OwnAddresses::contains);
    shadow =
        new Shadow(
            config.shadow(),
            Reload.samples(config),
            new Shadow.Ports(
                () -> ThreadLocalRandom.current().nextDouble(),
                System::nanoTime,
                second::send,
                (exchange, period) -> {
                  book.record(exchange, period, new Verdict.Match()); // a read
                  return null;
                },
                comparing));
    writes =
        new Writes(
            new Writes.Ports(
                second::send,
                book,
                table,
                Comparison.of()::compare,
                new IdempotencyKeys(new byte[32]),
                guard,
                new DryRuns(book, System::nanoTime),
                second::run,
                comparing,
                () -> shadow.options().deadline(),
                InstantSource.system()));
    writes.adopt(config);
    writes.adopted();
    gateway =
        Gateway.start(
            GatewayOptions.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1),
            new Gateway.Ports(
                table,
                services,
                new Nobody(),
                new ComparisonTee(shadow, book, writes),
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
    guard.listening(gateway.address());
  }

  private BanyanConfig read(String yaml) throws IOException {
    Files.writeString(file, yaml);
    ConfigResult result = new ConfigFile(file, Environment.of(Map.of())).load();
    if (result instanceof ConfigResult.Loaded loaded) {
      return loaded.config();
    }
    throw new AssertionError(result);
  }

  /// Puts another file in force, in the order of the program.
  void reload(String yaml) throws IOException {
    config = read(yaml);
    writes.adopt(config);
    services.publish(Banyan.services(config));
    writes.adopted();
  }

  void in(Phase phase) {
    long next = ++epoch;
    table.publish(
        RoutingTable.compile(
            config.legacyService(),
            config.families().stream().map(family -> family.routesIn(phase, next)).toList()));
  }

  HttpRequest.Builder request(String method, String path, String body) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + gateway.address().getPort() + path))
        .timeout(Duration.ofSeconds(30))
        .header("Content-Type", "application/json")
        .method(
            method,
            body.isEmpty()
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return send(request(method, path, body));
  }

  ParityEvidence evidence() {
    writes.tell();
    return book.evidence("things");
  }

  /// The evidence once nothing is under way any more.
  ParityEvidence settled() throws InterruptedException {
    until(() -> shadow.counts("things").inFlight() == 0 && shadow.memoryTaken() == 0);
    return evidence();
  }

  /// Waits for something that happens on other threads.
  static void until(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("it did not happen within 20 seconds");
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() {
    gateway.close();
    shadow.close();
    second.close();
    comparing.shutdownNow();
    client.close();
  }

  record Nobody() implements Outcomes {
    @Override
    public void sent(Decision decision, Side side) {}

    @Override
    public void heard(Decision decision, Side side) {}

    @Override
    public void routed(Decision decision, long unit) {}

    @Override
    public void answered(
        Decision decision, long unit, Side side, int status, long nanos, boolean fallback) {}

    @Override
    public void failed(
        Decision decision,
        long unit,
        Side side,
        ProxyFailure failure,
        long nanos,
        boolean fallback) {}

    @Override
    public void abandoned(Decision decision, long unit, Side side, long nanos, boolean fallback) {}

    @Override
    public void stoodIn(Decision decision, boolean failed, long nanos) {}

    @Override
    public void limited(Limit limit) {}

    @Override
    public void ended(RequestEnd request) {}
  }
}
