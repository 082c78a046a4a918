package dev.banyan.config;

import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A sandbox carries out copies of writes, so it must never be a service that somebody lives on:
/// not by its name, and not by another name for the same place. Judged by the text alone; what
/// names resolve to is looked at again while the program runs.
final class SandboxChecks {
  private static final String HERE = "localhost";

  private final Values file;
  private final Findings findings;

  SandboxChecks(Values file, Findings findings) {
    this.file = file;
    this.findings = findings;
  }

  /// Where something listens, in one spelling for all that are known to mean the same.
  record Spot(String host, int port) {
    static Spot of(URI url) {
      int port = url.getPort();
      return new Spot(
          host(url.getHost()), port >= 0 ? port : "https".equals(url.getScheme()) ? 443 : 80);
    }

    static Spot of(HostPort address) {
      return new Spot(host(address.host()), address.port());
    }

    private static String host(String written) {
      String host = written.toLowerCase(Locale.ROOT);
      if (host.startsWith("[")) {
        host = host.substring(1, host.length() - 1);
      }
      if (host.endsWith(".")) {
        host = host.substring(0, host.length() - 1);
      }
      if (host.equals(HERE) || host.endsWith("." + HERE)) { // RFC 6761 §6.3
        return HERE;
      }
      if (host.indexOf(':') < 0 && !host.matches("[0-9.]+")) {
        return host;
      }
      try {
        InetAddress address = InetAddress.ofLiteral(host);
        boolean here = address.isLoopbackAddress() || address.isAnyLocalAddress();
        return here ? HERE : address.getHostAddress();
      } catch (IllegalArgumentException _) {
        return host; // digits and dots that are no address: a name, then
      }
    }
  }

  void check(Placed<String> sandbox) {
    Optional<String> role = role(sandbox.value());
    if (role.isPresent()) {
      findings.add(
          sandbox.place(),
          "'"
              + sandbox.value()
              + "' is "
              + role.get()
              + ", and a sandbox carries out copies of writes; allowed: a service that no client"
              + " is ever answered by");
      return;
    }
    for (Placed<URI> url : urls(sandbox.value())) {
      occupant(Spot.of(url.value()))
          .ifPresent(occupant ->
              findings.add(
                  sandbox.place(),
                  "the sandbox '"
                      + sandbox.value()
                      + "' is where "
                      + occupant
                      + " is (its URL in line "
                      + url.place().line()
                      + "); allowed: a place of its own"));
    }
  }

  /// What a service is to clients, if anything.
  private Optional<String> role(String service) {
    if (Checks.legacyService(file).filter(service::equals).isPresent()) {
      return Optional.of("the legacy service");
    }
    return families().stream()
        .filter(family ->
            family.value().find(Keys.Family.CANDIDATE).filter(service::equals).isPresent())
        .findFirst()
        .map(family -> "the candidate of family '" + family.name() + "'");
  }

  /// Who of those that clients are answered by is at a place.
  private Optional<String> occupant(Spot spot) {
    for (String live : live()) {
      if (urls(live).stream().anyMatch(url -> Spot.of(url.value()).equals(spot))) {
        return Optional.of("service '" + live + "'");
      }
    }
    if (file.find(Keys.LISTEN).filter(address -> Spot.of(address).equals(spot)).isPresent()) {
      return Optional.of("Banyan itself (listen)");
    }
    return Optional.empty();
  }

  private List<String> live() {
    List<String> live = new ArrayList<>(Checks.legacyService(file).stream().toList());
    for (Named<Values> family : families()) {
      family.value().find(Keys.Family.CANDIDATE).ifPresent(live::add);
    }
    return live;
  }

  private List<Placed<URI>> urls(String service) {
    return file.find(Keys.SERVICES).orElse(List.of()).stream()
        .filter(each -> each.name().equals(service))
        .flatMap(each -> each.value().find(ServiceKeys.URL).orElse(List.of()).stream())
        .toList();
  }

  private List<Named<Values>> families() {
    return file.find(Keys.FAMILIES).orElse(List.of());
  }
}
