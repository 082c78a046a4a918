package dev.banyan.config;

import dev.banyan.notification.Target;
import dev.banyan.proxy.FrontTls;
import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.proxy.TrustedProxies;
import dev.banyan.shadow.ShadowOptions;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.TransferOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A valid `banyan.yaml`, as the options of the features that it configures.
///
/// @param listen where clients are served
/// @param tls what clients are shown, or null where they speak plainly
/// @param legacyService the service that answers what no family claims
/// @param services at least one, in the order of the file, like `families`
/// @param metrics the Prometheus pages of those services that have one, by name
/// @param accessLog the file as it was written, `-` for the standard output, or null for none
/// @param store the one that several replicas share, or null for a file of one process
/// @param databases those that rows are moved between, in the order of the file, like `transfers`
public record BanyanConfig(
    HostPort listen,
    @Nullable FrontTls tls,
    TrustedProxies trustedProxies,
    GatewayOptions.Limits limits,
    Control control,
    String legacyService,
    List<ServiceOptions> services,
    List<FamilyConfig> families,
    ShadowOptions shadow,
    @Nullable String accessLog,
    Ledger ledger,
    List<Target> notifications,
    Map<String, URI> metrics,
    @Nullable SharedStore store,
    List<DatabaseOptions> databases,
    List<TransferOptions> transfers) {
  public BanyanConfig {
    services = List.copyOf(services);
    families = List.copyOf(families);
    notifications = List.copyOf(notifications);
    metrics = Map.copyOf(metrics);
    databases = List.copyOf(databases);
    transfers = List.copyOf(transfers);
  }

  public Optional<FamilyConfig> family(String name) {
    return families.stream().filter(family -> family.name().equals(name)).findFirst();
  }

  public Optional<TransferOptions> transfer(String name) {
    return transfers.stream().filter(transfer -> transfer.name().equals(name)).findFirst();
  }

  /// @throws IllegalArgumentException where there is none of that name, which the file's checks
  ///   exclude for every transfer
  public DatabaseOptions database(String name) {
    return databases.stream()
        .filter(database -> database.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no database is called " + name));
  }

  /// A PostgreSQL that several replicas share.
  ///
  /// @param url of JDBC, without credentials
  /// @param user null for the driver's default, as likewise `password`
  /// @param replica this process's name among the replicas, or null to be given one
  public record SharedStore(
      String url,
      @Nullable String user,
      @Nullable Secret password,
      String schema,
      @Nullable String replica) {}

  /// How the control API is reached.
  ///
  /// @param token what callers must show, or null; never null where others than this machine can
  ///   reach `listen`
  public record Control(HostPort listen, @Nullable Secret token) {}

  /// How the record of decisions is kept.
  ///
  /// @param retention how long, or null for ever
  /// @param headFile where the newest entry is named, or null for the data directory's own place
  public record Ledger(@Nullable Duration retention, @Nullable Path headFile) {}
}
