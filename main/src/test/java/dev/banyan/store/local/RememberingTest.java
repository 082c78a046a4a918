package dev.banyan.store.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.cutover.Approval;
import dev.banyan.cutover.Baseline;
import dev.banyan.cutover.ChainLink;
import dev.banyan.cutover.Change;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.cutover.Standing;
import dev.banyan.cutover.Writing;
import dev.banyan.cutover.Written;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.store.sqlite.SqliteStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RememberingTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901234Z");
  private static final Standing CANARY =
      new Standing(
          new FamilyState("users", new Phase.Canary(new Weight(7)), 2, "an é audit", true, AT),
          new Baseline(
              new Baseline.Yardstick(
                  120,
                  7,
                  List.of(new Baseline.Threshold(0.5, Duration.ofNanos(12_345_678), 1.0 / 3))),
              Baseline.Yardstick.NONE),
          new Approval(Phase.Name.READS, 2, "eve"));

  @TempDir private Path folder;
  private SqliteStore store;
  private DataDirectory directory;

  @BeforeEach
  void open() throws IOException {
    store = SqliteStore.open(folder.resolve("store"));
    directory = DataDirectory.open(folder.resolve("data"));
  }

  @AfterEach
  void close() {
    store.close();
    directory.close();
  }

  /// A store that can not be reached.
  private static final class Gone implements MigrationStore {
    private static UncheckedIOException gone() {
      return new UncheckedIOException(new IOException("the store is gone"));
    }

    @Override
    public List<Standing> standings() {
      throw gone();
    }

    @Override
    public Optional<String> stoppedLine() {
      throw gone();
    }

    @Override
    public Written write(List<Writing> writings, @Nullable Long term) {
      throw gone();
    }

    @Override
    public Optional<ChainLink> anchor() {
      throw gone();
    }

    @Override
    public Optional<String> note(String name) {
      throw gone();
    }

    @Override
    public void note(String name, String text) {
      throw gone();
    }

    @Override
    public boolean claim(String name, String text) {
      throw gone();
    }

    @Override
    public List<LedgerEntry> page(long after, int limit) {
      throw gone();
    }

    @Override
    public Optional<LedgerEntry> head() {
      throw gone();
    }

    @Override
    public byte[] secret(String name, Supplier<byte[]> fresh) {
      throw gone();
    }
  }

  private static LedgerEntry.Draft draft() {
    return new LedgerEntry.Draft(
        AT,
        LedgerEntry.Kind.PROMOTE,
        "users",
        "ann",
        "why",
        FamilyState.initial("users", AT),
        CANARY.state(),
        List.of(
            new GateReading(
                "parity",
                GateReading.Opinion.ROLL_BACK,
                Map.of("logE", Double.NEGATIVE_INFINITY, "tiny", Math.PI * 1e-17),
                "so")),
        Duration.ofNanos(7),
        "{}");
  }

  private LedgerEntry life() {
    Remembering remembering = new Remembering(store.migrations(), directory);
    remembering.standings();
    remembering.secret("key", () -> new byte[] {1, 0, -1});
    Written written =
        remembering.write(draft(), new Change.Move(Standing.initial(CANARY), CANARY), null);
    remembering.write(
        new LedgerEntry.Draft(
            AT, LedgerEntry.Kind.STOP_LINE, null, "ann", "x", null, null, List.of(), null, null),
        new Change.Line("an incident"),
        null);
    assertThat(written).isInstanceOf(Written.Done.class);
    return remembering.head().orElseThrow();
  }

  private Remembering withoutStore() {
    return new Remembering(new Gone(), directory);
  }

  @Test
  void aStartWithoutTheStoreFindsAllThatAStartAsksFor() {
    LedgerEntry head = life();

    Remembering remembering = withoutStore();
    assertThat(remembering.standings()).containsExactly(CANARY);
    assertThat(remembering.stoppedLine()).contains("an incident");
    assertThat(remembering.head()).contains(head);
    assertThat(remembering.secret("key", () -> new byte[0])).containsExactly(1, 0, -1);
    assertThatThrownBy(() -> remembering.secret("other", () -> new byte[0]))
        .hasMessageContaining("gone");
  }

  @Test
  void nothingIsWrittenWithoutTheStore() {
    life();
    Remembering remembering = withoutStore();
    assertThatThrownBy(() -> remembering.write(draft(), null, null)).hasMessageContaining("gone");
    assertThat(remembering.standings()).containsExactly(CANARY);
  }

  @Test
  void whatTheStoreHasIsNotSaidWithoutIt() {
    life();
    Remembering remembering = withoutStore();
    assertThat(remembering.standings()).containsExactly(CANARY);
    assertThatThrownBy(remembering::stored)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("gone");
  }

  @Test
  void whatIsHeardOfOthersIsKeptAtTheNextSave() {
    life();
    Standing legacy = new Standing(new FamilyState("users", new Phase.Legacy(), 3, null, AT), null);
    Remembering remembering = new Remembering(store.migrations(), directory);
    remembering.learn(List.of(legacy), null);
    assertThat(withoutStore().standings()).containsExactly(CANARY);
    remembering.save();

    assertThat(withoutStore().standings()).containsExactly(legacy);
    assertThat(withoutStore().stoppedLine()).isEmpty();
  }

  @Test
  void whatIsHeardLateDoesNotReplaceWhatWasWrittenSince() {
    life();
    Standing shadow = new Standing(new FamilyState("users", new Phase.Shadow(), 1, null, AT), null);
    Remembering remembering = new Remembering(store.migrations(), directory);
    remembering.learn(List.of(shadow), null);
    remembering.save();

    assertThat(withoutStore().standings()).containsExactly(CANARY);
  }

  @Test
  void aStoreThatHasGoneBackIsBelievedButForItsNumbers() throws IOException {
    life();
    try (SqliteStore older = SqliteStore.open(folder.resolve("older"))) {
      Standing shadow =
          new Standing(new FamilyState("users", new Phase.Shadow(), 1, null, AT), null);
      older.migrations().write(draft(), new Change.Move(Standing.initial(shadow), shadow), null);
      Remembering remembering = new Remembering(older.migrations(), directory);

      assertThat(remembering.standings()).containsExactly(shadow);
      assertThat(remembering.highestEpochs()).containsExactly(Map.entry("users", 2L));
      assertThat(withoutStore().highestEpochs()).containsExactly(Map.entry("users", 2L));
      assertThat(withoutStore().standings().getFirst().state()).isEqualTo(shadow.state().at(2));
    }
  }

  @Test
  void aDamagedFileIsNotUsedAndIsReplaced() throws IOException {
    life();
    Path file = directory.path().resolve("last-known-good");
    byte[] good = Files.readAllBytes(file);
    for (int place : new int[] {0, 30, good.length / 2, good.length - 1}) {
      byte[] bad = good.clone();
      bad[place] ^= 1;
      Files.write(file, bad);
      assertThatThrownBy(() -> withoutStore().standings()).hasMessageContaining("gone");
    }
    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> withoutStore().standings()).hasMessageContaining("gone");

    new Remembering(store.migrations(), directory).standings();
    assertThat(withoutStore().standings()).containsExactly(CANARY);
  }

  @Test
  void withoutAFileTheStoreIsNeeded() {
    assertThatThrownBy(() -> withoutStore().standings()).hasMessageContaining("gone");
  }

  @Test
  void theFileIsItsOwnersAlone() throws IOException {
    life();
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.path().resolve("last-known-good"))))
        .isEqualTo("rw-------");
  }

  @Test
  void aReplicaKeepsTheNameThatItWasGiven() throws IOException {
    String name = ReplicaName.of(directory, "host.é/1", () -> "x7");
    assertThat(name).isEqualTo("host.1-x7");
    assertThat(ReplicaName.of(directory, "other", () -> "y8")).isEqualTo(name);

    Files.writeString(directory.path().resolve("replica"), "no name\n");
    assertThatThrownBy(() -> ReplicaName.of(directory, "other", () -> "y8"))
        .hasMessageContaining("it holds no name");
  }
}
