package dev.banyan.store.local;

import dev.banyan.cutover.Approval;
import dev.banyan.cutover.Baseline;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.Standing;
import dev.banyan.migration.GateReading;
import dev.banyan.store.rows.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// A [Snapshot] as a file: one line with the checksum of all that follows, then JSON.
final class SnapshotFile {
  private static final String TITLE = "banyan snapshot 1 sha256 ";
  private static final int LONGEST = 64 << 20;

  private final Path file;

  SnapshotFile(DataDirectory directory) {
    this.file = directory.path().resolve("last-known-good");
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
    byte[] content =
        Json.write(
                new Content(
                    snapshot.standings().stream().map(Place::of).toList(),
                    snapshot.stoppedLine(),
                    snapshot.secrets(),
                    snapshot.head() == null ? null : Entry.of(snapshot.head())))
            .getBytes(StandardCharsets.UTF_8);
    byte[] title = (TITLE + sum(content, 0) + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] whole = Arrays.copyOf(title, title.length + content.length);
    System.arraycopy(content, 0, whole, title.length, content.length);
    DurableFile.write(file, whole);
  }

  /// The snapshot, empty where none was ever written.
  ///
  /// @throws IOException with a message for people, where it is not what was written
  Optional<Snapshot> read() throws IOException {
    byte[] whole;
    try {
      if (Files.size(file) > LONGEST) {
        throw damaged(null);
      }
      whole = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    int begin = TITLE.length() + 2 * 32 + 1;
    if (whole.length < begin) {
      throw damaged(null);
    }
    String title = new String(whole, 0, begin, StandardCharsets.UTF_8);
    if (!title.equals(TITLE + sum(whole, begin) + "\n")) {
      throw damaged(null);
    }
    try {
      Content content =
          Json.read(
              new String(whole, begin, whole.length - begin, StandardCharsets.UTF_8),
              Content.class);
      return Optional.of(
          new Snapshot(
              content.standings().stream().map(Place::standing).toList(),
              content.stopped(),
              content.secrets(),
              content.head() == null ? null : content.head().entry()));
    } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
      throw damaged(e);
    }
  }

  private IOException damaged(@Nullable Exception why) {
    return new IOException(
        "'"
            + file
            + "' is damaged, or of another version; it is not used, and is written anew when the"
            + " store can be reached",
        why);
  }

  private static String sum(byte[] bytes, int from) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, from, bytes.length - from);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
