package dev.banyan.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class WeightTest {
  @Test
  void readsAndWritesShares() {
    for (String share : List.of("0%", "0.001%", "5%", "12.5%", "100%")) {
      assertThat(Weight.parse(share)).hasToString(share);
    }
    assertThat(Weight.parse(" 10.0 % ")).isEqualTo(new Weight(10_000));
    assertThat(Weight.parse("5%").share()).isEqualTo(0.05);
  }

  @Test
  void refusesWhatIsNoShare() {
    for (String text : List.of("", "5", "%", "101%", "-1%", "0.0001%", "five%", "5%%", "1e9%")) {
      assertThatThrownBy(() -> Weight.parse(text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + text + "'");
    }
  }
}
