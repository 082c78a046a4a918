package dev.banyan.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `docs/reference/metrics.md` lists the metrics that there are, with the labels that they have.
class MetricsPageTest {
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(banyan_\\w+)` \\| (\\w+) \\| ([^|]*) \\| ([^|]+) \\|$");

  @Test
  void thePageListsEveryMetricWithItsTypeItsLabelsAndItsMeaning() throws IOException {
    String page = Files.readString(root().resolve("docs/reference/metrics.md"));
    List<String> rows = ROW.matcher(page).results().map(MatchResult::group).toList();

    assertThat(rows)
        .containsExactlyElementsOf(
            Arrays.stream(Metric.values()).map(MetricsPageTest::row).toList());
  }

  private static String row(Metric metric) {
    return "| `%s` | %s | %s | %s |"
        .formatted(
            metric.title(),
            metric.type().word(),
            String.join(", ", metric.labels().stream().map(label -> "`" + label + "`").toList()),
            metric.help());
  }

  @Test
  void aScrapeNamesEachMetricAsThePageDoes() {
    String text;
    try (Scrape scrape = new Scrape(new RequestMeter(), List.of(MetricsPageTest::everything))) {
      text = scrape.text();
    }

    for (Metric metric : Metric.values()) {
      assertThat(text)
          .contains("# TYPE " + metric.title() + " " + metric.type().word() + "\n")
          .contains("# HELP " + metric.title() + " " + metric.help() + "\n");
    }
    List<String> owners =
        Pattern.compile("(?m)^# TYPE ([a-z]+)_")
            .matcher(text)
            .results()
            .map(match -> match.group(1))
            .distinct()
            .sorted()
            .toList();
    assertThat(owners).containsExactly("banyan", "jvm", "process", "system");
  }

  private static void everything(Sheet sheet) {
    for (Metric metric : Metric.values()) {
      String[] labels = metric.labels().toArray(String[]::new);
      if (metric == Metric.SENT_TWICE) {
        continue; // the meter shows it always
      }
      if (metric.type() == Metric.Type.HISTOGRAM) {
        sheet.add(metric, new Durations(), labels);
      } else {
        sheet.add(metric, 1, labels);
      }
    }
  }

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("acceptance/pom.xml"))) {
      here = Objects.requireNonNull(here.getParent());
    }
    return here;
  }
}
