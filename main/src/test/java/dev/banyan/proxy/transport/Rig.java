package dev.banyan.proxy.transport;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.proxy.AfterWrites;
import dev.banyan.proxy.Freshness;
import dev.banyan.proxy.FrontTls;
import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.Outcomes;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.RequestEnd;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.proxy.ServiceAddresses;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.proxy.Tee;
import dev.banyan.proxy.UncertainWrites;
import dev.banyan.proxy.WriteCare;
import dev.banyan.routing.Decision;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.OwnData;
import dev.banyan.routing.RouteSpec;
import dev.banyan.routing.RoutingTable;
import dev.banyan.routing.Sticky;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A gateway between a legacy and a candidate, with one family that claims everything below `/f`.
final class Rig implements AutoCloseable {
  final List<String> outcomes = new CopyOnWriteArrayList<>();
  final List<String> ends = new CopyOnWriteArrayList<>();

  /// What operators are told of each failure, in the order of `outcomes`.
  final List<String> details = new CopyOnWriteArrayList<>();

  /// What is told of sticky units: where a weight sent each, and where its request ended.
  final List<String> units = new CopyOnWriteArrayList<>();

  /// What was sent to a side, and that the head of an answer came.
  final List<String> legs = new CopyOnWriteArrayList<>();

  /// Which versions of which service were seen.
  final List<String> versions = new CopyOnWriteArrayList<>();

  final LiveTable table;
  final Services services;
  final SafetyNet net;
  final List<UncertainWrites.Sent> uncertain = new CopyOnWriteArrayList<>();
  final AfterWrites after;
  final Gateway gateway;

  static final class Builder {
    private final Map<String, ServiceOptions> services = new LinkedHashMap<>();
    private Phase phase = new Phase.Legacy();
    private @Nullable OwnData ownData;
    private Freshness freshness = Freshness.UNKNOWN;
    private Sticky sticky = new Sticky.Ip();
    private boolean fallback = true;
    private Tee tee = Tee.NONE;
    private SafetyNet.Options net = SafetyNet.Options.DEFAULTS;
    private int eventLoops = 1;
    private Consumer<RequestEnd> whenEnded = _ -> {};
    private ServiceAddresses.Names names = InetAddress::getAllByName;
    private UnaryOperator<GatewayOptions> options = UnaryOperator.identity();
    private @Nullable FrontTls tls;

    Builder service(ServiceOptions options) {
      services.put(options.name(), options);
      return this;
    }

    Builder in(Phase next) {
      phase = next;
      return this;
    }

    Builder sticky(String text) {
      sticky = Sticky.parse(text);
      return this;
    }

    /// Each side has data of its own.
    Builder synced(OwnData.ReadYourWrites how, Duration afterWrite, Freshness port) {
      ownData = new OwnData(how, afterWrite);
      freshness = port;
      return this;
    }

    Builder synced() {
      return synced(OwnData.ReadYourWrites.OFF, Duration.ZERO, Freshness.UNKNOWN);
    }

    Builder withoutFallback() {
      fallback = false;
      return this;
    }

    Builder tee(Tee port) {
      tee = port;
      return this;
    }

    Builder net(SafetyNet.Options options) {
      net = options;
      return this;
    }

    Builder eventLoops(int count) {
      eventLoops = count;
      return this;
    }

    Builder names(ServiceAddresses.Names port) {
      names = port;
      return this;
    }

    Builder whenEnded(Consumer<RequestEnd> port) {
      whenEnded = port;
      return this;
    }

    Builder options(UnaryOperator<GatewayOptions> change) {
      options = change;
      return this;
    }

    Builder tls(FrontTls files) {
      tls = files;
      return this;
    }

    Rig start() {
      return new Rig(this);
    }
  }

  static Builder legacyAt(Backend legacy) {
    return new Builder().service(legacy.as("legacy"));
  }

