package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A good file with random damage is read or refused; it never throws.
class MutationsTest {
  private static final int ROUNDS = 1_500;
  private static final List<String> INSERTS =
      List.of(
          "\t",
          ":",
          "- ",
          "{",
          "}",
          "[",
          "]",
          "'",
          "\"",
          "&a ",
          "*a",
          "!x ",
          "|\n",
          "#",
          "\n",
          "  ",
          "${",
          "$${",
          "}",
          "---\n",
          "...\n",
          "%",
          "\u0000",
          "\uD83D\uDE00",
          "null",
          "? ",
          "<<: ",
          "\u2028",
          "-1",
          "99999999999",
          "http://",
          "**",
          ",",
          "@",
          "`");

  @TempDir Path folder;

  @Test
  void anyDamageEndsInAResult() throws Exception {
    long seed = Long.getLong("forall.seed", new Random().nextLong());
    Random random = new Random(seed);
    String good = Files.readString(Repository.root().resolve("examples/banyan.yaml"));
    for (int round = 0; round < ROUNDS; round++) {
      byte[] damaged = damaged(good, random);
      ConfigResult result;
      try {
        result = Yaml.in(folder).load(damaged);
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError(
            "forall.seed="
                + seed
                + ", round "
                + round
                + ":\n"
                + new String(damaged, StandardCharsets.UTF_8),
            e);
      }
      if (result instanceof ConfigResult.Rejected rejected) {
        assertThat(rejected.problems())
            .as("forall.seed=%d, round %d", seed, round)
            .isNotEmpty()
            .allSatisfy(problem -> assertThat(problem.message()).isNotBlank());
      }
    }
  }

  private static byte[] damaged(String good, Random random) {
    StringBuilder text = new StringBuilder(good);
    for (int times = 1 + random.nextInt(4); times > 0; times--) {
      int at = random.nextInt(text.length());
      int end = Math.min(text.length(), at + random.nextInt(12));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(at, end);
        case 1 -> text.insert(at, INSERTS.get(random.nextInt(INSERTS.size())));
        case 2 -> text.insert(random.nextInt(text.length()), text.substring(at, end));
        default -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
      }
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(20) == 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
