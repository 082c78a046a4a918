package dev.banyan.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class FamilyWritesTest {
  private static final Duration BOUND = Duration.ofSeconds(2);
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final FamilyWrites writes = new FamilyWrites(3);
  private final Stream stream = new Stream();
  private long now = Long.MAX_VALUE - SECOND; // the clock wraps around in every test

  /// A change stream by hand: the owner's log is as long as it is said to be.
  private static final class Stream implements Freshness {
    boolean follows = true;
    long end;
    long applied;

    @Override
    public boolean follows(String family) {
      return follows;
    }

    @Override
    public long positionAfter(String family) {
      return end;
    }

    @Override
    public boolean passed(String family, long position) {
      return applied >= position;
    }
  }

  private void write(long unit) {
    stream.end++;
    writes.wrote(unit, 1, BOUND, now);
  }

  private void later(long nanos) {
    now += nanos;
  }

  private void refresh() {
    later(1);
    writes.refresh("f", stream, new FamilyWrites.Moment(now, now / 1_000_000));
    later(1);
  }

  private boolean isBehind(long unit) {
    return writes.isBehind(unit, true, BOUND, now);
  }

  @Test
  void aUnitIsBehindUntilItsOwnWriteHasBeenPassed() {
    write(1);
    assertThat(isBehind(1)).isTrue();
    assertThat(isBehind(2)).isFalse();
    refresh();
    write(2);
    refresh();
    later(100 * SECOND);
    assertThat(isBehind(1)).isTrue();

    stream.applied = 1;
    refresh();
    assertThat(isBehind(1)).isFalse();
    assertThat(isBehind(2)).isTrue();
    stream.applied = 2;
    refresh();
    assertThat(isBehind(2)).isFalse();
    assertThat(writes.size()).isZero();
  }

  @Test
  void aPositionThatWasTakenBeforeAWriteSaysNothingOfIt() {
    write(1);
    refresh(); // takes position 1
    write(1);
    stream.applied = 1;
    refresh();
    assertThat(isBehind(1)).isTrue();
    stream.applied = 2;
    refresh();
    assertThat(isBehind(1)).isFalse();
  }

  @Test
  void withinItsBoundOnlyWhereItMayNotLastUntilThen() {
    write(1);
    assertThat(writes.isBehind(1, false, BOUND, now + BOUND.toNanos() - 1)).isTrue();
    assertThat(writes.isBehind(1, false, BOUND, now + BOUND.toNanos())).isFalse();
    stream.applied = 1;
    refresh();
    assertThat(writes.isBehind(1, false, BOUND, now)).isFalse();
  }

  @Test
  void withoutAStreamAUnitIsForgottenAfterItsBound() {
    stream.follows = false;
    write(1);
    refresh();
    assertThat(writes.isBehind(1, false, BOUND, now)).isTrue();
    later(BOUND.toNanos());
    refresh();
    assertThat(writes.size()).isZero();
    assertThat(writes.isBehind(1, false, BOUND, now)).isFalse();
  }

  @Test
  void theOldestGoesForANewOneAndEveryStrangerIsThenBehindForAsLongAsTheBound() {
    write(1);
    later(1);
    write(2);
    later(1);
    write(3);
    later(1);
    write(1); // again: 2 is the oldest now
    later(1);
    assertThat(isBehind(9)).isFalse();
    write(4);
    assertThat(writes.size()).isEqualTo(3);
    later(BOUND.toNanos() - 4); // since 2 wrote
    assertThat(isBehind(2)).isTrue();
    assertThat(isBehind(9)).isTrue();
    later(1);
    assertThat(isBehind(2)).isFalse();
    assertThat(isBehind(9)).isFalse();
    assertThat(isBehind(1)).isTrue();
    assertThat(isBehind(3)).isTrue();
    assertThat(isBehind(4)).isTrue();
  }

  @Test
  void positionsOfAnEarlierOwnerAreForgotten() {
    write(1);
    refresh();
    writes.wrote(2, 2, BOUND, now);
    stream.end = 1; // the other side's log
    stream.applied = 0;
    refresh();
    assertThat(isBehind(1)).isTrue();
    assertThat(isBehind(2)).isTrue();
    stream.applied = 1;
    refresh();
    assertThat(isBehind(1)).isFalse();
    assertThat(isBehind(2)).isFalse();
  }

  @Test
  void aStreamThatStandsStillCostsNoMoreThanItsBoundAndNothingIsLost() {
    for (int i = 0; i < 10 * FamilyWrites.POSITIONS; i++) {
      write(1);
      refresh();
    }
    assertThat(isBehind(1)).isTrue();
    stream.applied = stream.end - 1;
    refresh();
    assertThat(isBehind(1)).isTrue();
    stream.applied = stream.end;
    refresh();
    assertThat(isBehind(1)).isFalse();
  }

  @Test
  void aTokensWriteIsPassedOnceAPositionTakenAfterItIs() {
    now = 5_000_000_000L;
    long millis = 5_000;
    assertThat(writes.isBehind(millis)).isTrue();
    stream.end = 7;
    refresh(); // within the same millisecond: it may have been before
    stream.applied = 7;
    refresh();
    assertThat(writes.isBehind(millis)).isTrue();
    later(2_000_000);
    refresh();
    assertThat(writes.isBehind(millis)).isFalse();
  }
}
