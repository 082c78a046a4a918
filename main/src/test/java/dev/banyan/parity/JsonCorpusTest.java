package dev.banyan.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.banyan.exchange.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonCorpusTest {

  @Test
  void everyTextThatMustParseParsesAndEqualsItself() throws IOException {
    for (Path file : corpus("y_")) {
      byte[] text = Files.readAllBytes(file);
      assertThat(JsonParser.parse(text, 512))
          .as(file.getFileName().toString())
          .isInstanceOfSatisfying(
              JsonParser.Outcome.Parsed.class,
              parsed -> {
                JsonParser.Outcome again = JsonParser.parse(text.clone(), 512);
                assertThat(again)
                    .isInstanceOfSatisfying(
                        JsonParser.Outcome.Parsed.class,
                        other ->
                            assertThat(new JsonEquality(parsed.tape(), other.tape()).same(0, 0))
                                .isTrue());
              });
    }
  }

  @Test
  void everyTextThatMustParseEqualsItselfWithOtherWhiteSpace() throws IOException {
    for (Path file : corpus("y_")) {
      byte[] text = Files.readAllBytes(file);
      byte[] padded = new byte[text.length + 2];
      padded[0] = '\n';
      padded[padded.length - 1] = ' ';
      System.arraycopy(text, 0, padded, 1, text.length);
      assertThat(
              Comparison.of()
                  .compare(
                      Answers.bytes(text, "content-type", "application/json"),
                      Answers.bytes(padded, "content-type", "application/json")))
          .as(file.getFileName().toString())
          .isInstanceOf(Verdict.Match.class);
    }
  }

  @Test
  void noTextThatMustNotParseParses() throws IOException {
    for (Path file : corpus("n_")) {
      assertThat(JsonParser.parse(Files.readAllBytes(file), 512))
          .as(file.getFileName().toString())
          .isNotInstanceOf(JsonParser.Outcome.Parsed.class);
    }
  }

  @Test
  void aTextThatMayOrMayNotParseNeverMatchesAnotherOne() throws IOException {
    for (Path file : corpus("i_")) {
      byte[] text = Files.readAllBytes(file);
      assertThat(
              Answers.differences(
                  Comparison.of()
                      .compare(
                          Answers.bytes(text, "content-type", "application/json"),
                          Answers.json(200, "{\"some\":\"thing\"}"))))
          .as(file.getFileName().toString())
          .isNotEmpty();
    }
  }

  private static List<Path> corpus(String prefix) throws IOException {
    Path folder = folder();
    assumeTrue(folder != null, "skipped: the corpus json-parsing is not here");
    if (folder == null) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found =
          files.filter(file -> file.getFileName().toString().startsWith(prefix)).sorted().toList();
      assertThat(found).hasSizeGreaterThan(30);
      return found;
    }
  }

  private static @Nullable Path folder() {
    String property = System.getProperty("corpora");
    if (property != null) {
      Path folder = Path.of(property, "json-parsing");
      return Files.isDirectory(folder) ? folder : null;
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path folder = at.resolve("shared/corpora/json-parsing");
      if (Files.isDirectory(folder)) {
        return folder;
      }
    }
    return null;
  }
}
