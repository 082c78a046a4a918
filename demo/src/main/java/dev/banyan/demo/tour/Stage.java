package dev.banyan.demo.tour;

import dev.banyan.demo.Main;
import dev.banyan.demo.shop.ShopDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Everything that runs during a tour. Closing it ends all of it, from any thread and at any
/// moment: what is started later is ended at once.
final class Stage implements AutoCloseable {
  private static final int GATEWAY = 8080;
  private static final int CONTROL = 8081;
  private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:([0-9]+)");

  private final TourOptions options;
  private final Pace pace;
  private final Path directory;
  private final Guard guard;
  private final HttpClient client = HttpClient.newHttpClient();

  /// Guarded by `this`, as is `closed`.
  private final Deque<Owned> owned = new ArrayDeque<>();

  private boolean closed;
  private @Nullable ShopDatabase database;
  private @Nullable Child legacy;
  private @Nullable Child candidate;
  private int candidatePort;
  private int candidateControl;

  /// What must be ended.
  private interface Owned {
    void end() throws IOException, TourException;
  }

  /// Where a started Banyan is reached.
  record Doors(int gateway, URI control) {}

  private Stage(TourOptions options, Pace pace, Path directory, Guard guard) {
    this.options = options;
    this.pace = pace;
    this.directory = directory;
    this.guard = guard;
  }

  static Stage open(TourOptions options, Pace pace) throws TourException, IOException {
    Path directory = Files.createTempDirectory("banyan-demo-");
    Guard guard = Guard.start();
    if (!options.keep()) {
      guard.directory(directory);
    }
    return new Stage(options, pace, directory, guard);
  }

  Path directory() {
    return directory;
  }

  void startDatabase() throws TourException, IOException {
    try {
      Path home = directory.resolve("postgres");
      guard.pidfile(ShopDatabase.pidfile(home));
      ShopDatabase started = ShopDatabase.start(home);
      long pid = started.pid();
      own(() -> end(started, pid));
      database = started;
    } catch (SQLException | IllegalStateException failed) {
      throw new TourException("PostgreSQL did not start: " + failed.getMessage(), failed);
    }
  }

  private static void end(ShopDatabase database, long pid) throws IOException {
    database.close();
    // Its own shutdown hook may be closing it at this moment; the directory is not to be removed
    // under a running server.
    ProcessHandle.of(pid)
        .ifPresent(
            server -> server.onExit().completeOnTimeout(server, 10, TimeUnit.SECONDS).join());
  }

  void startServices() throws TourException, InterruptedException {
    Child startedLegacy = service("legacy", List.of());
    Child startedCandidate = candidate(List.of("--faults", "planted"));
    legacy = startedLegacy;
    candidate = startedCandidate;
    startedLegacy.ready();
    seeCandidate(startedCandidate);
  }

  private void seeCandidate(Child started) throws TourException, InterruptedException {
    List<Integer> ports = ports(started.ready());
    candidatePort = ports.getFirst();
    candidateControl = ports.getLast();
  }

  private Child candidate(List<String> more) throws TourException {
    List<String> options = new ArrayList<>(more);
    options.addAll(
        List.of("--orders-db", database().url(ShopDatabase.ORDERS_DATABASE, "candidate")));
    return service("candidate", options);
  }

  private ShopDatabase database() {
    ShopDatabase started = database;
    if (started == null) {
      throw new IllegalStateException("the database is started first");
    }
    return started;
  }

