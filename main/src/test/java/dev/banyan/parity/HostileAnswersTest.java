package dev.banyan.parity;

import static dev.banyan.parity.Answers.answered;
import static dev.banyan.parity.Answers.bytes;
import static dev.banyan.parity.Answers.failed;
import static dev.banyan.parity.Answers.found;
import static dev.banyan.parity.Answers.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import dev.banyan.exchange.Body;
import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import dev.banyan.migration.Side;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class HostileAnswersTest {

  private static final String JSON = "application/json";
  private static final String ALPHABET = "[]{}\",:\\u0x\u00ff-e. 1tn";

  @Test
  void aHundredThousandLevelsAreComparedAsText() {
    String deep = "[".repeat(100_000) + "1" + "]".repeat(100_000);
    assertThat(Comparison.of().json(deep, deep)).isEqualTo(new Verdict.Match());
    assertThat(found(Comparison.of().json(deep, deep.replace('1', '2'))))
        .containsExactly("body value breaking");
    assertThat(found(Comparison.of().json(deep, "[1]"))).containsExactly("body value breaking");
  }

  @Test
  void moreThanTwoMillionValuesAreComparedAsText() {
    String many = "[0" + ",0".repeat(JsonParser.NODES) + "]";
    assertThat(Comparison.of().json(many, many)).isEqualTo(new Verdict.Match());
    assertThat(found(Comparison.of().json(many, many.replaceFirst("0", "1"))))
        .containsExactly("body value breaking");
  }

  @Test
  void theLastAllowedLevelIsStillJson() {
    String deep = "[".repeat(512) + "%s" + "]".repeat(512);
    assertThat(found(Comparison.of().json(deep.formatted("1"), deep.formatted("1.0"))))
        .singleElement()
        .asString()
        .startsWith("body:$[*][*]")
        .endsWith("… spelling risky");
  }

  @Test
  void truncatedJsonIsUndecodableAndSaysWhere() {
    assertThat(found(Comparison.of().json("{\"a\":[1,2", "{\"a\":[1,2]}")))
        .containsExactly("body undecodable breaking");
    assertThat(Answers.differences(Comparison.of().json("{\"a\":[1,2", "{\"a\":[1,")))
        .containsExactly(
            new Difference(
                "body",
                Difference.Kind.UNDECODABLE,
                Severity.BREAKING,
                "[byte 9] the text ends too soon: {\"a\":[1,2",
                "[byte 8] the text ends: {\"a\":[1,"));
  }

  @Test
  void textThatIsMalformedAlikeIsNotAMatchUnlessItIsTheSame() {
    assertThat(Comparison.of().json("{a}", "{a}")).isEqualTo(new Verdict.Match());
    assertThat(found(Comparison.of().json("{a}", "{a} ")))
        .containsExactly("body undecodable breaking");
  }

  @Test
  void fiveMegabytesOfJsonAreComparedInFull() {
    StringBuilder body = new StringBuilder("[");
    for (int i = 0; body.length() < 5_000_000; i++) {
      body.append("{\"id\":").append(i).append(",\"name\":\"somebody\",\"tags\":[1,2,3]},");
    }
    String legacy = body + "{\"id\":-1,\"end\":1}]";
    String candidate = body + "{\"id\":-1,\"end\":2}]";
    assertThat(found(Comparison.of().json(legacy, candidate)))
        .containsExactly("body:$[*].end value breaking");
  }

  @Test
  void binaryGarbageIsComparedByItsDigest() {
    byte[] left = new byte[10_000];
    new Random(7).nextBytes(left);
    byte[] right = left.clone();
    right[9_999] ^= 1;
    for (String type : List.of("application/octet-stream", JSON, "text/plain", "nonsense;;=")) {
      assertThat(
              found(
                  Comparison.of()
                      .compare(
                          bytes(left, "content-type", type), bytes(right, "content-type", type))))
          .as(type)
          .containsExactly(type.equals(JSON) ? "body undecodable breaking" : "body value breaking");
    }
  }

  @Test
  void garbageOfAnyKindNeverMatchesOtherGarbage() {
    Random random = new Random(11);
    for (int i = 0; i < 2_000; i++) {
      byte[] left = new byte[1 + random.nextInt(20)];
      byte[] right = new byte[1 + random.nextInt(20)];
      for (byte[] bytes : List.of(left, right)) {
        for (int at = 0; at < bytes.length; at++) {
          bytes[at] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
        }
      }
      boolean same = Arrays.equals(left, right);
      Verdict verdict =
          Comparison.of()
              .compare(bytes(left, "content-type", JSON), bytes(right, "content-type", JSON));
      boolean bothJson = isJson(left) && isJson(right);
      assertThat(verdict instanceof Verdict.Match && !same && !bothJson)
          .as(Arrays.toString(left) + Arrays.toString(right))
          .isFalse();
    }
  }

  private static boolean isJson(byte[] text) {
    return JsonParser.parse(text, 512) instanceof JsonParser.Outcome.Parsed;
  }

  @Test
  void compressionIsUndoneBeforeComparing() throws IOException {
    byte[] zipped = gzip("{\"a\":1, \"b\":2}");
    byte[] deflated = deflate("{\"b\":2,\"a\":1}");
    Response legacy = bytes(zipped, "content-type", JSON, "content-encoding", "gzip");
    Response candidate = bytes(deflated, "content-type", JSON, "content-encoding", "deflate");
    assertThat(found(Comparison.of().compare(legacy, candidate)))
        .containsExactly("header:content-encoding value risky");
    assertThat(found(Comparison.of().compare(legacy, json(200, "{\"a\":1,\"b\":3}"))))
        .containsExactly("header:content-encoding missing risky", "body:$.b value breaking");
  }

  @Test
  void deflateWithoutItsHeaderIsUndoneToo() {
    byte[] text = "some text, some text".getBytes(StandardCharsets.UTF_8);
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(text);
    deflater.finish();
    byte[] raw = new byte[100];
    int length = deflater.deflate(raw);
    deflater.end();
    byte[] bare = Arrays.copyOf(raw, length);
    assertThat(
            found(Comparison.of().compare(bytes(text), bytes(bare, "content-encoding", "deflate"))))
        .containsExactly("header:content-encoding extra risky");
  }

  @Test
  void aBodyOnHeadIsFound() {
    Leg legacy = answered(Side.LEGACY, json(200, ""));
    Leg candidate = answered(Side.CANDIDATE, json(200, "{}"));
    assertThat(found(Comparison.of().compare(get("HEAD", legacy, candidate))))
        .containsExactly("body extra breaking");
  }

  @Test
  void aBombIsNotUnpackedAndNotCountedAsAMatch() throws IOException {
    Comparison small = Comparison.of(new ComparisonLimits(512, 10_000, 64));
    byte[] bomb = gzip("x".repeat(1_000_000));
    byte[] other = gzip("y".repeat(1_000_000));
    assertThat(
            small.compare(
                bytes(bomb, "content-encoding", "gzip"), bytes(other, "content-encoding", "gzip")))
        .isEqualTo(new Verdict.Skipped("body-too-long"));
  }

  @Test
  void aBrokenCompressionIsADifference() throws IOException {
    byte[] sound = gzip("some text");
    byte[] broken = Arrays.copyOf(sound, sound.length - 9);
    assertThat(
            found(
                Comparison.of()
                    .compare(
                        bytes(sound, "content-encoding", "gzip"),
                        bytes(broken, "content-encoding", "gzip"))))
        .containsExactly("body undecodable breaking");
  }

  @Test
  void aCodingThatIsNotKnownIsSkippedUnlessTheBytesAreEqual() {
    Response left = bytes(new byte[] {1, 2}, "content-encoding", "zstd");
    assertThat(Comparison.of().compare(left, left)).isEqualTo(new Verdict.Match());
    assertThat(Comparison.of().compare(left, bytes(new byte[] {3}, "content-encoding", "zstd")))
        .isEqualTo(new Verdict.Skipped("content-coding-unknown"));
  }

  @Test
  void brotliIsUndoneWithinTheLimitAndFoundBroken() throws IOException {
    assumeTrue(Brotli4jLoader.isAvailable(), "skipped: no Brotli for this platform");
    byte[] text = "{\"a\": 1, \"b\": 2}".getBytes(StandardCharsets.UTF_8);
    Response small = bytes(Encoder.compress(text), "content-type", JSON, "content-encoding", "br");
    assertThat(found(Comparison.of().compare(small, json(200, "{\"b\":2,\"a\":1}"))))
        .containsExactly("header:content-encoding missing risky");
    byte[] cut = Arrays.copyOf(small.body().toByteArray(), small.body().length() - 3);
    assertThat(
            found(
                Comparison.of()
                    .compare(small, bytes(cut, "content-type", JSON, "content-encoding", "br"))))
        .containsExactly("body undecodable breaking");
    byte[] bomb = Encoder.compress(new byte[50_000_000]);
    byte[] other = Encoder.compress(new byte[50_000_001]);
    assertThat(
            Comparison.of()
                .compare(
                    bytes(bomb, "content-encoding", "br"), bytes(other, "content-encoding", "br")))
        .isEqualTo(new Verdict.Skipped("body-too-long"));
  }

  @Test
  void aSideThatGaveNoAnswerIsABreakingDifference() {
    Leg answered = answered(Side.LEGACY, json(200, "{}"));
    assertThat(
            Answers.differences(
                Comparison.of()
                    .compare(get("GET", answered, failed(Side.CANDIDATE, Leg.Failure.TIMEOUT)))))
        .singleElement()
        .satisfies(difference -> {
          assertThat(difference.where()).isEqualTo("answer");
          assertThat(difference.legacy()).isEqualTo("answered 200");
          assertThat(difference.candidate()).isEqualTo("failed: timeout");
        });
  }

  @Test
  void twoFailuresProveNothing() {
    Leg legacy = failed(Side.LEGACY, Leg.Failure.RESET);
    assertThat(
            Comparison.of()
                .compare(get("GET", legacy, failed(Side.CANDIDATE, Leg.Failure.CONNECT))))
        .isEqualTo(new Verdict.Skipped("both-failed"));
    assertThat(
            Comparison.of()
                .compare(
                    get(
                        "GET",
                        answered(Side.LEGACY, json(200, "{}")),
                        failed(Side.CANDIDATE, Leg.Failure.OVERLOAD))))
        .isEqualTo(new Verdict.Skipped("not-asked"));
  }

  @Test
  void aHeadRequestIsComparedByItsHeadersAlone() {
    Leg legacy = answered(Side.LEGACY, json(200, "{}"));
    Leg candidate = answered(Side.CANDIDATE, json(200, ""));
    assertThat(Comparison.of().compare(get("HEAD", candidate, legacy)))
        .isEqualTo(new Verdict.Match());
    assertThat(Comparison.of().compare(get("GET", candidate, legacy)))
        .isInstanceOf(Verdict.Mismatch.class);
  }

  @Test
  void bodiesAreEqualHoweverTheyAreCutIntoPieces() {
    assertThat(pieces("ab", "", "cde").sameBytes(pieces("a", "bcd", "e"))).isTrue();
    assertThat(pieces("ab", "cde").sameBytes(pieces("a", "bcd", "f"))).isFalse();
    assertThat(pieces("ab").sameBytes(pieces("ab", "c"))).isFalse();
    assertThat(pieces().sameBytes(pieces(""))).isTrue();
  }

  private static Body pieces(String... pieces) {
    int length = String.join("", pieces).length();
    return new Body() {
      @Override
      public int length() {
        return length;
      }

      @Override
      public List<ByteBuffer> pieces() {
        return Arrays.stream(pieces)
            .map(piece ->
                ByteBuffer.wrap(("##" + piece).getBytes(StandardCharsets.UTF_8)).position(2))
            .toList();
      }

      @Override
      public void release() {}
    };
  }

  private static Exchange get(String method, Leg primary, Leg shadow) {
    return Answers.exchange(
        new Request(method, "/users", Headers.NONE, Body.EMPTY),
        new Endpoint(method, "/users"),
        primary,
        shadow);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  private static byte[] deflate(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new DeflaterOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}
