package dev.banyan.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What becomes of measured numbers.
public final class Figures {
  private Figures() {}

  /// @return NaN of nothing
  public static double median(double... figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length == 0
        ? Double.NaN
        : sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /// To three digits behind the point; -1 for what is no number.
  public static double round(double figure) {
    return Double.isFinite(figure) ? Math.round(figure * 1_000) / 1_000.0 : -1;
  }

  public static void write(Path file, Map<String, Object> json) throws IOException {
    Files.writeString(
        file,
        JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(json)
            + "\n");
  }
}
