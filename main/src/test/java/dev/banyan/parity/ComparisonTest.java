package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Severity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void isUsedInThreeLines() {
    Verdict verdict = Comparison.of().json("{\"id\": 1}", "{\"id\": \"1\"}");
    assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
    assertThat(Answers.differences(verdict))
        .isEqualTo(
            List.of(
                new Difference(
                    "body:$.id", Difference.Kind.TYPE, Severity.BREAKING, "1", "\"1\"")));
  }

  @Test
  void theExampleOfTheReferencePageIsTheOneThatIsTested() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/reference/parity.md"))) {
      root = Objects.requireNonNull(root.getParent(), "no docs/reference/parity.md above");
    }
    assertThat(Files.readString(root.resolve("docs/reference/parity.md")))
        .contains(
            """
            Verdict verdict = Comparison.of().json("{\\"id\\": 1}", "{\\"id\\": \\"1\\"}");
            assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
            """);
  }

  @Test
  void listsCosmeticDifferencesLastAndMatchesWhereThereAreNoOthers() {
    assertThat(Comparison.of().json("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}"))
        .isEqualTo(new Verdict.Match());
    assertThat(Answers.differences(Comparison.of().json("{\"a\":1,\"b\":2}", "{\"b\":3,\"a\":1}")))
        .extracting(Difference::severity)
        .containsExactly(Severity.BREAKING, Severity.COSMETIC);
  }

  @Test
  void comparesSuccessesInFullEvenWhereTheirStatusDiffers() {
    assertThat(
            Answers.found(
                Comparison.of()
                    .compare(Answers.json(200, "{\"id\":1}"), Answers.json(201, "{\"id\":2}"))))
        .containsExactly("status value breaking", "body:$.id value breaking");
  }

  @Test
  void tenThousandShuffledObjectsWithOneChangeAreTwoDifferences() {
    StringBuilder legacy = new StringBuilder("[");
    StringBuilder candidate = new StringBuilder("[");
    for (int i = 0; i < 10_000; i++) {
      int other = (i * 7_919) % 10_000;
      legacy.append(i == 0 ? "" : ",").append("{\"id\":").append(i).append(",\"v\":1}");
      candidate.append(i == 0 ? "" : ",").append("{\"id\":").append(other).append(",\"v\":");
      candidate.append(other == 4_242 ? "2}" : "1}");
    }
    assertThat(Answers.found(Comparison.of().json(legacy + "]", candidate + "]")))
        .containsExactly("body:$[*].v value breaking", "body:$ order risky");
  }
}
