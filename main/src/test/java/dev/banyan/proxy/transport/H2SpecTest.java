package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The conformance suite h2spec against the gateway, with a backend of HTTP/1.1 behind it.
class H2SpecTest {
  private static final String ARCHIVE = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";

  private static final String CASES = "145 tests, 145 passed, 0 skipped, 0 failed";
  private static final int TAR_BLOCK = 512;
  private static final int TAR_SIZE = 124;
  private static final int TAR_SIZE_LENGTH = 12;

  @TempDir private Path folder;

  @Test
  void everyCasePassesWithoutTls() throws Exception {
    try (Backend legacy = Http2Test.answering();
        Rig rig = Rig.legacyAt(legacy).start()) {
      assertAllPass(run(rig));
    }
  }

  @Test
  void everyCasePassesWithTls() throws Exception {
    try (Backend legacy = Http2Test.answering();
        Rig rig = Rig.legacyAt(legacy).tls(TestCertificate.in(folder, "one")).start()) {
      assertAllPass(run(rig, "-t", "-k"));
    }
  }

  private static void assertAllPass(String report) {
    List<String> failed =
        report
            .lines()
            .takeWhile(line -> !line.startsWith("Failures:"))
            .filter(line -> line.contains("\u00d7"))
            .map(line -> line.substring(line.indexOf('\u00d7') + 1).strip())
            .toList();
    assertThat(failed).as(report).isEmpty();
    assertThat(report).contains(CASES);
  }

  private String run(Rig rig, String... options) throws Exception {
    String machine = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    assumeTrue(machine.equals("Linux amd64"), "h2spec comes for Linux amd64, not for " + machine);
    Path program = program();
    List<String> command = new ArrayList<>();
    command.addAll(List.of(program.toString(), "-h", "127.0.0.1", "-o", "10", "-p"));
    command.add(String.valueOf(rig.gateway.address().getPort()));
    command.addAll(Arrays.asList(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String report = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return report;
  }

  /// The one file of the archive in the suite's Maven plugin.
  private Path program() throws IOException {
    byte[] tar;
    try (InputStream packed =
            Objects.requireNonNull(H2SpecTest.class.getResourceAsStream(ARCHIVE), ARCHIVE);
        InputStream unpacked = new GZIPInputStream(packed)) {
      tar = unpacked.readAllBytes();
    }
    String octal =
        new String(tar, TAR_SIZE, TAR_SIZE_LENGTH, StandardCharsets.US_ASCII).replace("\0", "");
    int size = Integer.parseInt(octal.strip(), 8);
    Path program = folder.resolve("h2spec");
    try (InputStream content = new ByteArrayInputStream(tar, TAR_BLOCK, size)) {
      Files.copy(content, program);
    }
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }
}
