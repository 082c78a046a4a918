package dev.banyan.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Side;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequestMeterTest {
  private final RequestMeter meter = new RequestMeter();

  private void ended(@Nullable String family, String template, int status) {
    Endpoint endpoint = new Endpoint("GET", template);
    meter.ended(family, endpoint, Side.LEGACY, status, RequestMeter.End.WHOLE, false, 1_000);
  }

  @Test
  void aTunnelIsCountedButHowLongItLastedIsNoDuration() {
    ended("users", "/users", 101);
    ended("users", "/users", 200);
    try (Scrape scrape = new Scrape(meter, List.of())) {
      assertThat(scrape.text().lines().filter(line -> line.contains("duration_seconds_count")))
          .containsExactly(
              "banyan_request_duration_seconds_count"
                  + "{family=\"users\",side=\"legacy\",status=\"2xx\"} 1");
    }
    assertThat(requests())
        .containsExactly("{users /users \"1xx\"} 1.0", "{users /users \"2xx\"} 1.0");
  }

  private List<String> requests() {
    try (Scrape scrape = new Scrape(meter, List.of())) {
      return scrape
          .text()
          .lines()
          .filter(line -> line.startsWith("banyan_requests_total{"))
          .map(
              line -> line.replaceAll("family=\"([^\"]*)\".*route=\"([^\"]*)\".*status=", "$1 $2 "))
          .map(line -> line.replace("banyan_requests_total", ""))
          .sorted()
          .toList();
    }
  }

  @Test
  void whatLeavesTheConfigurationTakesItsNumbersWithIt() {
    ended("users", "/users", 200);
    ended("users", "/users/{id}", 200);
    ended("gone", "/gone", 200);
    ended(null, "/**", 200);

    meter.retain(Map.of("users", Set.of("/users"), "new", Set.of("/new")));

    assertThat(requests())
        .containsExactly("{(none) /** \"2xx\"} 1.0", "{users /users \"2xx\"} 1.0");
  }

  @Test
  void aStatusIsAWordOfAShortListWhateverABackendSends() {
    for (int status : new int[] {0, 101, 204, 304, 499, 599, 600, 999}) {
      ended("users", "/users", status);
    }

    assertThat(requests())
        .containsExactly(
            "{users /users \"1xx\"} 1.0",
            "{users /users \"2xx\"} 1.0",
            "{users /users \"3xx\"} 1.0",
            "{users /users \"4xx\"} 1.0",
            "{users /users \"5xx\"} 1.0",
            "{users /users \"none\"} 1.0",
            "{users /users \"other\"} 2.0");
  }
}
