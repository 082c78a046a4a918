package dev.banyan.requests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GorReaderTest {
  private static final String SEPARATOR = "\n🐵🙈🙉\n";

  @TempDir Path folder;

  private Collected read(String text) throws IOException {
    return Collected.of(Files.writeString(folder.resolve("a.gor"), text), Format.GOR);
  }

  @Test
  void joinsRequestsWithTheirOriginalAnswersInTheFilesOrder() throws IOException {
    Collected gor = Collected.of(Files.writeString(folder.resolve("a.gor"), Samples.GOR));
    assertThat(gor.complaint()).isEqualTo("none");
    assertThat(gor.lines()).containsExactly("GET /items", "POST /items?x=1");
    assertThat(gor.answer(0)).isEqualTo("200 []");
    assertThat(gor.answer(1)).isEqualTo("201 {\"id\":9}");
    assertThat(gor.skipped).isEmpty();
    assertThat(gor.requests.getLast().place()).isEqualTo("a.gor: payload 2");
  }

  @Test
  void undoesChunksAndDropsWhatBelongsToTheConnection() throws IOException {
    Collected gor = read(Samples.GOR);
    assertThat(gor.body(1)).isEqualTo("Wikipedia");
    assertThat(gor.headers(1)).containsExactly("Content-Type: text/plain");
    assertThat(gor.headers(0)).containsExactly("If-Modified-Since: Sat, 01 Jan 2022 00:00:00 GMT");
  }

  @Test
  void keepsBytesOfCompressedBodies() throws IOException {
    byte[] head =
        "1 a 1\nPOST /z HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n"
            .getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(head, head.length + 4);
    all[head.length] = 0x1F;
    all[head.length + 1] = (byte) 0x8B;
    Collected gor = Collected.of(Files.write(folder.resolve("z.gor"), all));
    assertThat(gor.body(0)).isEqualTo("\u001F\u008B\u0000\u0000");
    assertThat(gor.headers(0)).containsExactly("Content-Encoding: gzip");
  }

  @Test
  void saysWhereAFileIsCutOff() throws IOException {
    String whole = Samples.GOR.substring(0, Samples.GOR.indexOf(SEPARATOR) + SEPARATOR.length());
    Collected gor = read(whole + "1 c 3\nPOST /cut HTTP/1.1\r\nContent-Length: 10\r\n\r\n12345");
    assertThat(gor.lines()).containsExactly("GET /items");
    assertThat(gor.complaint())
        .contains("payload 2 at byte " + Samples.bytes(whole).length, "cut off");
  }

  @Test
  void skipsSinglePayloadsThatCanNotBeSentAgain() throws IOException {
    Collected gor =
        read(
            String.join(
                SEPARATOR,
                "1 a 1\nGET / HTTP/1.1\r\n\r\n",
                "1 b 1\ngarbage",
                "1 c 1\nPOST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "1 d 1\nPOST /x HTTP/1.1\r\nContent-Length: 9\r\n\r\nshort",
                "1 e 1\nGET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
                "1 f 1\nOPTIONS * HTTP/1.1\r\n\r\n",
                "nothing",
                ""));
    assertThat(gor.lines()).containsExactly("GET /");
    assertThat(gor.skipped)
        .containsExactly(
            "a.gor: payload 2 unreadable-payload",
            "a.gor: payload 3 bad-framing",
            "a.gor: payload 4 body-cut-off",
            "a.gor: payload 5 tunnel",
            "a.gor: payload 6 no-path",
            "a.gor: payload 7 unreadable-payload");
  }

  @Test
  void refusesAFileWithoutOneReadablePayload() throws IOException {
    assertThat(read("x" + SEPARATOR + "y" + SEPARATOR).complaint())
        .contains("payload 1", "1 ID TIME");
  }

  @Test
  void waitsForAnswersOnlySoLong() throws IOException {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < Limits.WAITING + 5; i++) {
      many.append("1 r").append(i).append(" 1\nGET /").append(i).append(" HTTP/1.1\r\n\r\n");
      many.append(SEPARATOR);
    }
    many.append("2 r0 1\nHTTP/1.1 200 OK\r\n\r\nlate").append(SEPARATOR);
    many.append("2 r9 1\nHTTP/1.1 200 OK\r\n\r\nin time").append(SEPARATOR);
    Collected gor = read(many.toString());
    assertThat(gor.requests).hasSize(Limits.WAITING + 5);
    assertThat(gor.answer(0)).isEqualTo("none");
    assertThat(gor.answer(9)).isEqualTo("200 in time");
  }
}
