package dev.banyan.config;

import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Endpoint;
import dev.banyan.parity.Acceptances;
import dev.banyan.parity.Scope;
import dev.banyan.parity.SeverityRules;
import dev.banyan.proxy.FrontTls;
import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.proxy.TrustedProxies;
import dev.banyan.routing.OwnData;
import dev.banyan.routing.RouteSpec;
import dev.banyan.routing.WriteShadow;
import dev.banyan.shadow.ShadowOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// From the values of a file without problems to the features' options.
final class Binding {
  private Binding() {}

  /// @param folder where relative files begin
  static BanyanConfig bind(Values file, Path folder) {
    String legacy = Checks.legacyService(file).orElseThrow();
    Values control = file.get(Keys.CONTROL);
    Set<String> gets = gets(file);
    PolicyBinding policies = new PolicyBinding(file);
    return new BanyanConfig(
        file.get(Keys.LISTEN),
        tls(file.get(Keys.TLS), folder),
        new TrustedProxies(file.get(Keys.TRUSTED_PROXIES).stream().map(Placed::value).toList()),
        limits(file.get(Keys.LIMITS)),
        new BanyanConfig.Control(
            control.get(Keys.Control.LISTEN), control.find(Keys.Control.TOKEN).orElse(null)),
        legacy,
        file.get(Keys.SERVICES).stream().map(service -> service(service, folder)).toList(),
        file.get(Keys.FAMILIES).stream()
            .map(family -> family(family, legacy, gets, policies))
            .toList(),
        shadow(file.get(Keys.SHADOW)),
        file.get(Keys.ACCESS_LOG).find(Keys.AccessLog.FILE).orElse(null),
        ledger(file.get(Keys.LEDGER), folder),
        NotificationKeys.targets(file),
        GoalKeys.pages(file),
        store(file.get(Keys.STORE)),
        DatabaseKeys.databases(file, folder),
        TransferBinding.transfers(file));
  }

  private static BanyanConfig.Ledger ledger(Values ledger, Path folder) {
    return new BanyanConfig.Ledger(
        ledger.find(LedgerKeys.RETENTION).orElse(null),
        ledger.find(LedgerKeys.HEAD_FILE).map(folder::resolve).orElse(null));
  }

  private static BanyanConfig.@Nullable SharedStore store(Values store) {
    return store
        .find(StoreKeys.URL)
        .map(url ->
            new BanyanConfig.SharedStore(
                url,
                store.find(StoreKeys.USER).orElse(null),
                store.find(StoreKeys.PASSWORD).orElse(null),
                store.get(StoreKeys.SCHEMA),
                store.find(StoreKeys.REPLICA).orElse(null)))
        .orElse(null);
  }

  private static ServiceOptions service(Named<Values> service, Path folder) {
    Values values = service.value();
    List<URI> urls = values.get(ServiceKeys.URL).stream().map(Placed::value).toList();
    boolean secure = urls.getFirst().getScheme().equals("https");
    return new ServiceOptions(
        service.name(),
        urls,
        values.get(ServiceKeys.PROTOCOL),
        secure ? serviceTls(values.get(ServiceKeys.TLS), folder) : null,
        values.find(ServiceKeys.HEALTH).orElse(null),
        values.find(ServiceKeys.VERSION_HEADER).orElse(null),
        values.get(ServiceKeys.CONNECT_TIMEOUT),
        values.get(ServiceKeys.RESPONSE_TIMEOUT),
        values.get(ServiceKeys.STREAM_IDLE),
        values.find(ServiceKeys.MAX_DURATION).orElse(null),
        values.get(ServiceKeys.CONNECTIONS),
        values.get(ServiceKeys.QUEUE),
        values.get(ServiceKeys.DNS_REFRESH));
  }

  private static ServiceOptions.Tls serviceTls(Values tls, Path folder) {
    return new ServiceOptions.Tls(
        tls.find(ServiceKeys.Tls.CA).map(folder::resolve).orElse(null),
        tls.find(ServiceKeys.Tls.SERVER_NAME).orElse(null),
        tls.get(ServiceKeys.Tls.VERIFY));
  }

  private static @Nullable FrontTls tls(Values tls, Path folder) {
    Optional<String> certificate = tls.find(FrontKeys.Tls.CERTIFICATE);
    return certificate
        .map(file ->
            new FrontTls(
                folder.resolve(file),
                folder.resolve(tls.get(FrontKeys.Tls.KEY)),
                tls.get(FrontKeys.Tls.OLDEST).equals("1.3")))
        .orElse(null);
  }

  private static GatewayOptions.Limits limits(Values limits) {
    return new GatewayOptions.Limits(
        Math.toIntExact(limits.get(FrontKeys.Limits.REQUEST_LINE)),
        Math.toIntExact(limits.get(FrontKeys.Limits.HEADER_BLOCK)),
        limits.get(FrontKeys.Limits.HEADER_COUNT),
        limits.find(FrontKeys.Limits.BODY).orElse(0L),
        limits.get(FrontKeys.Limits.IDLE),
        limits.get(FrontKeys.Limits.HEADER_TIME),
        limits.get(FrontKeys.Limits.BODY_TIME),
        limits.get(FrontKeys.Limits.WRITE_TIME),
        limits.get(FrontKeys.Limits.REQUESTS_PER_CONNECTION),
        limits.get(FrontKeys.Limits.STREAMS),
        limits.get(FrontKeys.Limits.CONNECTIONS),
        limits.get(FrontKeys.Limits.DRAIN),
        limits.get(FrontKeys.Limits.HELD_WRITES),
        limits.get(FrontKeys.Limits.HOLD_TIME));
  }

