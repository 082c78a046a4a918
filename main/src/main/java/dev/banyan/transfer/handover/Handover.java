package dev.banyan.transfer.handover;

import dev.banyan.transfer.table.Position;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands the writes of a set of tables from one side to the other.
///
/// Prepare the stream back, hold the gateway's writes, fence the old owner's database, drain, catch
/// up, verify, turn the stream, flip the routing, release. A step that fails or outlasts its bound
/// undoes those before it, the last first, and the old owner goes on. The flip is what counts: it
/// is the one step after which nothing is undone any more, and [#recover] asks it which side a
/// process that died had come to.
///
/// For one thread at a time; two at once would undo each other's steps.
public final class Handover {
  private static final Logger log = LoggerFactory.getLogger(Handover.class);

  /// How long each step may last.
  ///
  /// @param hold the gateway's writes wait no longer than this in all
  public record Bounds(
      Duration hold, Duration drain, Duration fence, Duration catchUp, Duration verify) {
    public static final Bounds STANDARD =
        new Bounds(
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3));
  }

  /// Makes the new owner the one that requests go to.
  ///
  /// Returns only when it is known whether the decision is kept. While the store does not say, the
  /// writes wait and are then refused: nobody owns them for sure.
  public interface Flip {
    /// @return why it did not come to be; empty where it is in force everywhere, or where a replica
    ///   that does not know has lost its lease
    Optional<String> flip() throws InterruptedException;
  }

  /// @param name of the step
  public record Step(String name, Duration took) {}

  /// How it ended.
  public sealed interface Outcome {
    List<Step> steps();
  }

  /// The new owner owns.
  ///
  /// @param pause from when writes were first held until they were let go
  /// @param unfenced why the old owner's database was not fenced; empty where it was
  public record HandedOver(List<Step> steps, Duration pause, Optional<String> unfenced)
      implements Outcome {
    public HandedOver {
      steps = List.copyOf(steps);
    }
  }

  /// The old owner goes on.
  ///
  /// @param failed the step
  public record Undone(List<Step> steps, String failed, String why) implements Outcome {
    public Undone {
      steps = List.copyOf(steps);
    }
  }

  /// What undoes a step.
  private interface Undo {
    void run() throws SQLException;
  }

  private static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed(String why) {
      super(why);
    }
  }

  private final OwnerDatabase owner;
  private final Link link;
  private final Writes writes;
  private final LongSupplier nanos;
  private final Bounds bounds;

  private final List<Step> steps = new ArrayList<>();
  private final Deque<Undo> undo = new ArrayDeque<>();
  private String step = "prepare";
  private long stepped;

  /// @param nanos the monotonic clock
  public Handover(
      OwnerDatabase owner, Link link, Writes writes, LongSupplier nanos, Bounds bounds) {
    this.owner = owner;
    this.link = link;
    this.writes = writes;
    this.nanos = nanos;
    this.bounds = bounds;
  }

  /// Does all of it, or nothing.
  ///
  /// @param epoch the new owner's; `epoch + 1` is the old owner's again should the flip fail
  /// @param unfencedAllowed whether somebody has approved to go on without a fence
  public Outcome run(long epoch, boolean unfencedAllowed, Flip flip) throws InterruptedException {
    return run(epoch, unfencedAllowed, false, flip);
  }

  /// @param lossAccepted whether somebody has approved that rows which the new owner does not have
  ///   are lost to it
  public Outcome run(long epoch, boolean unfencedAllowed, boolean lossAccepted, Flip flip)
      throws InterruptedException {
    steps.clear();
    undo.clear();
    stepped = nanos.getAsLong();
    try {
      Optional<String> unfenced = owner.unfenceable();
      if (unfenced.isPresent() && !unfencedAllowed) {
        throw new Failed("the old owner's database can not be fenced: " + unfenced.get());
      }
      link.remember("begun " + epoch);
      undo.push(link::forgetBack);
      link.prepareBack();
      enter("hold");
      long began = nanos.getAsLong();
      Writes.Held held = writes.hold(bounds.hold());
      undo.push(held::close);
      stop(unfenced.isEmpty(), held);
      move(epoch, lossAccepted);
      enter("flip");
      Optional<String> why = flipped(flip);
      if (why.isPresent()) {
        throw new Failed(why.get());
      }
      undo.clear();
      enter("release");
      release(held);
      Duration pause = Duration.ofNanos(nanos.getAsLong() - began);
      forget();
      enter("");
      return new HandedOver(steps, pause, unfenced);
    } catch (Failed | SQLException | RuntimeException e) {
      return undone(e);
    } catch (InterruptedException e) {
      var _ = undone(e);
      throw e;
    }
  }

  /// Who ends while it is not known whether that is written leaves all as it is, as if it had died:
  /// the next one finds out.
  private Optional<String> flipped(Flip flip) throws InterruptedException {
    try {
      return flip.flip();
    } catch (InterruptedException e) {
      undo.clear();
      throw e;
    }
  }

  /// From here on the old owner takes no more writes.
  private void stop(boolean fenced, Writes.Held held)
      throws SQLException, InterruptedException, Failed {
    enter("drain");
    if (!held.drained(bounds.drain())) {
      throw new Failed(
          "writes that were under way have not ended within " + bounds.drain().toMillis() + " ms");
    }
    if (fenced) {
      enter("fence");
      undo.push(owner::unfence);
      Optional<String> why = owner.fence(bounds.fence());
      if (why.isPresent()) {
        throw new Failed(why.get());
      }
    }
  }

  private void move(long epoch, boolean lossAccepted)
      throws SQLException, InterruptedException, Failed {
    enter("catch up");
    Position last = owner.tip();
    if (!link.reached(last, bounds.catchUp()) && !lossAccepted) {
      throw new Failed(
          "the new owner has not reached "
              + last
              + " within "
              + bounds.catchUp().toMillis()
              + " ms");
    }
    enter("verify");
    List<String> differing = lossAccepted ? List.of() : link.differing(bounds.verify());
    if (!differing.isEmpty()) {
      throw new Failed(
          differing.size()
              + " rows differ: "
              + String.join("; ", differing.stream().limit(5).toList()));
    }
    enter("turn");
    undo.push(() -> link.turnBack(epoch + 1));
    link.turn(epoch);
    link.remember("turned " + epoch);
  }

  private void enter(String next) {
    long now = nanos.getAsLong();
    steps.add(new Step(step, Duration.ofNanos(now - stepped)));
    step = next;
    stepped = now;
  }

  /// The new owner owns already, whoever still waits.
  private static void release(Writes.Held held) {
    try {
      held.close();
    } catch (RuntimeException e) {
      log.error("the handover is done, but the writes that wait could not be let go", e);
    }
  }

  /// The new owner owns already; what is left behind is only a note, which [#recover] takes away.
  private void forget() {
    try {
      link.settle();
      link.remember("");
    } catch (SQLException e) {
      log.warn("the handover is done, but what it leaves behind could not be taken away", e);
    }
  }

  private Undone undone(Exception failure) {
    String failed = step;
    enter("");
    String why = String.valueOf(failure.getMessage());
    // Each of them needs the note until it is done.
    if (!undo.isEmpty()) {
      undo.addLast(() -> link.remember(""));
    }
    boolean whole = true;
    if (failure instanceof RuntimeException) {
      log.error("a handover failed at {}, and is undone", failed, failure);
    }
    while (undo.size() > (whole ? 0 : 1)) {
      try {
        undo.pop().run();
      } catch (SQLException | RuntimeException e) {
        // The others must be undone all the same; what is left is undone by [#recover].
        whole = false;
        log.error("undoing a handover that failed at {} failed itself", failed, e);
        why += ". Undoing it failed as well: " + e.getMessage();
      }
    }
    undo.clear();
    return new Undone(steps, failed, why);
  }

  /// Brings to an end what a process that died had begun.
  ///
  /// @param flipped whether requests go to the new owner by now
  /// @return what was done, for the ledger; empty where nothing was under way
  public Optional<String> recover(boolean flipped) throws SQLException {
    String left = link.remembered();
    if (left.isEmpty()) {
      return Optional.empty();
    }
    String says;
    if (flipped) {
      link.settle();
      says = "a handover that was cut short after its flip (" + left + ") is done";
    } else {
      long epoch = Long.parseLong(left.substring(left.indexOf(' ') + 1));
      link.turnBack(epoch + 1);
      owner.unfence();
      link.forgetBack();
      says = "a handover that was cut short (" + left + ") is undone: the old owner goes on";
    }
    link.remember("");
    return Optional.of(says);
  }
}
