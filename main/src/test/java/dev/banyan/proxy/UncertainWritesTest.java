package dev.banyan.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Side;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class UncertainWritesTest {
  private final UncertainWrites writes =
      new UncertainWrites(InstantSource.fixed(Instant.ofEpochSecond(5)));

  private void add(String family) {
    writes.add(
        new UncertainWrites.Sent(family, 1, Side.LEGACY, "POST", "/x", 0, "id", null, "reset"));
  }

  @Test
  void beyondTheirBoundTheyAreCountedAndTheFamilyIsNotSettledBefore() {
    for (int i = 0; i < UncertainWrites.MOST; i++) {
      add("a");
    }
    add("b");
    add("b");
    assertThat(writes.list()).hasSize(UncertainWrites.MOST);
    assertThat(writes.list().getFirst().at()).isEqualTo(Instant.ofEpochSecond(5));
    assertThat(writes.unsettled("a")).isEqualTo(UncertainWrites.MOST);
    assertThat(writes.unsettled("b")).isEqualTo(2);
    assertThat(writes.notKept("b")).isEqualTo(2);

    assertThat(writes.settle(writes.list().getFirst().number())).isTrue();
    add("b");
    assertThat(writes.unsettled("b")).isEqualTo(3);
    writes.settleNotKept("b");
    assertThat(writes.unsettled("b")).isEqualTo(1);
  }
}
