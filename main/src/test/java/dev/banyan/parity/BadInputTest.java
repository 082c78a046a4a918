package dev.banyan.parity;

import static dev.banyan.parity.Answers.bytes;
import static dev.banyan.parity.Answers.found;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/// Answers made to hurt: each gets a clear verdict within bounded memory, and a match only where
/// the bytes are equal.
class BadInputTest {
  private static final String JSON = "application/json";
  private static final int MEBIBYTE = 1 << 20;
  private static final Verdict MATCH = new Verdict.Match();
  private static final Verdict TOO_LONG = new Verdict.Skipped(Comparison.BODY_TOO_LONG);

  private final Comparison comparison = Comparison.of();

  private Verdict json(byte[] legacy, byte[] candidate) {
    return comparison.compare(
        bytes(legacy, "content-type", JSON), bytes(candidate, "content-type", JSON));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] repeated(String start, String part, int length) {
    byte[] bytes = new byte[length];
    byte[] pattern = utf8(part);
    byte[] head = utf8(start);
    for (int i = 0; i < length; i++) {
      bytes[i] = i < head.length ? head[i] : pattern[(i - head.length) % pattern.length];
    }
    return bytes;
  }

  /// A body of one piece again and again, and a last one of its own.
  private static Response pieces(byte[] piece, int times, String last, String... headers) {
    byte[] end = utf8(last);
    return new Response(
        200,
        Headers.of(headers),
        new Body() {
          @Override
          public int length() {
            return piece.length * times + end.length;
          }

          @Override
          public List<ByteBuffer> pieces() {
            List<ByteBuffer> pieces = new ArrayList<>();
            Collections.nCopies(times, piece).forEach(each -> pieces.add(ByteBuffer.wrap(each)));
            pieces.add(ByteBuffer.wrap(end));
            return pieces;
          }

          @Override
          public void release() {}
        });
  }

