package dev.banyan.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AfterTokenTest {
  private static final byte[] KEY = {1, 2, 3, 4, 5, 6, 7, 8};

  private final AfterToken here = new AfterToken(KEY, "here");
  private final AfterToken there = new AfterToken(KEY, "there");

  @Test
  void everyProcessWithTheKeyReadsItAndKnowsItsOwn() {
    String token = here.make("users", 1_700_000_000_123L);
    assertThat(here.read("users", token)).isEqualTo(new AfterToken.Said(1_700_000_000_123L, true));
    assertThat(there.read("users", token))
        .isEqualTo(new AfterToken.Said(1_700_000_000_123L, false));
    assertThat(token).matches("[0-9a-z]+\\.here\\.[A-Za-z0-9_-]{22}");
  }

  @Test
  void whatIsNotSignedForTheFamilySaysNothing() {
    String token = here.make("users", 5);
    assertThat(here.read("orders", token)).isNull();
    assertThat(new AfterToken(new byte[] {9}, "here").read("users", token)).isNull();
    for (int i = 0; i < token.length(); i++) {
      char other = token.charAt(i) == 'x' ? 'y' : 'x';
      String forged = token.substring(0, i) + other + token.substring(i + 1);
      assertThat(here.read("users", forged)).as(forged).isNull();
    }
    for (String text : new String[] {"", ".", "..", "a", "a.b", "a.b.c", "x".repeat(5_000)}) {
      assertThat(here.read("users", text)).as(text).isNull();
    }
  }
}
