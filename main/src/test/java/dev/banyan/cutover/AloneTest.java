package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.statistics.Pairs;
import dev.banyan.statistics.Sightings;
import dev.banyan.statistics.TrafficTick;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// What one replica does for itself while it is cut off, or after it was deposed.
class AloneTest {
  private final Rig rig = new Rig();

  private void harm() {
    for (int i = 0; i < 20; i++) {
      rig.tick(Rig.traffic(1_000, 0), Rig.traffic(50, 40));
    }
  }

  private void denyAlone() {
    rig.bring(Phase.Name.CANARY);
    rig.replicas.cutOff = true;
    harm();
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.lastEntry().kind()).isEqualTo(LedgerEntry.Kind.DENY);
  }

  private void look(Duration after) {
    rig.pass(after);
    rig.cutover.tick();
  }

  @Test
  void whatAReplicaDecidesAloneCanBeReplayed() {
    denyAlone();
    rig.replicas.cutOff = false;
    look(Duration.ofSeconds(10));
    assertThat(rig.lastEntry().kind()).isEqualTo(LedgerEntry.Kind.ALLOW);

    Replay replay = rig.ledger.replay(Recorded::disagreement, 1);
    assertThat(replay.without()).isZero();
    assertThat(replay.disagreed()).isZero();
  }

  @Test
  void whatAnotherVersionHasWrittenIsLeftOutAndWhatComesWithItCounts() {
    rig.bring(Phase.Name.CANARY);
    long epoch = rig.state().epoch();
    TrafficTick bad =
        new TrafficTick(Rig.traffic(1_000, 0), Rig.traffic(50, 45), Sightings.NONE, Pairs.NONE);
    rig.cutover.count("users", epoch, new byte[] {99, 1, 2});
    rig.cutover.count("users", epoch, TickDigest.of(bad).encode());
    look(Duration.ofMillis(100));

    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
  }

  @Test
  void aCandidateComesBackOnceAnotherHasHadTheTimeToDecide() {
    denyAlone();
    rig.replicas.term = OptionalLong.empty();
    look(Duration.ofMinutes(5));
    rig.replicas.cutOff = false;
    look(Duration.ofSeconds(9));
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);

    look(Duration.ofSeconds(1));
    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
    assertThat(rig.lastEntry().kind()).isEqualTo(LedgerEntry.Kind.ALLOW);
  }

  @Test
  void itComesBackAtOnceWhenAnotherHasDecided() {
    denyAlone();
    rig.replicas.term = OptionalLong.empty();
    rig.replicas.cutOff = false;
    assertThat(rig.cutover.rollback(Rig.order(), Phase.Name.LEGACY)).isInstanceOf(Done.class);
    look(Duration.ofMillis(100));

    assertThat(rig.cutover.denied()).isEmpty();
    assertThat(rig.phase()).isEqualTo(Phase.Name.LEGACY);
  }

  @Test
  void aRollbackStartsFromWhereTheFamilyStandsAndNotFromWhatOneReplicaDeniesItself() {
    rig.bring(Phase.Name.READS);
    rig.replicas.cutOff = true;
    harm();
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);

    // Out of the reads a rollback goes to the shadow, and not on to the legacy.
    assertThat(rig.cutover.rollback(Rig.order(), null))
        .isInstanceOfSatisfying(
            Done.class, done -> assertThat(done.before().phase()).isEqualTo(new Phase.Reads()));
    assertThat(rig.store.standings().getFirst().state().phase()).isEqualTo(new Phase.Shadow());
  }

  @Test
  void aDeposedControllersRollbackIsLeftToTheNextWithAnEntry() {
    rig.bring(Phase.Name.CANARY);
    rig.replicas.term = OptionalLong.of(1);
    rig.store.presentTerm = 2;
    rig.tick(Rig.traffic(1_000, 0), Rig.traffic(50, 45));
    rig.replicas.term = OptionalLong.empty();

    assertThat(rig.lastEntry().kind()).isEqualTo(LedgerEntry.Kind.DENY);
    assertThat(rig.lastEntry().gates()).isNotEmpty();
    assertThat(rig.lastEntry().evidence()).isNotNull();
    assertThat(rig.phase()).as("goes without the candidate").isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.store.standings().getFirst().state().phase())
        .isEqualTo(new Phase.Canary(Weight.parse("5%")));

    look(Duration.ofSeconds(10));
    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
  }

  @Test
  void aRollbackWarnsTheOthersOfWhatIsToBeWritten() {
    rig.bring(Phase.Name.READS);
    long epoch = rig.state().epoch();
    rig.cutover.rollback(Rig.order(), null);
    assertThat(rig.replicas.warned).containsExactly("users " + epoch + " SHADOW");
  }

  @Test
  void aWarningDeniesTheCandidateUntilWhatItSaysIsHere() {
    rig.bring(Phase.Name.READS);
    Standing reads = rig.store.standings().getFirst();
    long epoch = rig.state().epoch();
    rig.cutover.hint("users", epoch, Phase.Name.SHADOW);
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.published.getLast().phase()).isEqualTo(new Phase.Shadow());
    assertThat(rig.state().epoch()).isEqualTo(epoch);
    assertThat(rig.store.standings()).containsExactly(reads);

    assertThat(rig.cutover.rollback(Rig.order(), Phase.Name.CANARY)).isInstanceOf(Done.class);
    assertThat(rig.phase()).as("what was written counts").isEqualTo(Phase.Name.CANARY);
  }

  @Test
  void aWarningThatNothingFollowsIsDropped() {
    rig.bring(Phase.Name.CANARY);
    rig.cutover.hint("users", rig.state().epoch(), Phase.Name.LEGACY);
    look(Duration.ofSeconds(1));
    rig.replicas.cutOff = true;
    look(Duration.ofSeconds(5));
    assertThat(rig.phase()).as("nothing is known").isEqualTo(Phase.Name.LEGACY);
    rig.replicas.cutOff = false;
    look(Duration.ofMillis(100));
    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
  }

  @Test
  void aWarningNeverGivesACandidateMoreThanItHas() {
    rig.bring(Phase.Name.CANARY);
    long epoch = rig.state().epoch();
    for (Phase.Name later : Phase.Name.values()) {
      if (!later.before(Phase.Name.CANARY)) {
        rig.cutover.hint("users", epoch, later);
      }
    }
    rig.cutover.hint("users", epoch - 1, Phase.Name.LEGACY);
    rig.cutover.hint("nobody", epoch, Phase.Name.LEGACY);
    assertThat(rig.state().phase()).isEqualTo(new Phase.Canary(Weight.parse("5%")));
  }
}
