package dev.banyan.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MainTest {
  @Test
  void optionsAloneAreTheTours() {
    assertThat(Main.withTour(new String[] {})).containsExactly("demo");
    assertThat(Main.withTour(new String[] {"--fast", "--headless"}))
        .containsExactly("demo", "--fast", "--headless");
    assertThat(Main.withTour(new String[] {"legacy", "--db", "x"}))
        .containsExactly("legacy", "--db", "x");
    assertThat(Main.withTour(new String[] {"--help"})).containsExactly("--help");
  }
}
