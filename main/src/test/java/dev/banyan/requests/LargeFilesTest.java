package dev.banyan.requests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Files far larger than the memory of the program that reads them.
class LargeFilesTest {
  private static final int LARGE = 200 << 20;
  private static final String HEAP = "-Xmx96m";

  @TempDir Path folder;

  /// Reads a file in a program of its own and tells what it held.
  static final class Reading {
    private Reading() {}

    public static void main(String[] args) {
      long[] seen = new long[2];
      String fault = "none";
      try {
        RequestFiles.read(
            Path.of(args[0]),
            null,
            new RequestSink() {
              @Override
              public void request(RecordedRequest request) {
                seen[0]++;
              }

              @Override
              public void skipped(String place, String reason) {
                seen[1]++;
              }
            });
      } catch (RequestFileException e) {
        fault = String.valueOf(e.getMessage());
      }
      System.out.println(seen[0] + " requests, " + seen[1] + " skipped, fault: " + fault);
    }
  }

  private String read(Path file) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Reading.class.getName(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said.strip();
  }

  private Path write(String name, String head, String filling, String tail) throws IOException {
    return write(name, head, filling, tail, LARGE);
  }

  private Path write(String name, String head, String filling, String tail, int size)
      throws IOException {
    Path file = folder.resolve(name);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      out.write(Samples.bytes(head));
      byte[] block = Samples.bytes(filling.repeat((1 << 20) / filling.length()));
      for (int i = 0; i < size / block.length; i++) {
        out.write(block);
      }
      out.write(Samples.bytes(tail));
    }
    return file;
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void aBodyOf200MegabytesIsSkippedAndTheRestRead() throws IOException, InterruptedException {
    String entry =
        "{\"request\":{\"method\":\"PUT\",\"url\":\"http://a/x\",\"postData\":{\"text\":\"";
    Path har =
        write(
            "a.har",
            "{\"log\":{\"entries\":[" + entry + "b\"}}}," + entry,
            "x",
            "\"}}}," + entry + "c\"}}}]}}");
    assertThat(read(har)).isEqualTo("2 requests, 1 skipped, fault: none");
    Path gor =
        write(
            "a.gor",
            "1 a 1\nPUT /x HTTP/1.1\r\nContent-Length: 209715200\r\n\r\n",
            "x",
            "\n🐵🙈🙉\n1 b 1\nGET /y HTTP/1.1\r\n\r\n\n🐵🙈🙉\n");
    assertThat(read(gor)).isEqualTo("1 requests, 1 skipped, fault: none");
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void aLineOf200MegabytesIsSkippedOrEndsAList() throws IOException, InterruptedException {
    Path log = write("a.log", "a \"GET /a HTTP/1.1\" 200 1\n", "x", "\na \"GET /b\" 200 1\n");
    assertThat(read(log)).isEqualTo("2 requests, 1 skipped, fault: none");
    Path list = write("a.txt", "GET /a\nX: ", "x", "\n");
    assertThat(read(list)).contains("1 requests, 0 skipped", "a.txt: line 2: longer than");
  }

  @Test
  @Timeout(value = 120, unit = TimeUnit.SECONDS)
  void longFilesAreReadWithLittleMemory() throws IOException, InterruptedException {
    String line =
        "a - - [1/Jan/2024:00:00:00 +0000] \"GET /" + "p".repeat(900) + " HTTP/1.1\" 200 1\n";
    line = line + "#" + "c".repeat(1024 * 4 - line.length() - 2) + "\n";
    assertThat(read(write("long.log", "", line, "")))
        .isEqualTo(LARGE / 4096 + " requests, 0 skipped, fault: none");
    Path document =
        write("long.yaml", "openapi: 3.0.0\npaths:\n", "# nothing here\n", "", 34 << 20);
    assertThat(read(document)).contains("the limit is 32 MiB");
  }
}
