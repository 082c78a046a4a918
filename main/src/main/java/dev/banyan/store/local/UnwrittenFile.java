package dev.banyan.store.local;

import dev.banyan.cutover.Backlog;
import dev.banyan.cutover.Unwritten;
import dev.banyan.migration.GateReading;
import dev.banyan.store.rows.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/// What is in force and not in the store, as a file of its own in the data directory, whichever the
/// store is.
public final class UnwrittenFile implements Backlog {
  private static final Logger LOG = LoggerFactory.getLogger(UnwrittenFile.class);

  private final CheckedFile file;

  public UnwrittenFile(DataDirectory directory) {
    file = new CheckedFile(directory.path().resolve("unwritten"), "banyan unwritten 1");
  }

  private enum What {
    ROLLBACK,
    HOLD,
    STOP_LINE
  }

  private record Row(
      What what,
      @Nullable String family,
      @Nullable String phase,
      @Nullable Integer weight,
      Instant at,
      String actor,
      String reason,
      @Nullable List<GateReading> gates,
      @Nullable Long tookNanos,
      @Nullable String evidence,
      @Nullable String hold) {

    static Row of(Unwritten unwritten) {
      Instant at = unwritten.at();
      String actor = unwritten.actor();
      String reason = unwritten.reason();
      return switch (unwritten) {
        case Unwritten.Back back ->
            new Row(
                What.ROLLBACK,
                back.family(),
                back.to().name().word(),
                Json.weight(back.to()),
                at,
                actor,
                reason,
                back.gates(),
                back.took().toNanos(),
                back.evidence(),
                back.hold());
        case Unwritten.Hold hold ->
            new Row(
                What.HOLD, hold.family(), null, null, at, actor, reason, null, null, null, null);
        case Unwritten.Stop _ ->
            new Row(What.STOP_LINE, null, null, null, at, actor, reason, null, null, null, null);
      };
    }

    Unwritten unwritten() {
      return switch (what) {
        case ROLLBACK ->
            new Unwritten.Back(
                there(family),
                Json.phase(there(phase), weight),
                at,
                actor,
                reason,
                there(gates),
                Duration.ofNanos(there(tookNanos)),
                evidence,
                hold);
        case HOLD -> new Unwritten.Hold(there(family), at, actor, reason);
        case STOP_LINE -> new Unwritten.Stop(at, actor, reason);
      };
    }

    private static <T> T there(@Nullable T part) {
      if (part == null) {
        throw new IllegalArgumentException("a part is missing");
      }
      return part;
    }
  }

  @Override
  public List<Unwritten> read() {
    try {
      Optional<String> text = file.read();
      return text.isPresent() ? read(text.get()) : List.of();
    } catch (IOException e) {
      LOG.error("what was in force and not in the store is lost: {}", e.getMessage(), e);
      return List.of();
    }
  }

  private List<Unwritten> read(String text) throws IOException {
    try {
      return Arrays.stream(Json.read(text, Row[].class)).map(Row::unwritten).toList();
    } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
      throw file.damaged(e);
    }
  }

  @Override
  public void keep(List<Unwritten> unwritten) {
    try {
      file.write(Json.write(unwritten.stream().map(Row::of).toList()));
    } catch (IOException e) {
      throw new UncheckedIOException("'" + file.path() + "' can not be written", e);
    }
  }
}