  /// Bytes that this thread allocates meanwhile.
  private static long allocated(Runnable work) {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    work.run();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  @Test
  void twoHundredMegabytesAreNeverCopiedAndMatchOnlyIfTheyAreEqual() {
    byte[] piece = repeated("", "{\"a\":1},", MEBIBYTE);
    String[] type = {"content-type", JSON};
    long allocated =
        allocated(() -> {
          assertThat(
                  comparison.compare(
                      pieces(piece, 200, "1]", type), pieces(piece, 200, "1]", type)))
              .isEqualTo(MATCH);
          assertThat(
                  comparison.compare(
                      pieces(piece, 200, "1]", type), pieces(piece, 200, "2]", type)))
              .isEqualTo(TOO_LONG);
          assertThat(
                  found(
                      comparison.compare(pieces(piece, 200, "1]", type), bytes(new byte[0], type))))
              .isNotEqualTo(List.of())
              .hasSizeLessThanOrEqualTo(1);
        });
    assertThat(allocated).isLessThan(8 * MEBIBYTE);
  }

  @Test
  void aDocumentOfTenMillionKeysIsComparedOrSkippedAndNeverAMatch() {
    Comparison large = Comparison.of(new ComparisonLimits(512, 64 * MEBIBYTE, 64));
    byte[] same = repeated("{", "\"\":0,", 50_000_000);
    byte[] other = same.clone();
    other[40_000_003] = '1';
    assertThat(large.compare(bytes(same, "content-type", JSON), bytes(other, "content-type", JSON)))
        .isInstanceOf(Verdict.Mismatch.class);
    assertThat(json(same, other)).isEqualTo(TOO_LONG);
    assertThat(json(same, same.clone())).isEqualTo(MATCH);
  }

  @Test
  void aMillionMembersOfOneNameAreComparedOneByOne() {
    byte[] same = repeated("{", "\"k\":0,", 6_000_000);
    same[same.length - 1] = '}';
    byte[] other = same.clone();
    other[3_000_005] = '7';
    assertThat(json(same, other)).isInstanceOf(Verdict.Mismatch.class);
  }

  @Test
  void textWithoutAnEndIsUndecodableAndSaysSo() {
    for (String start : List.of("[", "{\"a\":", "\"", "[1,", "-", "[\"\\u00")) {
      byte[] endless = repeated(start, start.equals("\"") ? "x" : start, 4 * MEBIBYTE);
      byte[] other = Arrays.copyOf(endless, endless.length - 1);
      Verdict verdict = json(endless, other);
      assertThat(found(verdict)).as(start).isNotEmpty().allMatch(it -> it.endsWith("breaking"));
      assertThat(json(endless, endless.clone())).isEqualTo(MATCH);
    }
  }

  @Test
  void nestingOfAnyDepthInAnyMixtureIsNoCrash() {
    for (String open : List.of("[", "{\"a\":", "[{\"a\":")) {
      String deep = open.repeat(100_000);
      assertThat(json(utf8(deep), utf8(deep + "1"))).isInstanceOf(Verdict.Mismatch.class);
      assertThat(json(utf8(deep), utf8("[]"))).isInstanceOf(Verdict.Mismatch.class);
    }
  }

  @Test
  void compressionThatEndsTooSoonOrNeverIsNoMatch() throws IOException {
    byte[] sound = gzip(utf8("[1,2,3]".repeat(5_000)), 1);
    byte[] bomb = gzip(new byte[MEBIBYTE], 300);
    byte[] bombToo = gzip(new byte[MEBIBYTE], 301);
    String[] headers = {"content-type", JSON, "content-encoding", "gzip"};
    for (int cut : new int[] {1, 4, 9, sound.length / 2, sound.length - 3, sound.length - 1}) {
      Verdict verdict =
          comparison.compare(
              bytes(sound, headers), bytes(Arrays.copyOf(sound, sound.length - cut), headers));
      assertThat(found(verdict)).as("cut by " + cut).isNotEmpty();
    }
    long allocated =
        allocated(() ->
            assertThat(comparison.compare(bytes(bomb, headers), bytes(bombToo, headers)))
                .isEqualTo(TOO_LONG));
    assertThat(allocated).isLessThan(128L * MEBIBYTE);
    assertThat(comparison.compare(bytes(bomb, headers), bytes(bomb.clone(), headers)))
        .isEqualTo(MATCH);
  }

  @Test
  void bytesThatAreNoTextMatchNothingButThemselves() {
    Random random = new Random(8);
    byte[] replacement = utf8("[\"\ufffd\"]");
    for (int i = 0; i < 2_000; i++) {
      byte[] broken = {'[', '"', (byte) (0x80 + random.nextInt(0x80)), '"', ']'};
      byte[] other = {'[', '"', (byte) (0x80 + random.nextInt(0x80)), '"', ']'};
      assertThat(json(broken, replacement)).isInstanceOf(Verdict.Mismatch.class);
      assertThat(json(broken, other).equals(MATCH)).isEqualTo(Arrays.equals(broken, other));
    }
  }

  @Test
  void halvesOfPairsMatchNothingButThemselvesHoweverTheyAreWritten() {
    String half = "[\"\\ud83d\"]";
    assertThat(comparison.json(half, "[\"\\uD83D\"]")).isEqualTo(MATCH);
    for (String other :
        List.of(
            "[\"\\ud83e\"]",
            "[\"\\ufffd\"]",
            "[\"?\"]",
            "[\"\\ud83d\\ude00\"]",
            "[\"\\ude00\\ud83d\"]",
            "[\"\"]")) {
      assertThat(comparison.json(half, other)).as(other).isInstanceOf(Verdict.Mismatch.class);
    }
    assertThat(comparison.json("[\"\\ud83d\\ude00\"]", "[\"😀\"]")).isEqualTo(MATCH);
    assertThat(comparison.json("{\"\\ud83d\":1}", "{\"\\ud83e\":1}"))
        .isInstanceOf(Verdict.Mismatch.class);
  }

  private static byte[] gzip(byte[] part, int times) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      for (int i = 0; i < times; i++) {
        out.write(part);
      }
    }
    return bytes.toByteArray();
  }
}
