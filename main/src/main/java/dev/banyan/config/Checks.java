package dev.banyan.config;

import dev.banyan.proxy.ServiceOptions;
import dev.banyan.routing.RouteSpec;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What must hold between the keys of a file. Runs also on a file with other problems, on what
/// could be read of it.
final class Checks {
  private final Values file;
  private final Findings findings;
  private final List<String> services;

  private Checks(Values file, Findings findings) {
    this.file = file;
    this.findings = findings;
    this.services = file.find(Keys.SERVICES).orElse(List.of()).stream().map(Named::name).toList();
  }

  static void run(Values file, Findings findings) {
    Checks checks = new Checks(file, findings);
    checks.addresses();
    checks.store();
    checks.certificate();
    checks.services();
    checks.legacy();
    checks.shadow();
    checks.families();
    NotificationKeys.check(file, findings);
    GoalKeys.check(file, findings);
    DatabaseKeys.check(file, findings);
    TransferChecks.run(file, findings);
  }

  /// The service that answers what no family claims, where it can be told.
  static Optional<String> legacyService(Values file) {
    List<String> names =
        file.find(Keys.SERVICES).orElse(List.of()).stream().map(Named::name).toList();
    Optional<String> said = file.find(Keys.LEGACY);
    if (said.isPresent()) {
      return said.filter(names::contains);
    }
    if (names.contains(Keys.LEGACY.name())) {
      return Optional.of(Keys.LEGACY.name());
    }
    return names.size() == 1 ? Optional.of(names.getFirst()) : Optional.empty();
  }

  private void addresses() {
    Optional<Placed<HostPort>> control =
        file.find(Keys.CONTROL).flatMap(values -> values.placed(Keys.Control.LISTEN));
    if (control.isEmpty()) {
      return;
    }
    HostPort address = control.get().value();
    Place place = control.get().place();
    boolean token = file.find(Keys.CONTROL).flatMap(v -> v.find(Keys.Control.TOKEN)).isPresent();
    if (!address.loopback() && !token) {
      findings.add(
          place,
          "others than this machine can reach '"
              + address
              + "' and there is no valid control.token; allowed: a token, or a loopback address"
              + " such as 127.0.0.1:8081");
    }
    Optional<Placed<HostPort>> listen = file.placed(Keys.LISTEN);
    if (listen.isPresent() && listen.get().value().collidesWith(address)) {
      findings.add(
          control.get().written().isEmpty() ? listen.get().place() : place,
          "'"
              + address
              + "' of control.listen and '"
              + listen.get().value()
              + "' of listen cannot both be had; allowed: two different ports");
    }
  }

  /// Whoever names a user or a schema means a database, and would get a file.
  private void store() {
    Optional<Values> store = file.find(Keys.STORE);
    if (store.isEmpty() || store.get().find(StoreKeys.URL).isPresent()) {
      return;
    }
    Stream<Placed<?>> schema =
        store.get().placed(StoreKeys.SCHEMA).stream()
            .filter(placed -> !placed.written().isEmpty())
            .map(placed -> placed);
    Stream<Placed<?>> others =
        Stream.of(StoreKeys.USER, StoreKeys.PASSWORD, StoreKeys.REPLICA)
            .flatMap(key -> store.get().placed(key).stream());
    Stream.concat(schema, others)
        .map(Placed::place)
        .findFirst()
        .ifPresent(place ->
            findings.add(
                place,
                "store has no valid store.url; for example: url:"
                    + " jdbc:postgresql://db.internal/banyan"));
  }

  private void certificate() {
    Optional<Values> tls = file.find(Keys.TLS);
    Optional<Placed<String>> certificate = tls.flatMap(v -> v.placed(FrontKeys.Tls.CERTIFICATE));
    Optional<Placed<String>> key = tls.flatMap(v -> v.placed(FrontKeys.Tls.KEY));
    if (certificate.isPresent() && key.isEmpty()) {
      findings.add(
          certificate.get().place(), "tls.certificate needs tls.key; for example: key: tls.key");
    } else if (key.isPresent() && certificate.isEmpty()) {
      findings.add(
          key.get().place(), "tls.key needs tls.certificate; for example: certificate: tls.crt");
    }
  }

  private void services() {
    for (Named<Values> service : file.find(Keys.SERVICES).orElse(List.of())) {
      Values values = service.value();
      values
          .find(ServiceKeys.URL)
          .filter(urls -> !urls.isEmpty())
          .ifPresent(urls -> schemes(values, urls, urls.getFirst()));
    }
  }

  private void schemes(Values service, List<Placed<URI>> urls, Placed<URI> first) {
    String scheme = first.value().getScheme();
    for (Placed<URI> url : urls) {
      if (!url.value().getScheme().equals(scheme)) {
        findings.add(
            url.place(),
            "'" + url.value() + "' is not " + scheme + " like the first; allowed: one scheme");
      }
    }
    service
        .placed(ServiceKeys.PROTOCOL)
        .ifPresent(protocol -> {
          boolean secure = scheme.equals("https");
          if (protocol.value() == ServiceOptions.Protocol.H2 && !secure) {
            findings.add(
                protocol.place(), "h2 is HTTP/2 over TLS, and the URL is http; allowed: h2c");
          } else if (protocol.value() == ServiceOptions.Protocol.H2C && secure) {
            findings.add(
                protocol.place(), "h2c is HTTP/2 without TLS, and the URL is https; allowed: h2");
          }
        });
  }

