package dev.banyan.requests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestFilesTest {
  @TempDir Path folder;

  private Collected read(String name, byte[] bytes) throws IOException {
    return Collected.of(Files.write(folder.resolve(name), bytes));
  }

  private Collected read(String name, String text) throws IOException {
    return read(name, text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void findsTheFormatByContentWhateverTheNameSays() throws IOException {
    Files.createDirectories(folder.resolve("bodies"));
    Files.writeString(folder.resolve("bodies/item.json"), "{}");
    for (Map.Entry<String, byte[]> sample : Samples.all().entrySet()) {
      Collected found = read("x.bin", sample.getValue());
      assertThat(found.complaint()).as(sample.getKey()).isEqualTo("none");
      assertThat(found.requests).as(sample.getKey()).isNotEmpty();
    }
  }

  @Test
  void looksPastAByteOrderMark() throws IOException {
    assertThat(read("x", "\uFEFF" + Samples.LOG).requests).hasSize(3);
    assertThat(read("x", "\uFEFF" + Samples.HAR).requests).hasSize(4);
    assertThat(read("x", "\uFEFFGET /a\n").lines()).containsExactly("GET /a");
    assertThat(read("x", "\uFEFF" + Samples.OPENAPI).requests).isNotEmpty();
  }

  @Test
  void findsAHarWhoseFirstMembersAreOthers() throws IOException {
    String har = "{\"_tool\":{\"a\":[1]}," + Samples.HAR.substring(1);
    assertThat(read("x", har).requests).hasSize(4);
  }

  @Test
  void takesTheNamesEndingWhereTheContentTellsNothing() throws IOException {
    assertThat(read("x.log", "nothing\n").complaint()).contains("no line is one of an access log");
    assertThat(read("x.har", "{\"a\":1,").complaint()).contains("before the first entry");
    assertThat(read("x.list", "nothing\n").complaint()).contains("line 1", "METHOD /path");
  }

  @Test
  void namesTheFormatsWhenNoneFits() throws IOException {
    assertThat(read("x.bin", "some words\n").complaint())
        .contains("x.bin", "none of the formats", "har", "gor", "access-log", "list", "openapi");
  }

  @Test
  void refusesWhatIsNoFileOfRequests() throws IOException {
    assertThat(read("empty", "").complaint()).contains("empty", "the file is empty");
    assertThat(Collected.of(folder).complaint()).contains("is a directory");
    assertThat(Collected.of(folder.resolve("gone.har")).complaint())
        .contains("gone.har", "no such file");
    assertThat(read("a.har", new byte[] {0x1F, (byte) 0x8B, 8, 0}).complaint())
        .contains("compressed", "unpack");
    assertThat(read("a.txt", "GET /a\n".getBytes(StandardCharsets.UTF_16)).complaint())
        .contains("UTF-16", "UTF-8");
    assertThat(read("a.txt", "GET /a\n".getBytes(StandardCharsets.UTF_16LE)).complaint())
        .contains("byte 1", "zero byte");
    assertThat(read("only.txt", "# nothing yet\n\n").complaint())
        .contains("nothing in it is a request");
  }

  @Test
  void refusesBinaryGarbageInEveryFormat() throws IOException {
    byte[] garbage = new byte[100_000];
    new Random(7).nextBytes(garbage);
    garbage[0] = 'x';
    Path file = Files.write(folder.resolve("garbage"), garbage);
    for (Format format : Format.values()) {
      Collected read = Collected.of(file, format);
      assertThat(read.fault).as(format.word()).isNotNull();
      assertThat(read.complaint()).as(format.word()).contains("garbage");
      assertThat(read.requests).as(format.word()).isEmpty();
    }
  }

  @Test
  void readsTheSameFileTwiceAlike() throws IOException {
    Path file = Files.writeString(folder.resolve("a.gor"), Samples.GOR);
    assertThat(Collected.of(file).lines()).isEqualTo(Collected.of(file).lines());
  }
}