  static Builder of(Backend legacy, Backend candidate) {
    return legacyAt(legacy).service(candidate.as("candidate"));
  }

  private Rig(Builder made) {
    table = new LiveTable(table(made, made.phase));
    services =
        new Services(
            made.services, made.names, (service, version) -> versions.add(service + " " + version));
    net = new SafetyNet(made.net);
    after =
        new AfterWrites(
            made.freshness, new byte[32], "rig", System::nanoTime, InstantSource.system());
    GatewayOptions defaults =
        GatewayOptions.on(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), made.eventLoops);
    gateway =
        Gateway.start(
            made.options.apply(defaults.with(made.tls)),
            new Gateway.Ports(
                table,
                services,
                new Recorded(outcomes, ends, details, units, legs, made.whenEnded),
                made.tee,
                net,
                new WriteCare(after, uncertain::add),
                System::nanoTime,
                () -> ThreadLocalRandom.current().nextLong(),
                Runnable::run));
  }

  private static RoutingTable table(Builder made, Phase phase) {
    List<RouteSpec> routes = new ArrayList<>();
    routes.add(RouteSpec.parse("/f/**", null));
    routes.add(RouteSpec.parse("POST /search", true));
    return RoutingTable.compile(
        "legacy",
        List.of(
            new FamilyRoutes(
                    "f", "legacy", "candidate", made.sticky, made.fallback, routes, phase, 7)
                .with(made.ownData)));
  }

  /// Holds the family's writes back.
  void hold() {
    table.publish(table.inForce().holding(Set.of("f")));
  }

  /// Ends the hold with the family in a phase.
  void release(Phase phase) {
    FamilyRoutes family = table.inForce().families().getFirst();
    table.publish(table.inForce().with(family.held(false).in(phase, family.epoch() + 1)));
  }

  Client client() throws IOException {
    return new Client(gateway.address());
  }

  /// Waits for something that happens on other threads.
  static void until(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("it did not happen within 15 seconds");
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() {
    gateway.close();
  }

  private record Recorded(
      List<String> told,
      List<String> ends,
      List<String> details,
      List<String> units,
      List<String> legs,
      Consumer<RequestEnd> whenEnded)
      implements Outcomes {
    @Override
    public void sent(Decision decision, Side side) {
      legs.add("sent " + side.word());
    }

    @Override
    public void heard(Decision decision, Side side) {
      legs.add("heard " + side.word());
    }

    @Override
    public void routed(Decision decision, long unit) {
      units.add("routed " + decision.primary().word() + " " + unit);
    }

    @Override
    public void answered(
        Decision decision, long unit, Side side, int status, long nanos, boolean fallback) {
      unit(unit, side, fallback);
      told.add(side.word() + " " + status + (fallback ? " fallback" : ""));
    }

    @Override
    public void failed(
        Decision decision,
        long unit,
        Side side,
        ProxyFailure failure,
        long nanos,
        boolean fallback) {
      unit(unit, side, fallback);
      details.add(failure.progress() + " " + failure.detail());
      told.add(side.word() + " " + failure.kind() + (fallback ? " fallback" : ""));
    }

    @Override
    public void abandoned(Decision decision, long unit, Side side, long nanos, boolean fallback) {
      unit(unit, side, fallback);
      told.add(side.word() + " abandoned" + (fallback ? " fallback" : ""));
    }

    private void unit(long unit, Side side, boolean fallback) {
      units.add("ended " + side.word() + " " + unit + (fallback ? " fallback" : ""));
    }

    @Override
    public void stoodIn(Decision decision, boolean failed, long nanos) {
      units.add("stood in" + (failed ? ", failed" : ""));
    }

    @Override
    public void limited(Limit limit) {
      ends.add("limit " + limit.word());
    }

    @Override
    public void ended(RequestEnd request) {
      ends.add(request.how().word() + " " + request.status());
      whenEnded.accept(request);
    }
  }
}
