package dev.banyan.transfer.moving;

import dev.banyan.transfer.Goal;
import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.Fence;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.engine.LogLost;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.handover.Link;
import dev.banyan.transfer.handover.OwnerDatabase;
import dev.banyan.transfer.table.Position;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a handover of one transfer acts on: the stream that runs, the one that is to run the other
/// way, and the fences of both databases.
///
/// The other way runs from before the writes are held. It leaves out what the first one wrote, so
/// that it has nothing to do until the owner has changed, and then has lost nothing.
final class ChangeOfOwner implements OwnerDatabase, Link {
  private static final String FORWARD = "forward: ";
  private static final String BACK = "back: ";
  private static final Duration START = Duration.ofSeconds(20);

  private final Moving moving;
  private final Working working;
  private final boolean toTarget;
  private final long epoch;
  private final long turn;
  private Moving.@Nullable Way old;
  private Moving.@Nullable Way back;
  private boolean newWasFenced;
  private boolean fenced;
  private boolean verified;

  /// @param toTarget the target of `banyan.yaml` is to own the rows
  /// @param epoch the new owner's
  /// @param turn as [Moving#nextTurn] has given it: whoever has an earlier one changes nothing more
  ChangeOfOwner(Moving moving, Working working, boolean toTarget, long epoch, long turn) {
    this.moving = moving;
    this.working = working;
    this.toTarget = toTarget;
    this.epoch = epoch;
    this.turn = turn;
  }

  private Moving.Way running() throws SQLException {
    Moving.Way way = moving.way();
    if (way == null) {
      throw new SQLException("the change stream is not running in this process");
    }
    return way;
  }

  private Fence oldFence() {
    return moving.fence(!toTarget);
  }

  private Fence newFence() {
    return moving.fence(toTarget);
  }

  // ---- the old owner ----

  @Override
  public Optional<String> unfenceable() throws SQLException {
    List<Finding> blocking = oldFence().findings().stream().filter(Finding::blocks).toList();
    return blocking.isEmpty()
        ? Optional.empty()
        : Optional.of(blocking.stream().map(Finding::says).collect(Collectors.joining("; ")));
  }

