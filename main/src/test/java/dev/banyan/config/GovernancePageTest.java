package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `docs/guides/governance.md` shows nothing that the program would refuse.
class GovernancePageTest {
  private static final Pattern YAML = Pattern.compile("(?s)```yaml\n(# banyan.yaml\n.*?)```");

  @TempDir Path folder;

  @Test
  void everyPieceOfConfigurationIsAccepted() throws Exception {
    Path page = Repository.root().resolve("docs/guides/governance.md");
    List<String> pieces =
        YAML.matcher(Files.readString(page)).results().map(found -> found.group(1)).toList();

    assertThat(pieces)
        .hasSizeGreaterThan(2)
        .allSatisfy(piece -> assertThat(Yaml.in(folder).loaded(piece)).isNotNull());
  }
}