  private static ShadowOptions shadow(Values shadow) {
    return new ShadowOptions(
        shadow.get(Keys.Shadow.MEMORY),
        Math.toIntExact(shadow.get(Keys.Shadow.BODY)),
        shadow.get(Keys.Shadow.CONCURRENCY),
        shadow.get(Keys.Shadow.DEADLINE),
        shadow.get(Keys.Shadow.LAG));
  }

  private static FamilyConfig family(
      Named<Values> family, String legacy, Set<String> gets, PolicyBinding policies) {
    Values values = family.value();
    List<RouteSpec> routes = values.get(Keys.Family.ROUTES).stream().map(Binding::route).toList();
    return new FamilyConfig(
        family.name(),
        values.find(Keys.Family.OWNER).orElse(null),
        legacy,
        values.get(Keys.Family.CANDIDATE),
        values.get(Keys.Family.STICKY),
        values.get(Keys.Family.FALLBACK) == Keys.Fallback.SAFE,
        routes,
        policies.policy(family.name(), values, proved(routes, gets)),
        values.get(Keys.Family.SHADOW).get(Keys.Sampling.SAMPLE),
        values.get(Keys.Family.SHADOW).get(Keys.Sampling.AGAIN),
        severities(values.get(Keys.Family.PARITY)),
        accepted(values.get(Keys.Family.PARITY)),
        writes(values.get(Keys.Family.SHADOW)),
        DualKeys.options(values),
        GoalKeys.goals(values),
        ownData(values));
  }

  private static @Nullable OwnData ownData(Values family) {
    return family.get(Keys.Family.DATA) == DataOwnership.SYNCED
        ? new OwnData(family.get(Keys.Family.READ_YOUR_WRITES), family.get(Keys.Family.AFTER_WRITE))
        : null;
  }

  private static WriteShadow writes(Values shadow) {
    return switch (shadow.get(Keys.Sampling.WRITES)) {
      case BLOCKED -> WriteShadow.BLOCKED;
      case DRY_RUN -> new WriteShadow.DryRun();
      case SANDBOX -> new WriteShadow.Sandbox(shadow.get(Keys.Sampling.SANDBOX));
    };
  }

  private static SeverityRules severities(Values parity) {
    return new SeverityRules(
        parity.get(ParityKeys.SEVERITIES).stream()
            .map(Placed::value)
            .map(rule ->
                new SeverityRules.Rule(
                    rule.find(ParityKeys.At.ENDPOINT),
                    rule.get(ParityKeys.At.WHERE),
                    rule.find(ParityKeys.At.KIND),
                    rule.get(ParityKeys.Severities.SEVERITY)))
            .toList());
  }

  private static Acceptances accepted(Values parity) {
    return new Acceptances(
        parity.get(ParityKeys.ACCEPT).stream().map(rule -> accepted(rule).entry()).toList());
  }

  private record AcceptedAt(Acceptances.Entry entry, Place place) {}

  private static AcceptedAt accepted(Placed<Values> rule) {
    Values values = rule.value();
    Scope scope =
        new Scope(
            values.find(ParityKeys.At.ENDPOINT),
            values.get(ParityKeys.At.WHERE),
            values.find(ParityKeys.At.KIND));
    return new AcceptedAt(
        new Acceptances.Entry(
            scope,
            values.get(ParityKeys.Accept.REASON),
            values.get(ParityKeys.Accept.AUTHOR),
            values.get(ParityKeys.Accept.UNTIL)),
        rule.place());
  }

  /// What of a file without problems holds until a day only.
  static List<Expiry> expiries(Values file, Source source) {
    List<Expiry> all = new ArrayList<>();
    for (Named<Values> family : file.get(Keys.FAMILIES)) {
      Values parity = family.value().get(Keys.Family.PARITY);
      for (Placed<Values> rule : parity.get(ParityKeys.ACCEPT)) {
        AcceptedAt at = accepted(rule);
        Findings over = new Findings();
        over.add(
            at.place(),
            at.entry().scope()
                + " was accepted until "
                + at.entry().until()
                + " and counts as a mismatch again; take it out, or give it another end");
        all.add(new Expiry(at.entry().until(), over.problems(source).getFirst()));
      }
    }
    return all;
  }

  private static RouteSpec route(Placed<Values> route) {
    RouteSpec spec = route.value().get(Keys.Route.ROUTE);
    return new RouteSpec(
        spec.method(), spec.template(), route.value().find(Keys.Route.SAFE).orElse(null));
  }

  /// The paths whose `GET` has a route of its own, in whichever family.
  private static Set<String> gets(Values file) {
    return file.get(Keys.FAMILIES).stream()
        .flatMap(family -> family.value().get(Keys.Family.ROUTES).stream())
        .map(Binding::route)
        .filter(route -> "GET".equals(route.method()))
        .map(route -> route.template().shape())
        .collect(Collectors.toUnmodifiableSet());
  }

  /// The endpoints that must be proved to agree: those that only read and that a route names. A
  /// family whose routes name no read at all is proved by the `GET`s of its routes for every
  /// method, where no other route claims them.
  private static List<Endpoint> proved(List<RouteSpec> routes, Set<String> gets) {
    List<Endpoint> named =
        routes.stream().flatMap(route -> read(route, route.method()).stream()).toList();
    return named.isEmpty()
        ? routes.stream()
            .filter(route -> route.method() == null)
            .filter(route -> !gets.contains(route.template().shape()))
            .flatMap(route -> read(route, "GET").stream())
            .toList()
        : named;
  }

  private static Optional<Endpoint> read(RouteSpec route, @Nullable String method) {
    Boolean said = route.safe();
    return method != null && (said == null ? Endpoint.isRead(method) : said)
        ? Optional.of(new Endpoint(method, route.template().toString()))
        : Optional.empty();
  }
}
