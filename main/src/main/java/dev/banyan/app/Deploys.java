package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.FamilyConfig;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.cutover.VersionWatch;
import dev.banyan.cutover.VersionWatch.Deploy;
import dev.banyan.proxy.Versions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Leads the versions that the gateway sees to whoever wants to know of deploys.
///
/// Event loops tell of versions; all else happens where the executor runs it, and with [#run],
/// which is to be called about once a second.
final class Deploys implements Versions, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Deploys.class);

  private final VersionWatch watch;
  private final LongSupplier nanos;
  private final Executor telling;
  private final Consumer<Deploy> deployed;

  /// @param nanos a monotonic clock
  /// @param telling must not make its caller wait
  Deploys(VersionWatch watch, LongSupplier nanos, Executor telling, Consumer<Deploy> deployed) {
    this.watch = watch;
    this.nanos = nanos;
    this.telling = telling;
    this.deployed = deployed;
  }

  /// The families that have a service on one of their sides, by name.
  static List<String> concerned(BanyanConfig config, String service) {
    return config.families().stream()
        .filter(family ->
            family.legacyService().equals(service) || family.candidateService().equals(service))
        .map(FamilyConfig::name)
        .toList();
  }

  @Override
  public void seen(String service, String version) {
    try {
      telling.execute(() -> watch.seen(service, version, nanos.getAsLong()).ifPresent(deployed));
    } catch (RejectedExecutionException e) {
      LOG.debug("{} {} was seen while the program is being stopped", service, version, e);
    }
  }

  @Override
  public void run() {
    watch.look(nanos.getAsLong()).forEach(deployed);
  }

  /// @param shared whether others see the same, and agree through the store on who enters a deploy
  /// @param every how long after one try to enter a deploy the next one is
  static Deploys begin(
      MigrationStore store,
      boolean shared,
      Cutover cutover,
      Reload reload,
      Clockwork clockwork,
      Duration every) {
    DeployEntries entries =
        new DeployEntries(
            store,
            shared,
            cutover::deployed,
            service -> concerned(reload.config(), service),
            clockwork.blocking());
    clockwork.choreEvery(every, entries);
    return new Deploys(new VersionWatch(), System::nanoTime, clockwork.tell(), entries);
  }
}