  private Child service(String name, List<String> more) throws TourException {
    List<String> command = new ArrayList<>();
    command.add(java());
    // Short lives on few processors: start quickly rather than become fast.
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx128m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(name, "--db", database().url(ShopDatabase.SHOP, name)));
    command.addAll(more);
    return own(Child.start(name, command, directory));
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  Doors startBanyan() throws TourException, InterruptedException, IOException {
    if (!Files.isReadable(options.banyan())) {
      throw new TourException(
          "Banyan's program is not at " + options.banyan() + "; build it, or set -Dbanyan.jar");
    }
    if (legacy == null) {
      throw new IllegalStateException("the services are started first");
    }
    Configuration configuration =
        new Configuration(
            freeOr(GATEWAY),
            freeOr(CONTROL),
            ports(legacy.ready()).getFirst(),
            candidatePort,
            database().url(ShopDatabase.SHOP),
            database().url(ShopDatabase.ORDERS_DATABASE),
            pace);
    Path file = directory.resolve("banyan.yaml");
    Files.writeString(file, configuration.yaml());
    Child banyan =
        own(
            Child.start(
                "banyan",
                List.of(
                    java(),
                    "-jar",
                    options.banyan().toString(),
                    "run",
                    file.toString(),
                    "--data",
                    directory.resolve("banyan").toString()),
                directory));
    guard.process("TERM", banyan.pid());
    List<Integer> ports = ports(banyan.ready());
    return new Doors(ports.getFirst(), URI.create("http://127.0.0.1:" + ports.getLast()));
  }

  /// Replaces the candidate by one without faults, at the same address.
  void deployMended() throws TourException, InterruptedException {
    if (candidate == null) {
      throw new IllegalStateException("there is no candidate to replace");
    }
    candidate.close();
    Child mended = candidate(List.of("--faults", "none", "--port", String.valueOf(candidatePort)));
    candidate = mended;
    seeCandidate(mended);
  }

  /// Makes the candidate's reads below a path fail and wait; ends that with 0 and zero.
  void trouble(String path, double errors, Duration latency)
      throws TourException, InterruptedException {
    URI target =
        URI.create(
            "http://127.0.0.1:%d/trouble?path=%s&errors=%s&latency=%s"
                .formatted(candidateControl, path, errors, latency));
    try {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(target).POST(HttpRequest.BodyPublishers.noBody()).build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 204) {
        throw new TourException("the candidate refuses " + target + ": " + response.body());
      }
    } catch (IOException unreachable) {
      throw new TourException("the candidate can not be reached at " + target, unreachable);
    }
  }

  /// The rows of both sides, seen and touched without Banyan.
  OrderRows orderRows() {
    return new OrderRows(database());
  }

  void switchOffLegacy() throws TourException {
    if (legacy == null) {
      throw new IllegalStateException("there is no legacy to switch off");
    }
    legacy.close();
    if (legacy.alive()) {
      throw new TourException("the legacy does not end");
    }
  }

  private static List<Integer> ports(String line) throws TourException {
    List<Integer> ports = new ArrayList<>();
    Matcher matcher = PORT.matcher(line);
    while (matcher.find()) {
      ports.add(Integer.valueOf(matcher.group(1)));
    }
    if (ports.isEmpty()) {
      throw new TourException("no port is named in: " + line);
    }
    return ports;
  }

  /// The port if nobody has it, else 0 for any.
  private static int freeOr(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      return port;
    } catch (IOException taken) {
      return 0;
    }
  }

  private Child own(Child child) throws TourException {
    try {
      own(child::close);
    } catch (IOException impossible) {
      throw new TourException("a child could not be ended", impossible);
    }
    return child;
  }

  private void own(Owned thing) throws TourException, IOException {
    synchronized (this) {
      if (!closed) {
        owned.push(thing);
        return;
      }
    }
    thing.end();
    throw new TourException("the tour is being stopped");
  }

  /// Ends everything, the last started first, and removes the directory.
  @Override
  public void close() {
    List<Owned> ending;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      ending = List.copyOf(owned);
    }
    List<Exception> failures = new ArrayList<>();
    for (Owned thing : ending) {
      attempt(thing, failures);
    }
    client.shutdownNow();
    if (!options.keep()) {
      attempt(this::removeDirectory, failures);
    }
    if (failures.isEmpty()) {
      // With anything left over, the guard has work to do: it acts when this process ends.
      attempt(guard::close, failures);
    }
    failures.forEach(failure -> System.err.println("While tidying up: " + failure));
  }

  private static void attempt(Owned thing, List<Exception> failures) {
    try {
      thing.end();
    } catch (IOException | TourException | RuntimeException failure) {
      failures.add(failure);
    }
  }

  private void removeDirectory() throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
