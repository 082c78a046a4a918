package dev.banyan.requests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HarReaderTest {
  @TempDir Path folder;
  private Collected har = new Collected();

  @BeforeEach
  void read() throws IOException {
    Path file = Files.writeString(folder.resolve("shop.har"), Samples.HAR);
    har = Collected.of(file);
  }

  @Test
  void handsOverTheMostFrequentOriginAndSaysWhatItSkips() {
    assertThat(har.complaint()).isEqualTo("none");
    assertThat(har.lines())
        .containsExactly("GET /items?q=%C3%A4", "POST /items", "POST /form", "PUT /blob");
    assertThat(har.skipped)
        .containsExactly(
            "shop.har: entry 1 other-origin",
            "shop.har: entry 6 no-body-recorded",
            "shop.har: entry 7 tunnel",
            "shop.har: entry 8 not-http");
    assertThat(har.requests.getFirst().place()).isEqualTo("shop.har: entry 2");
  }

  @Test
  void dropsWhatBelongsToOneConnection() {
    assertThat(har.headers(0)).containsExactly("Accept-Encoding: br", "If-None-Match: \"v1\"");
  }

  @Test
  void readsBodiesAsTextAsFieldsAndInBase64() {
    assertThat(har.body(1)).isEqualTo("{\"n\":\"\u00C3\u00A4\"}");
    assertThat(har.headers(1)).containsExactly("Content-Type: application/json");
    assertThat(har.body(2)).isEqualTo("a+b=1%262&c=");
    assertThat(har.body(3)).isEqualTo("\u0000\u00FF");
  }

  @Test
  void keepsAnswersThatWereRecordedWhole() {
    assertThat(har.answer(0)).isEqualTo("200 {\"id\":7}");
    Response answer = Objects.requireNonNull(har.requests.getFirst().answer());
    assertThat(answer.headers().all("set-cookie")).containsExactly("a=1", "b=2");
    assertThat(answer.headers().first("content-encoding")).isEmpty();
    assertThat(har.answer(1)).isEqualTo("201 ");
    assertThat(har.answer(2)).as("aborted").isEqualTo("none");
    assertThat(har.answer(3)).as("a body that is not in the archive").isEqualTo("none");
  }

  @Test
  void deliversWhatStandsBeforeTheFault() throws IOException {
    String cut = Samples.HAR.substring(0, Samples.HAR.indexOf("https://shop.test/form"));
    Path file = Files.writeString(folder.resolve("cut.har"), cut);
    Collected read = Collected.of(file);
    assertThat(read.lines()).containsExactly("GET /items?q=%C3%A4", "POST /items");
    assertThat(read.complaint())
        .contains("cut.har", "entry 4", "byte", "the file is cut off or damaged: export it again");
  }

  @Test
  void refusesNestingThatNobodyMeans() throws IOException {
    String deep = "{\"log\":{\"entries\":[{\"request\":" + "[".repeat(100_000);
    Collected read = Collected.of(Files.writeString(folder.resolve("deep.har"), deep));
    assertThat(read.complaint()).contains("entry 1", "nesting depth");
  }

  @Test
  void refusesAnArchiveWithoutEntries() throws IOException {
    Path file = Files.writeString(folder.resolve("no.har"), "{\"log\":{\"version\":\"1.2\"}}");
    assertThat(Collected.of(file).complaint()).contains("no.har", "no array 'entries'");
    Path none = Files.writeString(folder.resolve("none.har"), "{\"log\":{\"entries\":[]}}");
    assertThat(Collected.of(none).complaint()).contains("nothing in it is a request");
  }

  @Test
  void refusesTextThatIsNotUtf8() throws IOException {
    byte[] bytes = Samples.bytes(Samples.HAR);
    bytes[Samples.HAR.indexOf("/items\"")] = (byte) 0xFF;
    Collected read = Collected.of(Files.write(folder.resolve("latin.har"), bytes), Format.HAR);
    assertThat(read.complaint()).contains("latin.har", "entry 3", "byte");
  }
}
