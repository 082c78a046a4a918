package dev.banyan.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// One replica's view of time: every test moves the clock by hand.
class ReplicaLifeTest {
  private static final Duration BEAT = ReplicaLife.BEAT;

  private final Clock clock = new Clock();
  private final OneStore store = new OneStore();

  private static byte[] both(byte[] one, byte[] other) {
    byte[] all = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, all, one.length, other.length);
    return all;
  }

  private final class Rig implements ReplicaListener {
    final OneStore.View view;
    final ReplicaLife life;
    final List<String> told = new ArrayList<>();
    final List<Long> appliedAfter = new ArrayList<>();

    /// How many holds it was told of, and what was in force by then.
    final List<String> heldAfter = new ArrayList<>();

    long validUntil = clock.getAsLong();

    Rig(String name, String instance) {
      view = store.new View(name, instance);
      life =
          new ReplicaLife(
              name,
              new ReplicaLife.Ports(
                  view,
                  view,
                  view,
                  view::all,
                  this::apply,
                  this,
                  () -> Set.of("denied"),
                  ReplicaLifeTest::both,
                  clock));
    }

    Rig(String name) {
      this(name, name);
    }

    private long apply(long after) {
      appliedAfter.add(after);
      return store.seq;
    }

    boolean knows() {
      return validUntil - clock.getAsLong() > 0;
    }

    void lives() {
      life.beat();
      life.poll();
    }

    @Override
    public void heard(long until) {
      validUntil = until;
    }

    @Override
    public void denied(Hint hint) {
      told.add(hint.toString());
    }

    @Override
    public void held(List<WriteHold> holds) {
      heldAfter.add(holds.size() + " after " + appliedAfter);
    }

    @Override
    public void asked() {
      told.add("asked");
    }

    @Override
    public void lost() {
      told.add("lost");
    }

    @Override
    public void regained() {
      told.add("regained");
    }

    @Override
    public void becameController(long term) {
      told.add("controller " + term);
    }

    @Override
    public void deposed() {
      told.add("deposed");
    }
  }

  /// Lets so much time pass, in which these live.
  private void pass(Duration time, Rig... living) {
    for (Duration left = time; left.isPositive(); left = left.minus(BEAT)) {
      clock.pass(BEAT);
      for (Rig rig : living) {
        rig.lives();
      }
    }
  }

  @Test
  void whatItKnowsLastsHalfASecondFromWhenTheStoreWasAsked() {
    Rig one = new Rig("one");
    one.lives();
    assertThat(one.knows()).isTrue();
    clock.pass(Duration.ofMillis(499));
    assertThat(one.knows()).isTrue();
    clock.pass(Duration.ofMillis(1));
    assertThat(one.knows()).isFalse();
    one.life.poll();
    assertThat(one.knows()).isTrue();
  }

  @Test
  void itKnowsNothingBeforeItIsOnTheListNorAfterItsLease() {
    Rig one = new Rig("one");
    one.life.poll();
    assertThat(one.knows()).isFalse();
    one.life.beat();
    assertThat(one.knows()).isFalse();
    one.life.poll();
    assertThat(one.knows()).isTrue();

    clock.pass(Duration.ofMillis(1_900));
    one.life.poll();
    assertThat(one.knows()).isTrue();
    clock.pass(Duration.ofMillis(100));
    one.life.poll();
    assertThat(one.knows()).as("polls alone keep nothing up").isFalse();
  }

  @Test
  void appliesWhatIsNewOnlyAndSaysSo() {
    Rig one = new Rig("one");
    one.lives();
    one.life.poll();
    store.seq = 7;
    one.life.poll();
    one.life.poll();

    assertThat(one.appliedAfter).containsExactly(Changes.NOTHING, 0L);
    assertThat(one.view.acknowledged).as("nobody waits").isEmpty();
    assertThat(one.life.applied()).isEqualTo(7);
  }

  @Test
  void takesAllAnewFromAStoreThatIsOlderThanItWas() {
    Rig one = new Rig("one");
    store.seq = 7;
    one.lives();
    store.seq = 5;
    one.life.poll();

    assertThat(one.appliedAfter).containsExactly(Changes.NOTHING, Changes.NOTHING);
    assertThat(one.life.applied()).isEqualTo(5);
  }

  @Test
  void takesAllAnewOnceTheStoreAnswersAgainForItMayBeAnotherOneByThen() {
    Rig one = new Rig("one");
    Rig two = new Rig("two");
    store.seq = 7;
    one.lives();
    two.lives();

    // A standby that lacks the last entry takes over, and another replica writes one in its place.
    one.view.cut = true;
    one.life.poll();
    one.view.cut = false;
    one.life.beat();
    two.life.beat();
    assertThat(two.life.await(7, Duration.ZERO).acknowledged()).as("its number alone").isEqualTo(1);
    one.life.poll();
    one.life.poll();

    assertThat(one.appliedAfter).containsExactly(Changes.NOTHING, Changes.NOTHING);
    one.life.beat();
    two.life.beat();
    assertThat(two.life.await(7, Duration.ZERO).acknowledged()).isEqualTo(2);
  }

  @Test
  void tellsThatTheLeaseIsLostWhenItIsAndOnce() {
    Rig one = new Rig("one");
    one.lives();
    one.view.cut = true;
    clock.pass(Duration.ofMillis(1_999));
    one.life.tick();
    assertThat(one.told).containsExactly("regained", "controller 1");
    clock.pass(Duration.ofMillis(1));
    one.life.tick();
    one.life.tick();
    assertThat(one.told).containsExactly("regained", "controller 1", "deposed", "lost");
  }

  @Test
  void aControllerThatDoesNotBeatForItsLeaseIsDeposedByTheOthersAfterIt() {
    Rig one = new Rig("one");
    Rig two = new Rig("two");
    one.lives();
    two.lives();
    assertThat(one.life.term()).hasValue(1);

    pass(Duration.ofMillis(2_500), two);
    assertThat(one.life.controls()).as("it gave up before").isFalse();
    assertThat(two.life.controls()).as("and nobody did yet").isFalse();
    pass(BEAT, two);
    assertThat(two.life.term()).hasValue(2);

    one.lives();
    pass(Duration.ofSeconds(10), one, two);
    assertThat(one.told).containsExactly("regained", "controller 1", "deposed", "lost", "regained");
    assertThat(one.life.controls()).isFalse();
    assertThat(two.life.term()).hasValue(2);
  }

  @Test
  void oneThatIsCutOffItselfTakesNobodyElseForGone() {
    Rig one = new Rig("one");
    Rig two = new Rig("two");
    one.lives();
    two.lives();
    one.lives();
    one.view.cut = true;
    pass(Duration.ofSeconds(10), two);

    Acknowledged acknowledged = one.life.await(store.seq + 1, Duration.ZERO);
    assertThat(acknowledged.of()).isEqualTo(2);
    assertThat(acknowledged.everywhere()).isFalse();
  }

  @Test
  void oneThatIsGoneIsNotWaitedForNorOneThatLeft() {
    Rig one = new Rig("one");
    Rig two = new Rig("two");
    Rig three = new Rig("three");
    pass(BEAT, one, two, three);
    three.life.close();
    pass(BEAT, one, two);
    assertThat(one.life.await(0, Duration.ZERO).of()).isEqualTo(2);

    pass(Duration.ofSeconds(3), one);
    assertThat(one.life.await(0, Duration.ZERO))
        .isEqualTo(new Acknowledged(1, 1, true, Duration.ZERO));
    assertThat(one.life.fleet().members())
        .extracting(Fleet.Member::name, Fleet.Member::live, Fleet.Member::self)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("one", true, true),
            org.assertj.core.groups.Tuple.tuple("three", false, false),
            org.assertj.core.groups.Tuple.tuple("two", false, false));
  }

  @Test
  void aFormerLifeOfItsNameIsWaitedForAndThenFollowed() {
    Rig before = new Rig("one", "before");
    before.lives();
    Rig after = new Rig("one", "after");
    pass(Duration.ofMillis(2_500), after);
    assertThat(after.told).isEmpty();
    pass(Duration.ofSeconds(2), after);
    assertThat(after.told).contains("regained");

    pass(BEAT, before, after);
    pass(Duration.ofSeconds(5), before, after);
    assertThat(before.told).endsWith("lost");
  }

  @Test
  void everyReplicaTakesEvidenceInOnceAndWhatCanNotBeHandedOverWaits() {
    Rig one = new Rig("one");
    Rig two = new Rig("two");
    one.lives();
    two.lives();
    Digest seen = new Digest("two", "users", 1, new byte[] {1});

    assertThat(two.life.exchange(List.of(seen))).containsExactly(seen);
    assertThat(two.life.exchange(List.of())).isEmpty();
    assertThat(one.life.exchange(List.of())).containsExactly(seen);
    assertThat(one.life.exchange(List.of())).isEmpty();
    two.view.cut = true;
    assertThat(two.life.exchange(List.of(seen))).as("may have been written").isEmpty();
    for (int i = 0; i < 3; i++) {
      assertThat(two.life.exchange(List.of(seen))).isEmpty();
      clock.pass(Duration.ofSeconds(1));
    }
    two.view.cut = false;
    Digest sum = new Digest("two", "users", 1, new byte[] {1, 1, 1});
    assertThat(two.life.exchange(List.of())).containsExactly(sum);
    assertThat(one.life.exchange(List.of())).containsExactly(sum);
    assertThat(two.life.exchange(List.of())).isEmpty();
  }

  @Test
  void whatWaitsToBeHandedOverIsBounded() {
    Unsent unsent = new Unsent(ReplicaLifeTest::both);
    byte[] half = new byte[Digest.MOST / 2];
    for (int i = 0; i < 3; i++) {
      for (long epoch = 0; epoch < Unsent.MOST + 7; epoch++) {
        byte[] bytes = epoch == 0 ? half : new byte[] {1};
        unsent.add(List.of(new Digest("two", "users", epoch, bytes)));
      }
    }
    List<Digest> all = unsent.take();
    assertThat(all).hasSize(Unsent.MOST);
    assertThat(all.getFirst().bytes()).hasSize(Digest.MOST);
    assertThat(all.getLast().bytes()).containsExactly(1, 1, 1);
    assertThat(unsent.take()).isEmpty();
  }

  @Test
  void thoseWhoWaitAreToldWhatIsInForceAndNobodyElse() {
    Rig one = new Rig("one");
    one.lives();
    store.seq = 7;
    one.view.said.add(new Wire.Wrote("two"));
    one.view.said.add(new Wire.Wrote("one"));
    one.life.poll();
    one.life.poll();
    one.life.poll();

    assertThat(one.view.acknowledged).containsExactly(7L);
    assertThat(one.view.toldTo).containsExactly("two");
  }

  @Test
  void whatAnotherIsAboutToTakeBackIsHandedOn() {
    Rig one = new Rig("one");
    Hint hint = new Hint("users", 3, Phase.Name.SHADOW);
    one.view.said.add(new Wire.Denied(hint));
    one.lives();

    assertThat(one.told).contains(hint.toString());
  }

  @Test
  void anEntryOfAStoreThatHasGoneBackIsNotAcknowledgedByItsNumber() {
    Rig one = new Rig("one");
    Rig two = new Rig("two");
    store.seq = 9;
    two.lives();
    one.lives();
    two.life.beat();
    one.life.beat();
    one.view.said.add(new Wire.Ack("two", 9));
    one.life.poll();
    assertThat(one.life.await(9, Duration.ZERO).acknowledged()).isEqualTo(2);

    store.seq = 4;
    one.life.poll();
    store.forgetApplied();
    store.seq = 5;
    one.life.poll();
    assertThat(one.life.await(5, Duration.ZERO).acknowledged()).isEqualTo(1);
  }

  @Test
  void letsWritesGoOnlyOnceItKnowsWhatWasDecidedWhileTheyWereHeld() {
    Rig one = new Rig("one");
    store.holds = List.of(new WriteHold("a", Set.of("users"), 1));
    one.lives();
    store.seq = 7;
    store.holds = List.of();
    one.life.poll();
    assertThat(one.heldAfter).containsExactly("1 after [-1]", "0 after [-1, 0]");

    one.view.cut = true;
    one.life.poll();
    assertThat(one.heldAfter).as("who hears nothing changes nothing").hasSize(2);
  }

  @Test
  void isAskedWhatTheControllerIsAskedOnlyWhileItIsTheController() {
    Rig one = new Rig("one");
    Rig two = new Rig("two");
    one.lives();
    two.lives();
    store.asked = true;
    one.life.poll();
    two.life.poll();
    assertThat(one.told).contains("asked");
    assertThat(two.told).doesNotContain("asked");
  }
}
