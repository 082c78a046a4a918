package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.Environment;
import dev.banyan.config.FamilyConfig;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.proxy.Freshness;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.Route;
import dev.banyan.routing.RoutingTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SteeringTest {
  private static final Phase WRITES = new Phase.Writes(Weight.FULL);
  private static final Phase READS = new Phase.Reads();
  private static final long WITHIN = 5;
  private static final long AFTER = 15;

  @TempDir Path folder;
  private final LiveTable live = new LiveTable(RoutingTable.compile("old", List.of()));
  private final Steering steering = new Steering(live);

  private void publish(Phase phase, String onStoreLoss) throws IOException {
    Path file = folder.resolve("banyan.yaml");
    Files.writeString(
        file,
        """
        legacy: old
        services: { old: { url: http://127.0.0.1:1 }, new: { url: http://127.0.0.1:2 } }
        families:
          own: { routes: [/own], candidate: new, data: synced, on_store_loss: %s }
          one: { routes: [/one], candidate: new, data: shared }
        """
            .formatted(onStoreLoss));
    ConfigResult result = new ConfigFile(file, Environment.of(Map.of())).load();
    BanyanConfig config = ((ConfigResult.Loaded) result).config();
    steering.publish(
        RoutingTable.compile(
            "old", config.families().stream().map(each -> each.routesIn(phase, 1)).toList()),
        config.families().stream().map(FamilyConfig::policy).toList());
    live.extend(10);
  }

  private String decision(String method, String path, long now) {
    Route route = Objects.requireNonNull(live.current(now).match(method, path));
    return route.decideFor(0).isHeld() ? "held" : route.decideFor(0).primary().word();
  }

  @Test
  void aHoldIsOfItsFamiliesWritesAndOutlastsMovesAndConfigurations() throws IOException {
    publish(READS, "by-phase");
    steering.hold(Set.of("own"));
    assertThat(decision("POST", "/own", WITHIN)).isEqualTo("held");
    assertThat(decision("GET", "/own", WITHIN)).isEqualTo("candidate");
    assertThat(decision("POST", "/one", WITHIN)).isEqualTo("legacy");
    publish(WRITES, "by-phase");
    assertThat(decision("POST", "/own", WITHIN)).isEqualTo("held");

    steering.hold(Set.of("own"));
    steering.release(Set.of("own"));
    assertThat(decision("POST", "/own", WITHIN)).isEqualTo("held");
    steering.release(Set.of("own"));
    assertThat(decision("POST", "/own", WITHIN)).isEqualTo("candidate");
  }

  @Test
  void whoHoldsSeesWhatIsUnderWayAndReleasesOnce() throws IOException {
    publish(READS, "by-phase");
    WriteKeeping keeping =
        new WriteKeeping(
            steering,
            Freshness.UNKNOWN,
            _ -> {},
            new byte[32],
            System::nanoTime,
            InstantSource.system());
    WriteKeeping.Hold first = keeping.hold(Set.of("own"), each -> OptionalInt.of(each.size()));
    WriteKeeping.Hold second = keeping.hold(Set.of("own"), each -> OptionalInt.of(each.size()));
    assertThat(first.inFlight()).hasValue(1);
    first.release();
    first.release();
    assertThat(decision("POST", "/own", WITHIN)).isEqualTo("held");
    second.release();
    assertThat(decision("POST", "/own", WITHIN)).isEqualTo("legacy");
  }

  @Test
  void onlyFamiliesWithDataOfTheirOwnAreHeld() throws IOException {
    publish(READS, "by-phase");
    assertThatThrownBy(() -> steering.hold(Set.of("own", "one")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'one'");
    assertThat(decision("POST", "/own", WITHIN)).isEqualTo("legacy");
  }

  @Test
  void aProcessThatGoesOnAfterItsLeaseSendsNoWriteToWhoeverWasTheOwner() throws IOException {
    for (Phase phase : new Phase[] {new Phase.Canary(Weight.FULL), READS, WRITES}) {
      publish(phase, "stay");
      assertThat(decision("POST", "/own", WITHIN)).isNotEqualTo("held");
      assertThat(decision("POST", "/own", AFTER)).isEqualTo("held");
      assertThat(decision("POST", "/one", AFTER)).isEqualTo("legacy");
    }
    live.extend(LiveTable.FOR_EVER);
    assertThat(decision("POST", "/own", AFTER)).isEqualTo("candidate");
  }

  @Test
  void cutOffItHoldsThemWhereTheNextMoveCanChangeTheOwnerWhateverItDoesWithReads()
      throws IOException {
    publish(READS, "by-phase");
    steering.cutOff(true);
    assertThat(decision("POST", "/own", AFTER)).isEqualTo("held");
    assertThat(decision("GET", "/own", AFTER)).isEqualTo("candidate");
    assertThat(decision("POST", "/own", WITHIN)).isEqualTo("legacy");
    publish(WRITES, "legacy");
    assertThat(decision("POST", "/own", AFTER)).isEqualTo("held");
    publish(new Phase.Canary(Weight.FULL), "by-phase");
    assertThat(decision("POST", "/own", AFTER)).isEqualTo("legacy");
    publish(WRITES, "stay");
    assertThat(decision("POST", "/own", AFTER)).isEqualTo("held");
    assertThat(decision("GET", "/own", AFTER)).isEqualTo("candidate");
  }
}
