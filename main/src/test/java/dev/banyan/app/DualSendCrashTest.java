package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.store.sqlite.SqliteStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The process ends at each of its writes to the store in turn, right before it and right after it.
/// Between two writes lie all the moments at which something was sent and nobody knows yet.
class DualSendCrashTest {
  private static final int CLIENT_WRITES = 4;

  @TempDir Path folder;

  @Test
  void whereverTheProcessEndsNothingIsLostAndNothingIsDoneTwice() throws Exception {
    int cuts = 0;
    for (boolean written : List.of(false, true)) {
      for (int at = 0; run(at, written); at++) {
        cuts++;
      }
    }
    // Each write has three of its own: intended, accepted, and gone.
    assertThat(cuts).isGreaterThanOrEqualTo(3 * CLIENT_WRITES);
  }

  /// @return whether the process ended before all was done
  private boolean run(int at, boolean written) throws Exception {
    Path here = Files.createDirectory(folder.resolve(at + "-" + written));
    List<String> acknowledged = new ArrayList<>();
    List<String> asked = new ArrayList<>();
    boolean fell;
    try (KeyedService legacy = new KeyedService("legacy");
        KeyedService candidate = new KeyedService("candidate")) {
      try (SqliteStore store = SqliteStore.open(here.resolve("data"))) {
        CutStore cut = new CutStore(store.outbox(), at, written);
        DualRig rig = new DualRig(here, cut, legacy, candidate, "idempotent: true");
        try {
          for (int i = 0; i < CLIENT_WRITES && !cut.isCut(); i++) {
            asked.add("w" + i);
            if (rig.post("ann", "/things/1", "w" + i).statusCode() == 201) {
              acknowledged.add("w" + i);
            }
          }
          WriteRig.until(() -> cut.isCut() || rig.entries().isEmpty());
        } catch (IOException | UncheckedIOException e) {
          assertThat(cut.isCut()).as("only the end explains %s", e).isTrue();
        }
        fell = cut.isCut();
        cut.end();
        rig.fall();
      }
      again(here, legacy, candidate);

      String which = "cut " + (written ? "after" : "before") + " write " + at;
      assertThat(legacy.done).as(which).doesNotHaveDuplicates().containsAll(acknowledged);
      assertThat(candidate.done).as(which).isEqualTo(legacy.done);
      assertThat(asked).as(which).containsAll(legacy.done);
      assertThat(new HashSet<>(legacy.seen.stream().map(KeyedService.Seen::key).toList()))
          .as(which)
          .hasSize(legacy.done.size());
    }
    return fell;
  }

  /// The same store, and the next process.
  private static void again(Path here, KeyedService legacy, KeyedService candidate)
      throws Exception {
    try (SqliteStore store = SqliteStore.open(here.resolve("data"));
        DualRig rig = new DualRig(here, store.outbox(), legacy, candidate, "idempotent: true")) {
      rig.drained();
    }
  }
}
