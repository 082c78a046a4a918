package dev.banyan.store.local;

import dev.banyan.cutover.Approval;
import dev.banyan.cutover.Baseline;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.Standing;
import dev.banyan.migration.GateReading;
import dev.banyan.store.rows.Json;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// A [Snapshot] as a file of JSON.
final class SnapshotFile {
  private final CheckedFile file;

  SnapshotFile(DataDirectory directory) {
    file = new CheckedFile(directory.path().resolve("last-known-good"), "banyan snapshot 1");
  }

  private record Place(Json.State state, @Nullable Baseline baseline, @Nullable Approval approval) {
    static Place of(Standing standing) {
      return new Place(Json.State.of(standing.state()), standing.baseline(), standing.approval());
    }

    Standing standing() {
      return new Standing(state.state(), baseline, approval);
    }
  }

  private record Entry(
      long seq,
      Instant at,
      LedgerEntry.Kind kind,
      @Nullable String family,
      String actor,
      String reason,
      Json.@Nullable State before,
      Json.@Nullable State after,
      List<GateReading> gates,
      @Nullable Long tookNanos,
      @Nullable String evidence,
      String previous,
      String hash) {
    static Entry of(LedgerEntry entry) {
      Duration took = entry.took();
      return new Entry(
          entry.seq(),
          entry.at(),
          entry.kind(),
          entry.family(),
          entry.actor(),
          entry.reason(),
          entry.before() == null ? null : Json.State.of(entry.before()),
          entry.after() == null ? null : Json.State.of(entry.after()),
          entry.gates(),
          took == null ? null : took.toNanos(),
          entry.evidence(),
          entry.previous(),
          entry.hash());
    }

    LedgerEntry entry() {
      return new LedgerEntry(
          seq,
          at,
          kind,
          family,
          actor,
          reason,
          before == null ? null : before.state(),
          after == null ? null : after.state(),
          gates,
          tookNanos == null ? null : Duration.ofNanos(tookNanos),
          evidence,
          previous,
          hash);
    }
  }

  private record Content(
      List<Place> standings,
      @Nullable String stopped,
      Map<String, byte[]> secrets,
      @Nullable Entry head) {}

  /// Puts a snapshot in place of the one before: a crash leaves the one or the other.
  void write(Snapshot snapshot) throws IOException {
    file.write(
        Json.write(
            new Content(
                snapshot.standings().stream().map(Place::of).toList(),
                snapshot.stoppedLine(),
                snapshot.secrets(),
                snapshot.head() == null ? null : Entry.of(snapshot.head()))));
  }

  /// The snapshot, empty where none was ever written.
  ///
  /// @throws IOException with a message for people, where it is not what was written
  Optional<Snapshot> read() throws IOException {
    Optional<String> text = file.read();
    try {
      return text.map(json -> Json.read(json, Content.class)).map(SnapshotFile::snapshot);
    } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
      throw file.damaged(e);
    }
  }

  private static Snapshot snapshot(Content content) {
    return new Snapshot(
        content.standings().stream().map(Place::standing).toList(),
        content.stopped(),
        content.secrets(),
        content.head() == null ? null : content.head().entry());
  }
}
