package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class UnitBitsTest {
  private static UnitBits random(long seed, int units) {
    SplittableRandom random = new SplittableRandom(seed);
    UnitBits bits = new UnitBits();
    for (int i = 0; i < units; i++) {
      bits.add(random.nextLong());
    }
    return bits;
  }

  @Test
  void neverCountsMoreUnitsThanThereAreAndHardlyFewer() {
    assertThat(random(1, 10_000).count()).isBetween(9_500, 10_000);
    assertThat(random(2, 100_000).count()).isBetween(65_000, 75_000);
  }

  @Test
  void aUnitIsMetOnce() {
    UnitBits bits = new UnitBits();

    assertThat(bits.add(42)).isTrue();
    assertThat(bits.add(42)).isFalse();
    assertThat(bits.count()).isEqualTo(1);
  }

  @Test
  void togetherTheyHaveWhatEitherHas() {
    UnitBits all = random(1, 300);
    UnitBits some = random(1, 200);

    assertThat(all.with(some)).isEqualTo(all);
    assertThat(some.with(all).count()).isEqualTo(all.count());
    assertThat(all.with(new UnitBits())).isEqualTo(all);
    assertThat(new UnitBits().with(all)).isEqualTo(all);
    assertThat(all.with(random(2, 100)).count()).isBetween(390, 400);

    UnitBits others = random(3, 5_000);
    assertThat(UnitBits.count(List.of(all, new UnitBits(), some, others)))
        .isEqualTo(all.with(some).with(others).count());
    assertThat(UnitBits.count(List.of(new UnitBits()))).isZero();
  }

  @Test
  void isTheSameAfterBeingKept() {
    assertThat(UnitBits.of(random(1, 300).toBytes())).isEqualTo(random(1, 300));
    assertThat(UnitBits.of(random(1, 300).toBytes()).count()).isEqualTo(random(1, 300).count());
    assertThat(UnitBits.of(new UnitBits().toBytes())).isEqualTo(new UnitBits());
    assertThatThrownBy(() -> UnitBits.of(new byte[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 bytes");
  }
}
