package dev.banyan.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverResult;
import dev.banyan.cutover.Ledger;
import dev.banyan.cutover.Order;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Phase;
import dev.banyan.parity.ParityStore.Kept;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Statement;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest {
  @TempDir private Path directory;

  private static final Order ORDER = Order.of("users", "ann", "because");

  private static void run(SqliteStore store, String sql) {
    store
        .database()
        .transaction(
            "test",
            connection -> {
              try (Statement statement = connection.createStatement()) {
                return statement.execute(sql);
              }
            });
  }

  @Test
  void aDirectoryThatItMakesIsItsOwnersAlone() throws IOException {
    Path made = directory.resolve("made");
    SqliteStore.open(made).close();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rwx------");
  }

  @Test
  void aReasonWithAnyCharacterStaysInTheChain() throws IOException {
    try (SqliteStore store = SqliteStore.open(directory)) {
      Ledger ledger = new Ledger(store.migrations());
      Cutover cutover = WritesUntilKilled.cutover(store, ledger);
      cutover.promote(Order.of("users", "a\u0000b", "x\u0000y\ud800z \ud83d\ude00"), null, null);

      assertThat(ledger.verify()).isInstanceOf(Ledger.Check.Intact.class);
    }
  }

  @Test
  void opensAgainWithAllThatWasThere() throws IOException {
    FamilyState state;
    try (SqliteStore store = SqliteStore.open(directory.resolve("a/b"))) {
      Cutover cutover = WritesUntilKilled.cutover(store, new Ledger(store.migrations()));
      assertThat(cutover.promote(ORDER, null, null)).isInstanceOf(CutoverResult.Done.class);
      state = cutover.state("users").orElseThrow();
      store.migrations().secret("key", () -> new byte[] {1, 2, 3});
      store.parity().save("users", new Kept("", ParityEvidence.none(Instant.EPOCH)));
    }
    try (SqliteStore store = SqliteStore.open(directory.resolve("a/b"))) {
      assertThat(store.migrations().standings().getFirst().state()).isEqualTo(state);
      assertThat(store.migrations().secret("key", () -> new byte[0])).containsExactly(1, 2, 3);
      assertThat(store.parity().load()).containsKey("users");
      assertThat(new Ledger(store.migrations()).verify())
          .isInstanceOfSatisfying(
              Ledger.Check.Intact.class, check -> assertThat(check.entries()).isEqualTo(1));
    }
  }

  @Test
  void writesAheadAndToTheDisk() throws IOException {
    try (SqliteStore store = SqliteStore.open(directory)) {
      String modes =
          store
              .database()
              .transaction(
                  "test",
                  connection -> {
                    try (Statement statement = connection.createStatement()) {
                      String mode = statement.executeQuery("pragma journal_mode").getString(1);
                      return mode + statement.executeQuery("pragma synchronous").getString(1);
                    }
                  });
      assertThat(modes).isEqualTo("wal2");
    }
  }

  @Test
  void isRefusedToASecondUserByName() throws IOException {
    try (SqliteStore first = SqliteStore.open(directory)) {
      assertThatThrownBy(() -> SqliteStore.open(directory))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("in use by process " + ProcessHandle.current().pid());
      assertThat(first.migrations().standings()).isEmpty();
    }
    SqliteStore.open(directory).close();
  }

  @Test
  void survivesAKillAmidWritesAndIsRefusedToOthersUntilThen() throws Exception {
    for (int kill = 0; kill < 3; kill++) {
      Process child = child();
      long acknowledged = 0;
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
        for (int i = 0; i < 20 + 7 * kill; i++) {
          acknowledged = nextEpoch(lines, acknowledged);
        }
        assertThatThrownBy(() -> SqliteStore.open(directory))
            .hasMessageContaining("in use by process " + child.pid());
        // Not through the process itself, which would close what is still to be read.
        assertThat(child.toHandle().destroyForcibly()).isTrue();
        child.waitFor();
        long last = acknowledged;
        while ((acknowledged = nextEpoch(lines, acknowledged)) != last) {
          last = acknowledged;
        }
      }
      assertThat(acknowledged).isPositive();
      assertKept(acknowledged);
    }
  }

  /// The next epoch that the child says is recorded, or the last one at its end.
  private static long nextEpoch(BufferedReader lines, long last) throws IOException {
    String line;
    while ((line = lines.readLine()) != null) {
      // Its log goes to the same place; a line that the kill cut short says nothing.
      if (line.matches("recorded \\d+ \\.")) {
        return Long.parseLong(line.substring("recorded ".length(), line.length() - 2));
      }
    }
    return last;
  }

  private Process child() throws IOException {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            WritesUntilKilled.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private void assertKept(long acknowledged) throws IOException {
    try (SqliteStore store = SqliteStore.open(directory)) {
      Ledger ledger = new Ledger(store.migrations());
      assertThat(ledger.verify()).isInstanceOf(Ledger.Check.Intact.class);
      FamilyState state = store.migrations().standings().getFirst().state();
      assertThat(state.epoch()).isGreaterThanOrEqualTo(acknowledged);
      assertThat(ledger.head().orElseThrow().after()).isEqualTo(state);
    }
  }

  @Test
  void aLedgerEditedInTheFileIsFound() throws IOException {
    try (SqliteStore store = SqliteStore.open(directory)) {
      Ledger ledger = new Ledger(store.migrations());
      Cutover cutover = WritesUntilKilled.cutover(store, ledger);
      cutover.promote(ORDER, null, null);
      cutover.rollback(ORDER, null);
      cutover.promote(ORDER, null, null);
      assertThat(ledger.verify()).isInstanceOf(Ledger.Check.Intact.class);

      run(store, "update ledger set actor = 'bob' where seq = 2");
      assertThat(ledger.verify())
          .isEqualTo(
              new Ledger.Check.Broken(
                  1, 2, "entry 2 was edited: its hash does not fit what it says"));
      run(store, "update ledger set gates = 'nonsense' where seq = 2");
      assertThat(ledger.verify())
          .isInstanceOfSatisfying(
              Ledger.Check.Broken.class,
              broken -> {
                assertThat(broken.at()).isEqualTo(2);
                assertThat(broken.detail()).contains("entry 2 is unreadable");
              });
      run(store, "delete from ledger where seq = 2");
      assertThat(ledger.verify())
          .isInstanceOfSatisfying(
              Ledger.Check.Broken.class,
              broken -> assertThat(broken.detail()).contains("entry 2 is missing"));
    }
  }

  @Test
  void saysThatTheFileIsDamaged() throws IOException {
    Files.writeString(directory.resolve("banyan.db"), "no database, ".repeat(1_000));

    assertThatThrownBy(() -> SqliteStore.open(directory))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("banyan.db")
        .hasMessageContaining("the file is damaged");
    // The directory is free again.
    Files.delete(directory.resolve("banyan.db"));
    SqliteStore.open(directory).close();
  }

  @Test
  void saysThatTheDirectoryIsNone() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> SqliteStore.open(file.resolve("data")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can not be made");
  }

  @Test
  void aFullDiskStopsPromotionsAndNeverARollback() throws IOException {
    try (SqliteStore store = SqliteStore.open(directory)) {
      Ledger ledger = new Ledger(store.migrations());
      Cutover cutover = WritesUntilKilled.cutover(store, ledger);
      cutover.promote(ORDER, null, null);
      store.migrations().secret("filler" + System.nanoTime(), () -> new byte[8_000]);
      String full = fill(store);
      assertThat(full).contains("banyan.db", "the disk is full");

      Order longOne = Order.of("users", "ann", "because ".repeat(5_000));
      assertThat(cutover.rollback(longOne, null))
          .isInstanceOfSatisfying(
              CutoverResult.Done.class,
              done -> {
                assertThat(done.recorded()).isFalse();
                assertThat(done.after().phase()).isEqualTo(new Phase.Legacy());
              });
      assertThat(cutover.promote(ORDER, null, null))
          .isInstanceOfSatisfying(
              CutoverResult.Refused.class,
              refused -> assertThat(refused.code().word()).isEqualTo("store-unavailable"));

      run(store, "pragma max_page_count = 1000000");
      assertThat(cutover.promote(ORDER, null, null)).isInstanceOf(CutoverResult.Done.class);
      assertThat(ledger.verify()).isInstanceOf(Ledger.Check.Intact.class);
      assertThat(ledger.head().orElseThrow().seq()).isEqualTo(3);
    }
  }

  @Test
  void aRollbackIsWrittenThoughTheDiskIsFull(@TempDir Path disk) throws Exception {
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString()) == 0);
    try (SqliteStore store = SqliteStore.open(disk.resolve("data"))) {
      Ledger ledger = new Ledger(store.migrations());
      Cutover cutover = WritesUntilKilled.cutover(store, ledger);
      cutover.promote(ORDER, null, null);
      fillDisk(disk.resolve("somebody-elses"));

      assertARollbackAloneIsWritten(cutover);
      assertThat(ledger.verify()).isInstanceOf(Ledger.Check.Intact.class);
    } finally {
      assertThat(run("umount", disk.toString())).isZero();
    }
  }

  @Test
  void theSecondTimeThatTheDiskIsFullARollbackIsWrittenToo(@TempDir Path disk) throws Exception {
    assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk.toString()) == 0);
    try (SqliteStore store = SqliteStore.open(disk.resolve("data"))) {
      Ledger ledger = new Ledger(store.migrations());
      Cutover cutover = WritesUntilKilled.cutover(store, ledger);
      for (int i = 0; i < 2; i++) {
        assertThat(cutover.promote(ORDER, null, null)).isInstanceOf(CutoverResult.Done.class);
        Path filler = disk.resolve("somebody-elses");
        fillDisk(filler);
        assertARollbackAloneIsWritten(cutover);
        Files.delete(filler);
      }
    } finally {
      assertThat(run("umount", disk.toString())).isZero();
    }
  }

  private static void assertARollbackAloneIsWritten(Cutover cutover) {
    assertThat(cutover.promote(ORDER, null, null)).isInstanceOf(CutoverResult.Refused.class);
    assertThat(cutover.rollback(ORDER, null))
        .isInstanceOfSatisfying(
            CutoverResult.Done.class, done -> assertThat(done.recorded()).isTrue());
  }

  private static int run(String... command) throws Exception {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private static void fillDisk(Path file) {
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(new byte[4_096]);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  /// Lets the file grow no more, and returns what a write that needs room says then.
  private static String fill(SqliteStore store) {
    run(store, "pragma max_page_count = 1");
    try {
      store.migrations().secret("more", () -> new byte[100_000]);
    } catch (UncheckedIOException e) {
      return String.valueOf(e.getMessage());
    }
    return "there was room";
  }
}