  @Override
  public Optional<String> fence(Duration wait) throws SQLException, InterruptedException {
    try {
      oldFence().raise(turn, wait);
      fenced = true;
      return Optional.empty();
    } catch (Fence.FenceFailed | Fence.Overtaken e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void unfence() throws SQLException {
    try {
      oldFence().lower(turn);
    } catch (Fence.Overtaken e) {
      Working.LOG.warn("handover {}: {}", epoch, e.getMessage());
    }
  }

  /// Who has stood still for long may have been taken for dead.
  private void stillOurs() throws SQLException {
    long last = moving.memory().turn();
    if (last > turn) {
      throw new SQLException(
          "a later handover has begun (turn " + last + ", not " + turn + "), and this one is over");
    }
  }

  private void stillTheirs() throws SQLException {
    stillOurs();
    long known = kept().epoch();
    if (known >= epoch) {
      throw new SQLException(
          "the rows have had a later owner since (epoch " + known + ", not " + epoch + ")");
    }
  }

  @Override
  public Position tip() throws SQLException {
    return running().source().tip();
  }

  // ---- the stream ----

  @Override
  public void prepareBack() throws SQLException {
    Moving.Way way = moving.make(toTarget, epoch, true);
    back = way;
    old = running();
    try {
      way.target().prepare();
      Memory.forgetPlan(way.target(), epoch);
    } catch (EpochLost e) {
      throw new SQLException(e.getMessage(), e);
    }
    AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
    way.claimed().set(true);
    working.threads().newThread(() -> follow(way, failed)).start();
    try {
      if (!way.transfer().awaitApplied(new Position(0, 1), START)) {
        Exception why = failed.get();
        throw new SQLException(
            "the stream back has not begun within "
                + START.toSeconds()
                + " s"
                + (why == null ? "" : ": " + why.getMessage()));
      }
      lookAhead();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted", e);
    }
  }

  /// While writes go on still.
  private void lookAhead() throws SQLException, InterruptedException {
    try {
      new Comparing(moving, running(), working).lookAhead(1);
    } catch (Comparing.NoCut | RowRefused e) {
      Working.LOG.info("nothing is verified before the writes wait: {}", e.getMessage());
    }
  }

  /// Until the owner has changed, when the transfer's own thread takes it over.
  private void follow(Moving.Way way, AtomicReference<@Nullable Exception> failed) {
    try {
      var _ = way.transfer().run(new Goal.Following());
    } catch (EpochLost e) {
      failed.set(e);
      Working.LOG.info("a stream has ended, as the rows have another owner: {}", e.getMessage());
    } catch (SQLException | LogLost | RuntimeException e) {
      failed.set(e);
      Working.LOG.warn("the stream back has ended", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      moving.release(way);
    }
  }

  @Override
  public void forgetBack() throws SQLException {
    stillOurs();
    Moving.Way way = back == null ? moving.make(toTarget, epoch, true) : back;
    way.transfer().stop();
    way.source().remove();
    way.close();
    back = null;
  }

  @Override
  public boolean reached(Position position, Duration wait)
      throws SQLException, InterruptedException {
    Moving.Way way = running();
    boolean reached = way.transfer().awaitApplied(position, wait);
    if (!reached) {
      Working.LOG.warn("{} was to be reached: {}", position, way.transfer().progress());
    }
    return reached;
  }

  @Override
  public List<String> differing(Duration wait) throws SQLException, InterruptedException {
    try {
      List<String> differing = new Comparing(moving, running(), working).touched();
      verified = differing.isEmpty();
      return differing;
    } catch (RowRefused e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void turn(long newEpoch) throws SQLException {
    Moving.Way next = Objects.requireNonNull(back, "prepared");
    stillTheirs();
    if (fenced && verified) {
      // The rows agree and nobody writes: the way back need not wait for another comparison of all.
      next.mapping().agreed(next.transfer().gaps());
    }
    newOwner().advanceCounters(moving.mappings().given(!toTarget));
    newWasFenced = newFence().standing();
    newFence().lower(turn);
    // Whoever runs by the earlier epoch is no longer what runs before it can meet the later one.
    var _ = moving.replace(next);
    Objects.requireNonNull(old).transfer().stop();
    own(toTarget, newEpoch);
  }

  private dev.banyan.transfer.engine.Target newOwner() throws SQLException {
    return running().target();
  }

  private void own(boolean reversed, long newEpoch) throws SQLException {
    moving.raise(newEpoch);
    moving.memory().owner(reversed, newEpoch);
  }

  @Override
  public void turnBack(long laterEpoch) throws SQLException {
    stillOurs();
    Moving.Way way = moving.make(!toTarget, laterEpoch, false);
    Moving.Way before = moving.replace(way);
    if (before != null) {
      before.transfer().stop();
    }
    own(!toTarget, laterEpoch);
    way.target().raise(laterEpoch);
    if (newWasFenced) {
      fenceAgain();
    }
  }

  private void fenceAgain() throws SQLException {
    try {
      newFence().raise(turn, Duration.ofSeconds(2));
    } catch (Fence.FenceFailed e) {
      throw new SQLException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("interrupted", e);
    }
  }

  @Override
  public void settle() throws SQLException {
    stillOurs();
    Moving.Way way = old == null ? moving.make(!toTarget, epoch, false) : old;
    way.source().remove();
    way.close();
    old = null;
  }

  @Override
  public void remember(String step) throws SQLException {
    moving.memory().handover(step.isEmpty() ? "" : (toTarget ? FORWARD : BACK) + step, turn);
  }

  private Memory.Kept kept() throws SQLException {
    return moving.memory().read();
  }

  @Override
  public String remembered() throws SQLException {
    String note = kept().handover();
    return note.substring(note.indexOf(':') + 1).strip();
  }

  /// What a handover that was cut short had acted on; empty where none was.
  static Optional<ChangeOfOwner> left(Moving moving, Working working) throws SQLException {
    Memory.Kept kept = moving.memory().read();
    if (kept.handover().isEmpty()) {
      return Optional.empty();
    }
    boolean forward = kept.handover().startsWith(FORWARD);
    return Optional.of(
        new ChangeOfOwner(moving, working, forward, kept.epoch() + 1, moving.nextTurn()));
  }

  boolean toTarget() {
    return toTarget;
  }
}
