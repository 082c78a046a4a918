package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `docs/guides/moving-data.md` shows nothing that the program would refuse.
class MovingDataPageTest {
  private static final Pattern YAML = Pattern.compile("(?s)```yaml\n(# banyan.yaml\n.*?)```");

  @TempDir Path folder;

  @Test
  void everyPieceOfConfigurationIsAccepted() throws Exception {
    Path page = Repository.root().resolve("docs/guides/moving-data.md");
    List<String> pieces =
        YAML.matcher(Files.readString(page)).results().map(found -> found.group(1)).toList();

    assertThat(pieces).isNotEmpty();
    for (String piece : pieces) {
      assertThat(Yaml.in(folder).loaded(piece).transfers()).isNotEmpty();
    }
  }
}
