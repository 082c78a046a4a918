package dev.banyan.requests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogReaderTest {
  @TempDir Path folder;

  private Collected read(String text) throws IOException {
    return Collected.of(Files.writeString(folder.resolve("access"), text));
  }

  @Test
  void readsCombinedAndHaproxyLines() throws IOException {
    Collected log = read(Samples.LOG);
    assertThat(log.complaint()).isEqualTo("none");
    assertThat(log.lines()).containsExactly("GET /items?q=a", "DELETE /items/%C3%A4", "GET /ha");
    assertThat(log.headers(0))
        .containsExactly("Referer: https://shop.test/", "User-Agent: Mozilla/5.0 (\"x\")");
    assertThat(log.skipped)
        .containsExactly(
            "access:2 no-body-recorded", "access:3 no-method", "access:4 unreadable-line");
    assertThat(log.answer(0)).isEqualTo("none");
  }

  @Test
  void readsLinesOfJsonWithTheKeysOfSeveralServers() throws IOException {
    Collected log = read(Samples.JSON_LOG);
    assertThat(log.lines())
        .containsExactly(
            "GET /orders/7",
            "GET /caddy?x=1",
            "PATCH /nginx",
            "GET /line?y=2",
            "GET /traefik",
            "GET /split?z=3");
    assertThat(log.headers(1)).containsExactly("User-Agent: curl");
    assertThat(log.body(2)).isEqualTo("{\"a\":1}");
    assertThat(log.headers(3)).containsExactly("User-Agent: Mozilla");
    assertThat(log.skipped)
        .containsExactly(
            "access:7 no-method",
            "access:8 no-body-recorded",
            "access:9 tunnel",
            "access:10 unreadable-line");
  }

  @Test
  void readsTheLinesThatBanyanWrites() throws IOException {
    String line =
        "{\"time\":\"2024-10-10T13:55:36.000001Z\",\"id\":\"a\",\"trace\":null,\"method\":\"HEAD\","
            + "\"path\":\"/a%2Fb\",\"route\":\"/{x}\",\"family\":null,\"side\":\"legacy\","
            + "\"epoch\":1,\"end\":\"answered\",\"status\":null}\n";
    assertThat(read(line).lines()).containsExactly("HEAD /a%2Fb");
  }

  @Test
  void refusesAFileWithoutOneReadableLine() throws IOException {
    Path file = Files.writeString(folder.resolve("a.log"), "one\ntwo\n");
    assertThat(Collected.of(file).complaint()).contains("a.log", "no line is one of an access log");
  }

  @Test
  void skipsALineThatIsTooLongOrTooDeepAndReadsOn() throws IOException {
    String good = "{\"method\":\"GET\",\"path\":\"/a\"}\n";
    Collected log =
        read(good + "x".repeat(Limits.LINE + 1) + "\n{\"a\":" + "[".repeat(100_000) + "\n" + good);
    assertThat(log.lines()).containsExactly("GET /a", "GET /a");
    assertThat(log.skipped).containsExactly("access:2 unreadable-line", "access:3 unreadable-line");
  }

  @Test
  void takesNoStackForLongQuotes() throws IOException {
    String line = "a \"GET /" + "\\\\x".repeat(200_000) + " HTTP/1.1\" 200 1\n";
    Collected log = Collected.of(Files.writeString(folder.resolve("b.log"), line));
    assertThat(log.skipped).containsExactly("b.log:1 head-too-large");
  }
}
