package dev.banyan.tidy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The page that leads newcomers through the code names only what is there, and stays short.
class ArchitecturePageTest {
  private static final int MOST_CLASSES = 8;
  private static final Pattern STATION = Pattern.compile("(?m)^\\d+\\. `(dev\\.banyan\\.[\\w.]+)`");

  @Test
  void theLifeOfARequestIsToldInFewClassesThatExist() throws IOException {
    assertStations("## Life of a request");
  }

  @Test
  void theLifeOfAMigrationIsToldInFewClassesThatExist() throws IOException {
    assertStations("## Life of a migration");
  }

  private static void assertStations(String heading) throws IOException {
    String page = Files.readString(Repository.root().resolve("docs/internals/ARCHITECTURE.md"));
    int from = page.indexOf(heading);
    assertThat(from).as(heading).isNotNegative();
    String section = page.substring(from, page.indexOf("\n## ", from + 1));
    List<String> stations =
        STATION.matcher(section).results().map((MatchResult match) -> match.group(1)).toList();
    assertThat(stations).hasSizeBetween(4, MOST_CLASSES);
    for (String station : stations) {
      assertThatCode(() -> Class.forName(station, false, Repository.class.getClassLoader()))
          .as(station)
          .doesNotThrowAnyException();
    }
  }
}
