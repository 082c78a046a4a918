package dev.banyan.compare.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.compare.ComparisonReport;
import dev.banyan.migration.Severity;
import java.io.StringReader;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class JunitReportTest {

  private static Element suite(ComparisonReport report, Severity failOn) throws Exception {
    String xml = new Reports(report, failOn, "1").junit();
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)))
        .getDocumentElement();
  }

  private static List<Element> all(Element in, String name) {
    NodeList found = in.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  private static List<String> failing(Element suite) {
    return all(suite, "failure").stream()
        .map(failure -> ((Element) failure.getParentNode()).getAttribute("name"))
        .toList();
  }

  @Test
  void isOneSuiteWithACaseForEachEndpointAndStatus() throws Exception {
    Element suite = suite(Samples.ordinary(), Severity.RISKY);

    assertThat(suite.getTagName()).isEqualTo("testsuite");
    assertThat(suite.getAttribute("tests")).isEqualTo("4");
    assertThat(suite.getAttribute("failures")).isEqualTo("3");
    assertThat(suite.getAttribute("errors")).isEqualTo("0");
    assertThat(suite.getAttribute("time")).isEqualTo("12.340");
    assertThat(all(suite, "testcase").stream().map(each -> each.getAttribute("name")))
        .containsExactly(
            "headers on nearly every endpoint",
            "GET /users/{id} 200",
            "DELETE /users/{id} no answer",
            "GET /users 200");
  }

  @Test
  void aFailureListsTheDifferencesThatCountAndTheOutputTheRest() throws Exception {
    Element suite = suite(Samples.ordinary(), Severity.RISKY);
    Element failure = all(suite, "failure").get(1);

    assertThat(failure.getAttribute("message")).isEqualTo("9 of 400 answers differ");
    assertThat(failure.getTextContent())
        .isEqualTo(
            """
            9 x breaking, type at body $.id
                GET /users/17?full=1  (access.log:40)
                legacy:    {"id":17}
                candidate: {"id":"17"}
                hint: numbers as text
            3 x risky, extra at header etag
                GET /users/17?full=1  (access.log:40)
                legacy:    {"id":17}
                candidate: {"id":"17"}
            """);
    assertThat(all(suite, "system-out").getFirst().getTextContent())
        .startsWith("1 x cosmetic, spelling at body\n");
  }

  @Test
  void failsWhatTheExitCodeFails() throws Exception {
    assertThat(failing(suite(Samples.ordinary(), Severity.BREAKING)))
        .containsExactly("GET /users/{id} 200", "DELETE /users/{id} no answer");
    assertThat(failing(suite(Samples.cosmetic(), Severity.RISKY))).isEmpty();
    assertThat(failing(suite(Samples.cosmetic(), Severity.COSMETIC)))
        .containsExactly("GET /users 200");
  }

  @Test
  void nothingComparedIsAnErrorAndNoSuccess() throws Exception {
    Element suite = suite(Samples.nothing(), Severity.RISKY);

    assertThat(suite.getAttribute("tests")).isEqualTo("1");
    assertThat(suite.getAttribute("errors")).isEqualTo("1");
    assertThat(all(suite, "error").getFirst().getAttribute("message")).contains("both-failed");
  }

  @Test
  void anyAnswerMakesWellFormedXml() throws Exception {
    Element suite = suite(Samples.hostile(), Severity.RISKY);

    assertThat(all(suite, "testcase")).hasSize(2);
    assertThat(all(suite, "script")).isEmpty();
    assertThat(all(suite, "failure").get(1).getTextContent())
        .contains("</div><script>alert('x')</script>&amp;\"]]>\\u001b[31m\\u0000\\u202egnp\\ud800");
  }
}
