package dev.banyan.store.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.Unwritten;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnwrittenFileTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901234Z");
  private static final GateReading GATE =
      new GateReading(
          "errors",
          GateReading.Opinion.ROLL_BACK,
          Map.of("logE", Double.NEGATIVE_INFINITY, "tiny", Math.PI * 1e-17),
          "says \"so\" é\u0001");
  private static final List<Unwritten> ALL =
      List.of(
          new Unwritten.Back(
              "users",
              new Phase.Canary(new Weight(7)),
              AT,
              "banyan",
              "é",
              List.of(GATE),
              Duration.ofNanos(40_001),
              "{\"counts\":[1,2]}",
              "until somebody has looked"),
          new Unwritten.Back(
              "orders", new Phase.Legacy(), AT, "ann", "", List.of(), Duration.ZERO, null, null),
          new Unwritten.Hold("users", AT, "ann", "an audit"),
          new Unwritten.Stop(AT, "bob", "an incident"));

  @TempDir private Path folder;

  @Test
  void givesBackWhatWasKeptLast() throws IOException {
    try (DataDirectory directory = DataDirectory.open(folder)) {
      assertThat(new UnwrittenFile(directory).read()).isEmpty();
      new UnwrittenFile(directory).keep(ALL);
      assertThat(new UnwrittenFile(directory).read()).isEqualTo(ALL);
      new UnwrittenFile(directory).keep(List.of());
      assertThat(new UnwrittenFile(directory).read()).isEmpty();
    }
  }

  @Test
  void aDamagedFileKeepsNothingFromStarting() throws IOException {
    try (DataDirectory directory = DataDirectory.open(folder)) {
      UnwrittenFile file = new UnwrittenFile(directory);
      file.keep(ALL);
      Path path = folder.resolve("unwritten");
      byte[] good = Files.readAllBytes(path);
      for (int place : new int[] {0, 30, good.length / 2, good.length - 1}) {
        byte[] bad = good.clone();
        bad[place] ^= 1;
        Files.write(path, bad);
        assertThat(file.read()).isEmpty();
      }
      file.keep(ALL);
      assertThat(file.read()).isEqualTo(ALL);
    }
  }
}
