package dev.banyan.parity;

import static dev.banyan.parity.Answers.answer;
import static dev.banyan.parity.Answers.bytes;
import static dev.banyan.parity.Answers.found;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Severity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextBodiesTest {

  private static Verdict text(String type, String legacy, String candidate) {
    return Comparison.of()
        .compare(
            answer(200, legacy, "content-type", type),
            answer(200, candidate, "content-type", type));
  }

  @Test
  void namesTheLineThatDiffers() {
    assertThat(Answers.differences(text("text/plain", "one\ntwo\nthree", "one\n2\nthree")))
        .containsExactly(
            new Difference("body", Kind.VALUE, Severity.BREAKING, "[line 2] two", "[line 2] 2"));
  }

  @Test
  void aLineThatIsGoneOrNewIsOneDifferenceAndTheRestStaysInStep() {
    assertThat(Answers.differences(text("text/html", "<a>\n<b>\n<c>\n", "<a>\n<c>\n")))
        .containsExactly(
            new Difference("body", Kind.MISSING, Severity.BREAKING, "[line 2] <b>", null));
    assertThat(Answers.differences(text("application/xml", "<a>\n<c>\n", "<a>\n<b>\n<c>\n")))
        .containsExactly(
            new Difference("body", Kind.EXTRA, Severity.BREAKING, null, "[line 2] <b>"));
  }

  @Test
  void whiteSpaceOfProseIsCosmeticAndOfOtherTextIsNot() {
    assertThat(text("text/html", "<p>a  b</p>\r\n\r\n<p>", " <p>a b</p>\n<p>"))
        .isEqualTo(new Verdict.Match());
    assertThat(text("text/plain", "a\nb", "a b")).isEqualTo(new Verdict.Match());
    assertThat(found(text("text/plain", "a b", "ab"))).containsExactly("body value breaking");
    assertThat(found(text("text/csv", "a,b", "a, b"))).containsExactly("body value breaking");
  }

  @Test
  void aTextThatIsRewrittenIsOneHunk() {
    String legacy = String.join("\n", IntStream.range(0, 5_000).mapToObj(i -> "a" + i).toList());
    String candidate = legacy.replace('a', 'b');
    assertThat(found(text("text/plain", legacy, candidate))).containsExactly("body value breaking");
  }

  @Test
  void aTextOfNothingButLinesIsComparedUpToItsFirstDifference() {
    String legacy = "\n".repeat(4_000_000) + "a\n";
    assertThat(Answers.differences(text("text/csv", legacy, legacy.replace('a', 'b'))))
        .containsExactly(
            new Difference(
                "body", Kind.VALUE, Severity.BREAKING, "[line 4000001] a", "[line 4000001] b"));
    assertThat(found(text("text/csv", legacy, legacy + "x")))
        .containsExactly("body value breaking");
  }

  @Test
  void theScriptTurnsTheOneTextIntoTheOther() {
    Random random = new Random(5);
    for (int run = 0; run < 2_000; run++) {
      List<TextComparison.Line> left = lines(random);
      List<TextComparison.Line> right = lines(random);
      List<LineScript.Hunk> hunks = LineScript.of(left, right);
      int l = 0;
      int r = 0;
      for (LineScript.Hunk hunk : hunks) {
        assertThat(texts(left.subList(l, hunk.leftFrom())))
            .isEqualTo(texts(right.subList(r, hunk.rightFrom())));
        assertThat(hunk.leftTo() - hunk.leftFrom() + hunk.rightTo() - hunk.rightFrom())
            .isPositive();
        l = hunk.leftTo();
        r = hunk.rightTo();
      }
      assertThat(texts(left.subList(l, left.size())))
          .isEqualTo(texts(right.subList(r, right.size())));
      int edits =
          hunks.stream()
              .mapToInt(h -> h.leftTo() - h.leftFrom() + h.rightTo() - h.rightFrom())
              .sum();
      assertThat(edits).isEqualTo(left.size() + right.size() - 2 * longestCommon(left, right));
    }
  }

  private static List<TextComparison.Line> lines(Random random) {
    return IntStream.range(0, random.nextInt(9))
        .mapToObj(i -> new TextComparison.Line(i + 1, "l" + random.nextInt(3)))
        .toList();
  }

  private static List<String> texts(List<TextComparison.Line> lines) {
    return lines.stream().map(TextComparison.Line::text).toList();
  }

  private static int longestCommon(List<TextComparison.Line> a, List<TextComparison.Line> b) {
    int[][] longest = new int[a.size() + 1][b.size() + 1];
    for (int i = 1; i <= a.size(); i++) {
      for (int j = 1; j <= b.size(); j++) {
        boolean same = a.get(i - 1).text().equals(b.get(j - 1).text());
        longest[i][j] =
            same ? longest[i - 1][j - 1] + 1 : Math.max(longest[i - 1][j], longest[i][j - 1]);
      }
    }
    return longest[a.size()][b.size()];
  }

  @Test
  void aCharsetIsRespectedAndItsChangeBreaks() {
    byte[] latin = "café".getBytes(StandardCharsets.ISO_8859_1);
    byte[] utf8 = "café".getBytes(StandardCharsets.UTF_8);
    assertThat(
            found(
                Comparison.of()
                    .compare(
                        bytes(latin, "content-type", "text/plain; charset=iso-8859-1"),
                        bytes(utf8, "content-type", "text/plain; charset=utf-8"))))
        .containsExactly("header:content-type value breaking");
    assertThat(
            found(
                Comparison.of()
                    .compare(
                        bytes(latin, "content-type", "text/plain; charset=iso-8859-1"),
                        bytes(utf8, "content-type", "text/plain; charset=iso-8859-1"))))
        .containsExactly("body value breaking");
  }

  @Test
  void aByteOrderMarkNamesTheCharsetAndIsItselfRisky() {
    byte[] wide = "\ufeffcafé".getBytes(StandardCharsets.UTF_16LE);
    assertThat(
            found(
                Comparison.of()
                    .compare(
                        bytes(wide, "content-type", "text/plain"),
                        bytes(
                            "café".getBytes(StandardCharsets.UTF_8),
                            "content-type",
                            "text/plain"))))
        .containsExactly("body spelling risky");
    assertThat(found(text("application/json", "{\"a\": 1}", "\ufeff{\"a\":1}")))
        .containsExactly("body undecodable breaking");
  }

  @Test
  void jsonInADeclaredCharsetIsReadInIt() {
    byte[] latin = "{\"a\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1);
    byte[] spaced = "{\"a\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1);
    String type = "application/json; charset=ISO-8859-1";
    assertThat(
            Comparison.of()
                .compare(bytes(latin, "content-type", type), bytes(spaced, "content-type", type)))
        .isEqualTo(new Verdict.Match());
  }

  @Test
  void aBinaryBodyShowsItsLengthAndTheFirstByteThatDiffers() {
    byte[] left = {1, 2, 3, 4};
    byte[] right = {1, 2, 9, 4, 5};
    assertThat(Answers.differences(Comparison.of().compare(bytes(left), bytes(right))))
        .singleElement()
        .satisfies(difference -> {
          assertThat(difference.legacy()).startsWith("[byte 2] 4 bytes, sha-256 9f64a747e1b97f13");
          assertThat(difference.candidate()).startsWith("[byte 2] 5 bytes, sha-256 ");
        });
  }
}
