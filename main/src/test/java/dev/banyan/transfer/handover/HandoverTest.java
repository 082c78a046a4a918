package dev.banyan.transfer.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.handover.Handover.Bounds;
import dev.banyan.transfer.handover.Handover.HandedOver;
import dev.banyan.transfer.handover.Handover.Outcome;
import dev.banyan.transfer.handover.Handover.Undone;
import dev.banyan.transfer.table.Position;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HandoverTest {
  private static final long EPOCH = 7;

  /// Two databases and a gateway, as far as a handover sees them. Writes down what is done, and
  /// fails where it is told to.
  private static class World implements OwnerDatabase, Link, Writes, Handover.Flip {
    final List<String> done = new ArrayList<>();
    String failing = "";
    String unfenceable = "";
    boolean held;
    boolean fenced;
    boolean backPrepared;
    boolean flipped;
    long ownerEpoch = EPOCH - 1;
    boolean newOwner;
    String note = "";
    int now;

    private void step(String name) throws SQLException {
      done.add(name);
      if (failing.equals(name)) {
        throw new SQLException(name + " failed");
      }
    }

    private static void check(boolean holds, String what) {
      if (!holds) {
        throw new IllegalStateException(what);
      }
    }

    @Override
    public Optional<String> unfenceable() {
      return unfenceable.isEmpty() ? Optional.empty() : Optional.of(unfenceable);
    }

    @Override
    public Optional<String> fence(Duration wait) throws SQLException {
      check(held, "the gateway's writes are held before the fence");
      fenced = true;
      step("fence");
      return Optional.empty();
    }

    @Override
    public void unfence() throws SQLException {
      check(!flipped, "the fence of an old owner stays");
      step("unfence");
      fenced = false;
    }

    @Override
    public Position tip() {
      check(held && (fenced || !unfenceable.isEmpty()), "the end is read once nobody writes");
      return new Position(0, 99);
    }

    @Override
    public void prepareBack() throws SQLException {
      check(!held, "the stream back is prepared before anything waits");
      backPrepared = true;
      step("prepare");
    }

    @Override
    public void forgetBack() {
      backPrepared = false;
    }

    @Override
    public boolean reached(Position position, Duration wait) {
      done.add("catch up");
      return !failing.equals("catch up");
    }

    @Override
    public List<String> differing(Duration wait) {
      done.add("verify");
      return failing.equals("verify") ? List.of("users 7: name") : List.of();
    }

    @Override
    public void turn(long epoch) throws SQLException {
      ownerEpoch = epoch;
      newOwner = true;
      step("turn");
    }

    @Override
    public void turnBack(long epoch) {
      check(epoch > ownerEpoch, "an epoch is never given twice");
      ownerEpoch = epoch;
      newOwner = false;
    }

    @Override
    public void settle() {
      check(flipped || note.startsWith("turned"), "what the old way had is kept until the flip");
    }

    @Override
    public void remember(String step) {
      note = step;
    }

    @Override
    public String remembered() {
      return note;
    }

    @Override
    public Held hold(Duration longest) {
      held = true;
      return new Held() {
        @Override
        public boolean drained(Duration wait) {
          done.add("drain");
          return !failing.equals("drain");
        }

        @Override
        public void close() {
          held = false;
        }
      };
    }

    @Override
    public Optional<String> flip() {
      check(newOwner && backPrepared, "the rows have turned before the requests do");
      done.add("flip");
      if (failing.equals("flip")) {
        return Optional.of("a replica did not say that it knows");
      }
      flipped = true;
      return Optional.empty();
    }

    Handover handover() {
      return new Handover(this, this, this, () -> now++, Bounds.STANDARD);
    }

    Outcome run() throws InterruptedException {
      return handover().run(EPOCH, false, this);
    }
  }

  @Test
  void stopsTheOldOwnerBeforeTheEndIsReadAndLetsGoAfterTheFlip() throws Exception {
    World world = new World();
    Outcome outcome = world.run();
    assertThat(world.done)
        .containsExactly("prepare", "drain", "fence", "catch up", "verify", "turn", "flip");
    assertThat(outcome).isInstanceOf(HandedOver.class);
    assertThat(world.held).isFalse();
    assertThat(world.fenced).as("the old owner stays fenced").isTrue();
    assertThat(world.note).isEmpty();
    assertThat(outcome.steps().stream().map(Handover.Step::name))
        .containsExactly(
            "prepare", "hold", "drain", "fence", "catch up", "verify", "turn", "flip", "release");
  }

  @Test
  void whateverFailsLeavesTheOldOwnerAsItWas() throws Exception {
    for (String step : List.of("prepare", "drain", "fence", "catch up", "verify", "turn", "flip")) {
      World world = new World();
      world.failing = step;
      Outcome outcome = world.run();
      assertThat(outcome).as(step).isInstanceOf(Undone.class);
      assertThat(((Undone) outcome).failed()).isEqualTo(step);
      assertThat(world.held).as("%s: writes go on", step).isFalse();
      assertThat(world.fenced).as("%s: the application may write", step).isFalse();
      assertThat(world.newOwner).as("%s: the old owner owns", step).isFalse();
      assertThat(world.backPrepared).as("%s: no slot is left behind", step).isFalse();
      assertThat(world.note).as(step).isEmpty();
    }
  }

  @Test
  void whatCouldNotBeUndoneIsLeftToTheNextProcess() throws Exception {
    World world =
        new World() {
          @Override
          public List<String> differing(Duration wait) {
            failing = "unfence";
            return List.of("users 7: name");
          }
        };
    assertThat(((Undone) world.run()).why()).contains("unfence failed");
    assertThat(world.held).as("writes go on").isFalse();
    assertThat(world.backPrepared).as("the others are undone all the same").isFalse();
    world.failing = "";
    assertThat(world.handover().recover(false)).isPresent();
    assertThat(world.fenced).isFalse();
    assertThat(world.note).isEmpty();
  }

  @Test
  void whatFailsAfterTheFlipMakesItNoFailure() throws Exception {
    World world =
        new World() {
          @Override
          public Held hold(Duration longest) {
            Held held = super.hold(longest);
            return new Held() {
              @Override
              public boolean drained(Duration wait) throws InterruptedException {
                return held.drained(wait);
              }

              @Override
              public void close() {
                throw new IllegalStateException("a fault of whoever holds them");
              }
            };
          }
        };
    assertThat(world.run()).isInstanceOf(HandedOver.class);
    assertThat(world.note).isEmpty();
  }

  @Test
  void namesTheRowsThatKeepTheOldOwner() throws Exception {
    World world = new World();
    world.failing = "verify";
    assertThat(((Undone) world.run()).why()).isEqualTo("1 rows differ: users 7: name");
  }

  @Test
  void leavesRowsBehindOnlyWhereSomebodyHasAcceptedThatTheyAreLost() throws Exception {
    for (String left : List.of("verify", "catch up")) {
      World world = new World();
      world.failing = left;
      assertThat(world.run()).isInstanceOf(Undone.class);
      Outcome accepted = world.handover().run(EPOCH, false, true, world);
      assertThat(accepted).isInstanceOf(HandedOver.class);
      assertThat(world.fenced).as("the old owner is fenced all the same").isTrue();
    }
  }

  @Test
  void goesOnWithoutAFenceOnlyWhereSomebodyHasApprovedIt() throws Exception {
    World world = new World();
    world.unfenceable = "banyan may not revoke rights of role app";
    assertThat(((Undone) world.run()).why()).contains("may not revoke rights");
    assertThat(world.done).isEmpty();

    Outcome approved = world.handover().run(EPOCH, true, world);
    assertThat(((HandedOver) approved).unfenced()).contains(world.unfenceable);
    assertThat(world.done).doesNotContain("fence");
  }

  /// A process dies at any call: what the next one finds is undone before the flip, and done after
  /// it.
  @Test
  void theNextProcessUndoesWhatWasCutShortBeforeTheFlip() throws Exception {
    for (String step : List.of("prepare", "fence", "turn")) {
      World world = new World();
      world.failing = step;
      World left = diedAt(world, step);
      assertThat(left.handover().recover(left.flipped)).as(step).isPresent();
      assertThat(left.fenced).as(step).isFalse();
      assertThat(left.newOwner).as(step).isFalse();
      assertThat(left.backPrepared).as(step).isFalse();
      assertThat(left.handover().recover(left.flipped)).as("%s, once", step).isEmpty();
    }
  }

  @Test
  void whoIsStoppedWhileNobodyKnowsWhetherItIsFlippedLeavesThatToTheNextProcess() throws Exception {
    for (boolean written : List.of(true, false)) {
      World world = new World();
      Handover.Flip unknown =
          () -> {
            throw new InterruptedException("the program is being stopped");
          };
      assertThatThrownBy(() -> world.handover().run(EPOCH, false, unknown))
          .isInstanceOf(InterruptedException.class);
      assertThat(world.fenced).as("nobody writes").isTrue();
      assertThat(world.note).isEqualTo("turned " + EPOCH);

      world.flipped = written;
      assertThat(world.handover().recover(written)).isPresent();
      assertThat(world.newOwner).isEqualTo(written);
      assertThat(world.fenced).isEqualTo(written);
    }
  }

  @Test
  void theNextProcessKeepsWhatWasFlipped() throws Exception {
    World world = new World();
    var _ = world.run();
    world.note = "turned " + EPOCH;
    assertThat(world.handover().recover(true)).isPresent();
    assertThat(world.fenced).isTrue();
    assertThat(world.newOwner).isTrue();
    assertThat(world.ownerEpoch).isEqualTo(EPOCH);
  }

  /// The process died within a step, so that nothing was undone: an `Error` passes every handler.
  private static World diedAt(World world, String step) {
    World dying =
        new World() {
          @Override
          public void prepareBack() throws SQLException {
            die("prepare", super::prepareBack);
          }

          @Override
          public Optional<String> fence(Duration wait) throws SQLException {
            Optional<String> why = super.fence(wait);
            die("fence", () -> {});
            return why;
          }

          @Override
          public void turn(long epoch) throws SQLException {
            super.turn(epoch);
            die("turn", () -> {});
          }

          private void die(String at, SqlStep before) throws SQLException {
            before.run();
            if (at.equals(step)) {
              throw new Dead();
            }
          }
        };
    try {
      var _ = dying.run();
    } catch (Dead e) {
      return dying;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("it did not die at " + world.failing);
  }

  private interface SqlStep {
    void run() throws SQLException;
  }

  private static final class Dead extends Error {
    private static final long serialVersionUID = 1L;
  }
}
