package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.ConfigWatcher;
import dev.banyan.config.Environment;
import dev.banyan.cutover.CandidateHealth;
import dev.banyan.cutover.Comparisons;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverListener;
import dev.banyan.cutover.CutoverPorts;
import dev.banyan.cutover.FamilyPolicy;
import dev.banyan.cutover.Handovers;
import dev.banyan.cutover.Ledger;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.Replicas;
import dev.banyan.cutover.RowAgreement;
import dev.banyan.cutover.Traffic;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Side;
import dev.banyan.migration.SideEvidence;
import dev.banyan.parity.Redaction;
import dev.banyan.shadow.ShadowCounts;
import dev.banyan.statistics.TrafficTick;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A replica that has compared nothing, among others that have.
class BasisTest {
  @TempDir private Path folder;

  /// What all replicas have compared.
  private ParityEvidence all = ParityEvidence.none(Instant.EPOCH);

  private final List<String> anew = new ArrayList<>();

  @Test
  void whatOthersHaveComparedBeginsAnewWhereSomethingElseIsRuledHere() throws IOException {
    BanyanConfig before = config("GET /users");
    try (Storage storage = Storage.open(before, folder, () -> Instant.EPOCH, new SecureRandom())) {
      Evidence evidence =
          new Evidence(
              storage, new Redaction(new byte[32]), _ -> ShadowCounts.NONE, () -> Instant.EPOCH);
      Basis basis = new Basis(cutover(storage), evidence, () -> Instant.EPOCH);
      basis.adopt(before, "it begins");
      assertThat(anew).isEmpty();

      all = new ParityEvidence(Instant.EPOCH, 9, 9, 0, 0, 0, Map.of(), Map.of(), List.of());
      basis.adopt(before, "nothing has changed");
      assertThat(anew).isEmpty();
      basis.adopt(config("/users"), "its routes changed");
      assertThat(anew).containsExactly("users");
      assertThat(storage.migrations().head().orElseThrow().kind())
          .isEqualTo(LedgerEntry.Kind.PARITY_RESET);

      basis.adopt(config("/users", "cookie:session"), "its units are others");
      assertThat(anew).containsExactly("users", "users");
    }
  }

  private BanyanConfig config(String route) throws IOException {
    return config(route, "ip");
  }

  private BanyanConfig config(String route, String sticky) throws IOException {
    Path file = folder.resolve("banyan.yaml");
    Files.writeString(
        file,
        """
        listen: 127.0.0.1:0
        control: { listen: "127.0.0.1:0" }
        services:
          legacy: { url: http://127.0.0.1:3000 }
          users: { url: http://127.0.0.1:4000 }
        families:
          users: { routes: ["%s"], candidate: users, sticky: "%s" }
        """
            .formatted(route, sticky));
    ConfigWatcher watcher = new ConfigWatcher(new ConfigFile(file, Environment.of(Map.of())));
    return ((ConfigResult.Loaded) watcher.load()).config();
  }

  private Cutover cutover(Storage storage) {
    Cutover cutover =
        new Cutover(
            new CutoverPorts(
                storage.migrations(),
                storage.backlog(),
                state -> {},
                new NoTraffic(),
                new OfAll(),
                new NothingToAsk(),
                RowAgreement.NONE,
                Handovers.NONE,
                new CutoverListener() {},
                Replicas.ALONE,
                () -> Instant.EPOCH,
                () -> 0,
                Runnable::run),
            new Ledger(storage.migrations()),
            Cutover.Known.of(storage.migrations()));
    cutover.configure(List.of(FamilyPolicy.plain("users")), states -> {});
    return cutover;
  }

  private final class OfAll implements Comparisons {
    @Override
    public ParityEvidence evidence(String family) {
      return all;
    }

    @Override
    public long period(String family) {
      return 0;
    }

    @Override
    public void anew(String family) {
      anew.add(family);
    }
  }

  private static final class NothingToAsk implements CandidateHealth {
    @Override
    public Answer last(String family) {
      return new Undeclared();
    }

    @Override
    public Answer ask(String family) {
      return new Undeclared();
    }
  }

  private static final class NoTraffic implements Traffic {
    @Override
    public SideEvidence total(String family, long epoch, Side side) {
      return SideEvidence.NONE;
    }

    @Override
    public TrafficTick tick(String family, long epoch) {
      return TrafficTick.NONE;
    }
  }
}
