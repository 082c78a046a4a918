package dev.banyan.control;

import io.helidon.http.HeaderNames;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/// Where a monitoring system reads the metrics: `/metrics`, with the token like the API.
public final class MetricsPage {
  private MetricsPage() {}

  /// @param mediaType of the text
  /// @param text called for each request, on its virtual thread
  public static Route route(String mediaType, Supplier<String> text) {
    return new Route(
        "GET",
        "/metrics",
        false,
        (_, response) -> {
          response.header(HeaderNames.CONTENT_TYPE, mediaType);
          response.send(text.get().getBytes(StandardCharsets.UTF_8));
        });
  }
}
