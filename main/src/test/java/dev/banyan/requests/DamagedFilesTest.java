package dev.banyan.requests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Valid files cut off and damaged at random places: each is read to an end or to a fault that
/// names the file, and to nothing else.
class DamagedFilesTest {
  private static final int ROUNDS = 150;
  private static final byte[] TELLING = Samples.bytes("{}[]\":,\\\n\r \0#@-&*!|>0x\t");

  @TempDir Path folder;

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void damageEndsInAFaultOrInTheEndOfTheFile() throws IOException {
    for (Map.Entry<String, byte[]> sample : Samples.all().entrySet()) {
      for (int seed = 0; seed < ROUNDS; seed++) {
        Random random = new Random(seed);
        byte[] damaged = damage(sample.getValue(), random);
        Path file = Files.write(folder.resolve(sample.getKey()), damaged);
        Format format = random.nextInt(4) == 0 ? null : format(sample.getKey());
        Collected[] read = new Collected[1];
        assertThatCode(() -> read[0] = Collected.of(file, format))
            .as("%s with seed %s", sample.getKey(), seed)
            .doesNotThrowAnyException();
        if (read[0].fault != null) {
          assertThat(read[0].complaint())
              .as("%s with seed %s", sample.getKey(), seed)
              .contains(sample.getKey())
              .doesNotContain("Exception");
        }
        assertThat(read[0].lines()).allMatch(line -> line.contains(" /"));
      }
    }
  }

  private static Format format(String name) {
    return switch (name) {
      case "a.har" -> Format.HAR;
      case "a.gor" -> Format.GOR;
      case "a.txt" -> Format.LIST;
      case "a.log", "a.jsonl" -> Format.ACCESS_LOG;
      default -> Format.OPENAPI;
    };
  }

  private static byte[] damage(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    int hits = random.nextInt(5);
    for (int i = 0; i < hits; i++) {
      int at = random.nextInt(bytes.length);
      bytes[at] =
          random.nextBoolean()
              ? (byte) random.nextInt(256)
              : TELLING[random.nextInt(TELLING.length)];
    }
    if (random.nextInt(3) == 0) {
      int from = random.nextInt(bytes.length);
      int length = Math.min(bytes.length - from, random.nextInt(200));
      byte[] doubled = Arrays.copyOf(bytes, bytes.length + length);
      System.arraycopy(bytes, from, doubled, bytes.length, length);
      bytes = doubled;
    }
    return hits == 0 || random.nextInt(3) == 0
        ? Arrays.copyOf(bytes, random.nextInt(bytes.length))
        : bytes;
  }
}
