package dev.banyan.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.access.Role;
import dev.banyan.access.Token;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteTokensTest {
  private static final Instant NOW = Instant.parse("2026-03-01T08:00:00.123456Z");
  private static final Token ANN = new Token("ann", Role.ADMIN, "aa", NOW, null);
  private static final Token BOB =
      new Token("bob", Role.VIEWER, "bb", NOW, NOW.plusSeconds(86_400));

  @TempDir Path folder;

  @Test
  void tokensOutliveTheProcessByName() throws Exception {
    try (SqliteStore store = SqliteStore.open(folder)) {
      assertThat(store.tokens().list()).isEmpty();
      assertThat(store.tokens().save(BOB)).isTrue();
      assertThat(store.tokens().save(ANN)).isTrue();
    }
    try (SqliteStore store = SqliteStore.open(folder)) {
      assertThat(store.tokens().list()).containsExactly(ANN, BOB);
    }
  }

  @Test
  void aNameIsTakenUntilItsTokenIsDeleted() throws Exception {
    try (SqliteStore store = SqliteStore.open(folder)) {
      store.tokens().save(ANN);

      assertThat(store.tokens().save(new Token("ann", Role.VIEWER, "cc", NOW, null))).isFalse();
      assertThat(store.tokens().list()).containsExactly(ANN);
      assertThat(store.tokens().delete("ann")).isTrue();
      assertThat(store.tokens().delete("ann")).isFalse();
      assertThat(store.tokens().list()).isEmpty();
    }
  }
}
