package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `docs/guides/gateway.md` shows nothing that the program would refuse.
final class GuideIT {
  private static final Pattern YAML = Pattern.compile("(?s)```yaml\n(# [^\n]*\n.*?)```");
  private static final Pattern METRIC = Pattern.compile("banyan_[a-z_]+");

  @TempDir Path folder;

  private static String page(String name) throws IOException {
    return Files.readString(Program.repository().resolve("docs").resolve(name));
  }

  @Test
  void everyPieceOfConfigurationIsAccepted() throws Exception {
    Authority authority = new Authority();
    authority.put(folder, "gateway.test");
    Files.move(authority.file(folder), folder.resolve("ca.pem"));
    List<String> pieces =
        YAML.matcher(page("guides/gateway.md"))
            .results()
            .map(found -> found.group(1))
            .filter(text -> !text.startsWith("# Kubernetes\n"))
            .toList();
    assertThat(pieces)
        .hasSize(6)
        .allSatisfy(text -> assertThat(text).startsWith("# banyan.yaml\n"));

    List<String> refused = new ArrayList<>();
    for (String piece : pieces) {
      Path file = folder.resolve("banyan.yaml");
      Files.writeString(file, piece.replace("/etc/banyan/", folder + "/"));
      Program.Ended ended = Program.run("check", file.toString());
      if (ended.exit() != 0) {
        refused.add(piece + ended.said());
      }
    }
    assertThat(refused).isEmpty();
  }

  @Test
  void everyMetricExists() throws Exception {
    String reference = page("reference/metrics.md");
    List<String> names =
        METRIC.matcher(page("guides/gateway.md")).results().map(MatchResult::group).toList();
    assertThat(names)
        .hasSizeGreaterThan(8)
        .allSatisfy(name -> assertThat(reference).contains("| `" + name + "` |"));
  }
}