  private void legacy() {
    Optional<Placed<String>> said = file.placed(Keys.LEGACY);
    if (said.isPresent()) {
      known(said.get());
    } else if (services.size() > 1 && legacyService(file).isEmpty()) {
      findings.add(
          file.placed(Keys.SERVICES).map(Placed::place).orElse(Place.FILE),
          "it is not said which of these is the legacy; call one of them 'legacy', or add for"
              + " example: legacy: "
              + services.getFirst());
    }
  }

  private boolean known(Placed<String> service) {
    String name = service.value();
    boolean known = services.contains(name);
    if (!known) {
      String complaint =
          service.filledIn()
              ? "what is filled in for '" + service.written() + "' is not the name of a service"
              : "there is no service '" + name + "'" + Nearest.hint(name, services);
      String exist = services.isEmpty() ? "(none)" : String.join(", ", services);
      findings.add(service.place(), complaint + "; allowed: " + exist);
    }
    return known;
  }

  private void shadow() {
    Optional<Values> shadow = file.find(Keys.SHADOW);
    Optional<Placed<Long>> body = shadow.flatMap(values -> values.placed(Keys.Shadow.BODY));
    Optional<Long> memory = shadow.flatMap(values -> values.find(Keys.Shadow.MEMORY));
    if (body.isPresent() && memory.isPresent() && body.get().value() > memory.get()) {
      findings.add(
          body.get().place(),
          body.get().value()
              + " bytes for one body do not fit into shadow.memory; allowed: up to "
              + memory.get()
              + " bytes");
    }
  }

  private void families() {
    Map<String, Claim> claims = new HashMap<>();
    PolicyChecks policies = new PolicyChecks(file, findings);
    policies.freezes();
    for (Named<Values> family : file.find(Keys.FAMILIES).orElse(List.of())) {
      Values values = family.value();
      values.placed(Keys.Family.CANDIDATE).ifPresent(this::candidate);
      policies.family(values);
      values.find(Keys.Family.SHADOW).ifPresent(this::writes);
      for (Placed<Values> route : values.find(Keys.Family.ROUTES).orElse(List.of())) {
        route.value().placed(Keys.Route.ROUTE).ifPresent(spec -> claim(family, spec, claims));
        safety(route.value());
      }
      RuleChecks.run(values, findings);
      DualKeys.check(values, findings);
    }
  }

  private void candidate(Placed<String> candidate) {
    Optional<String> legacy = legacyService(file);
    if (known(candidate) && legacy.isPresent() && legacy.get().equals(candidate.value())) {
      List<String> others = services.stream().filter(name -> !name.equals(legacy.get())).toList();
      findings.add(
          candidate.place(),
          "'"
              + candidate.value()
              + "' is the legacy service; a family moves to another one; allowed: "
              + (others.isEmpty() ? "(declare another service)" : String.join(", ", others)));
    }
  }

  private void writes(Values shadow) {
    Optional<Placed<Keys.Writes>> writes = shadow.placed(Keys.Sampling.WRITES);
    Optional<Placed<String>> sandbox = shadow.placed(Keys.Sampling.SANDBOX);
    boolean wanted = writes.isPresent() && writes.get().value() == Keys.Writes.SANDBOX;
    if (wanted && sandbox.isEmpty()) {
      findings.add(
          writes.get().place(),
          "'sandbox' needs to know which service that is; for example: sandbox: users-sandbox");
    } else if (!wanted && writes.isPresent() && sandbox.isPresent()) {
      findings.add(
          sandbox.get().place(),
          "a sandbox gets nothing while writes is '"
              + writes.get().value().word()
              + "'; allowed: writes: sandbox, or no sandbox");
    }
    if (sandbox.isPresent() && known(sandbox.get())) {
      new SandboxChecks(file, findings).check(sandbox.get());
    }
  }

  private record Claim(String family, Placed<RouteSpec> route) {}

  private void claim(Named<Values> family, Placed<RouteSpec> route, Map<String, Claim> claims) {
    RouteSpec spec = route.value();
    String requests = spec.method() + " " + spec.template().shape();
    Claim before = claims.putIfAbsent(requests, new Claim(family.name(), route));
    if (before != null) {
      Place first = before.route().place();
      findings.add(
          route.place(),
          "'"
              + spec
              + "' is claimed already by '"
              + before.route().value()
              + "' of "
              + (before.family().equals(family.name())
                  ? "this family"
                  : "family '" + before.family() + "'")
              + " (line "
              + first.line()
              + ", column "
              + first.column()
              + "); allowed: each route once");
    }
  }

  /// A route for every method with `safe: true` would call a DELETE a read, and shadow it.
  private void safety(Values route) {
    Optional<RouteSpec> spec = route.find(Keys.Route.ROUTE);
    Optional<Placed<Boolean>> safe = route.placed(Keys.Route.SAFE);
    if (spec.isPresent() && spec.get().method() == null && safe.isPresent() && safe.get().value()) {
      findings.add(
          safe.get().place(),
          "'"
              + spec.get()
              + "' is for every method, DELETE too; allowed: 'safe: true' on a route that names"
              + " its method, such as POST "
              + spec.get().template());
    }
  }
}
