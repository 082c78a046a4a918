package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamedFilesTest {
  @TempDir private Path folder;

  private ConfigResult loaded() throws IOException {
    Path file = folder.resolve("banyan.yaml");
    Files.writeString(
        file,
        "services: { legacy: { url: https://127.0.0.1:3000, tls: { ca: authority.pem } } }\n");
    return new ConfigFile(file, Environment.of(Map.of())).load();
  }

  @Test
  void saysWhichFileOfCertificatesIsMissing() throws IOException {
    assertThat(loaded())
        .isInstanceOfSatisfying(
            ConfigResult.Rejected.class,
            rejected ->
                assertThat(rejected.text())
                    .contains("there is no file " + folder.resolve("authority.pem")));
  }

  @Test
  void saysWhatIsWrongWithAFileOfCertificates() throws IOException {
    Path file = folder.resolve("authority.pem");
    Files.writeString(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assertThat(loaded())
        .isInstanceOfSatisfying(
            ConfigResult.Rejected.class,
            rejected ->
                assertThat(rejected.text())
                    .contains("certificate 1 of the file " + file + " is broken"));
  }
}
