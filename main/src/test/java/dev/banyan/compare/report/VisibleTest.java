package dev.banyan.compare.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VisibleTest {

  @Test
  void whatActsIsSpelledOut() {
    assertThat(Visible.line("a\u001b[2Jb\u202ec\u0000\n\r\t\u2028\u00ad"))
        .isEqualTo("a\\u001b[2Jb\\u202ec\\u0000\\n\\r\\t\\u2028\\u00ad");
  }

  @Test
  void whatXmlDoesNotAllowIsSpelledOut() {
    assertThat(Visible.block("\ud800 \ufffe \uffff \udbff\udfff"))
        .isEqualTo("\\ud800 \\ufffe \\uffff \\udbff\\udfff");
  }

  @Test
  void lettersOfAllScriptsStay() {
    String text = "Zoë, Ωμέγα, 漢字, 🌳 \\ <b>&amp;</b>";

    assertThat(Visible.line(text)).isEqualTo(text);
  }

  @Test
  void aBlockKeepsItsLines() {
    assertThat(Visible.block("one\ntwo\u0007")).isEqualTo("one\ntwo\\u0007");
  }

  @Test
  void whatIsTooLongIsCutBetweenCharacters() {
    assertThat(Visible.line("🌳🌳🌳🌳", 4)).isEqualTo("🌳🌳🌳🌳");
    assertThat(Visible.line("🌳🌳🌳🌳🌳", 4)).isEqualTo("🌳🌳🌳…");
  }
}
