package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Side;
import dev.banyan.proxy.Freshness;
import dev.banyan.shadow.FollowUp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Differences of a family whose candidate follows the legacy's rows.
class RowsBehindTest extends JudgingScene {
  private long tip = 10;
  private long applied = 10;
  private boolean follows = true;
  private Side owner = Side.LEGACY;

  private final RowsBehind rows =
      new RowsBehind(
          new Freshness() {
            @Override
            public boolean follows(String family) {
              return follows;
            }

            @Override
            public long positionAfter(String family) {
              return tip;
            }

            @Override
            public boolean passed(String family, long position) {
              return applied >= position;
            }
          },
          _ -> owner,
          () -> nanos);

  @BeforeEach
  void learnedAndFollowing() {
    judging.adopt(config("0%"));
    judging.await(rows);
  }

  private static String n(long n) {
    return "{\"n\":" + n + "}";
  }

  private void behindByOne() {
    tip = 11;
    legacy = () -> n(tip);
    candidate = () -> n(applied);
  }

  @Test
  void aDifferenceThatIsGoneOnceTheRowsHaveComeIsNone() {
    behindByOne();
    List<Integer> askedMeanwhile = new ArrayList<>();
    whileItWaits =
        () -> {
          rows.look();
          rows.look();
          askedMeanwhile.add(asked.size());
          applied = 11;
          rows.look();
        };
    meet();

    assertThat(askedMeanwhile).as("nobody is asked before they have come").containsExactly(0);
    assertThat(asked)
        .extracting(FollowUp.Question::side)
        .containsExactly(Side.LEGACY, Side.CANDIDATE, Side.LEGACY);
    assertThat(evidence().matched()).isOne();
    assertThat(evidence().mismatched()).isZero();
  }

  @Test
  void aDifferenceThatStaysOnceTheRowsHaveComeIsOne() {
    behindByOne();
    candidate = () -> n(-1);
    whileItWaits =
        () -> {
          rows.look();
          applied = 11;
          rows.look();
        };
    meet();

    assertThat(evidence().mismatched()).isOne();
  }

  private void inVain() {
    behindByOne();
    whileItWaits =
        () -> {
          rows.look();
          nanos += RowsBehind.PATIENCE.toNanos();
          rows.look();
        };
    meet();
  }

  @Test
  void rowsThatDoNotComeInTimeLeaveItUncompared() {
    inVain();

    assertThat(asked).isEmpty();
    assertThat(evidence().mismatched()).isZero();
    assertThat(evidence().skipped()).containsEntry("rows-behind", 1L);
  }

  private void same() {
    legacy = () -> n(7);
    candidate = () -> n(7);
    meet();
  }

  @Test
  void whileRowsDoNotComeWhatIsTheSameIsNoMatchEither() {
    inVain();
    same();
    assertThat(evidence().matched()).isZero();
    assertThat(evidence().skipped()).containsEntry("rows-behind", 2L);

    rows.look();
    same();
    assertThat(evidence().matched()).as("they have not come yet").isZero();
    applied = 11;
    rows.look();
    same();
    assertThat(evidence().matched()).isOne();
  }

  @Test
  void rowsOfWhichNobodyKnowsHowFarTheyAreAreAskedForUntilSomebodyDoes() {
    behindByOne();
    tip = Long.MAX_VALUE;
    legacy = () -> n(1);
    whileItWaits =
        () -> {
          rows.look();
          nanos += RowsBehind.PATIENCE.toNanos();
          rows.look();
        };
    meet();
    same();
    assertThat(evidence().matched()).isZero();
    tip = 11;
    rows.look();
    applied = 11;
    rows.look();
    same();
    assertThat(evidence().matched()).isOne();
  }

  @Test
  void aPositionSaysNothingOnceAnotherSideOwnsTheRows() {
    behindByOne();
    whileItWaits =
        () -> {
          rows.look();
          owner = Side.CANDIDATE;
          applied = 99;
          rows.look();
        };
    meet();

    assertThat(evidence().skipped()).containsEntry("rows-behind", 1L);
  }

  @Test
  void noMoreThanSoManyWait() {
    List<Integer> late = new ArrayList<>();
    for (int i = 0; i <= RowsBehind.MOST; i++) {
      int each = i;
      rows.await("users", Side.CANDIDATE, () -> {}, () -> late.add(each));
    }
    assertThat(late).containsExactly(RowsBehind.MOST);
  }

  @Test
  void beyondWhatMayBeAskedItIsLeftUncomparedAndNoDifference() {
    behindByOne();
    whileItWaits =
        () -> {
          applied = 11;
          rows.look();
          applied = 10;
        };
    for (int i = 0; i <= FamilyJudging.DIFFERENCES_AT_ONCE; i++) {
      meet();
    }
    assertThat(evidence().skipped()).containsEntry("rows-behind", 1L);

    long matched = evidence().matched();
    same();
    assertThat(evidence().matched()).as("as little as a difference").isEqualTo(matched);
    nanos += 1_000_000_000L;
    same();
    assertThat(evidence().matched()).isEqualTo(matched + 1);
  }

  @Test
  void withoutAStreamADifferenceIsSettledAsEver() {
    follows = false;
    behindByOne();
    meet();

    assertThat(asked).extracting(FollowUp.Question::side).containsExactly(Side.LEGACY);
    assertThat(evidence().mismatched()).isOne();
  }
}
