package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MovingTest {
  @Test
  void chunksThatAskLeaveConnectionsToAskBy() {
    assertThat(Moving.copiers(8, false, 8)).isEqualTo(8);
    assertThat(Moving.copiers(8, true, 8)).isEqualTo(4);
    assertThat(Moving.copiers(2, true, 8)).isEqualTo(2);
    assertThat(Moving.copiers(2, true, 1)).isEqualTo(1);
  }
}
