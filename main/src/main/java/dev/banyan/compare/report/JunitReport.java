package dev.banyan.compare.report;

import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.ComparisonReport.Compared;
import dev.banyan.compare.ComparisonReport.Different;
import dev.banyan.compare.ComparisonReport.Habit;
import java.io.StringWriter;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// The report as the XML that build servers read of JUnit: a test case for each endpoint and status
/// of the legacy.
///
/// Only what counts fails a case, so that it agrees with the exit code; the rest stands in the
/// case's output. A run that compared nothing is an error, for no test case looks like a success.
final class JunitReport {
  private static final String CLASS = "banyan.compare";

  private final Findings findings;
  private final XMLStreamWriter xml;

  private JunitReport(Findings findings, XMLStreamWriter xml) {
    this.findings = findings;
    this.xml = xml;
  }

  static String of(Findings findings) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
      new JunitReport(findings, xml).document();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("a report in memory can always be written", e);
    }
    return text.toString();
  }

  private void document() throws XMLStreamException {
    ComparisonReport report = findings.report();
    List<Habit> habits = report.habits();
    boolean nothing = findings.nothingCompared();
    long failures =
        report.endpoints().stream().filter(findings::counts).count()
            + (habits.stream().anyMatch(each -> findings.counts(each.severity())) ? 1 : 0);
    int tests = report.endpoints().size() + (habits.isEmpty() ? 0 : 1) + (nothing ? 1 : 0);
    xml.writeStartDocument("UTF-8", "1.0");
    line(0);
    xml.writeStartElement("testsuite");
    attribute("name", "banyan compare " + report.requests());
    attribute("tests", Integer.toString(tests));
    attribute("failures", Long.toString(failures));
    attribute("errors", nothing ? "1" : "0");
    attribute("skipped", "0");
    attribute("time", Words.seconds(report.took()).toPlainString());
    attribute("timestamp", report.began().toString());
    properties(report);
    if (nothing) {
      nothing();
    }
    if (!habits.isEmpty()) {
      habits(habits);
    }
    for (Compared endpoint : report.endpoints()) {
      endpoint(endpoint);
    }
    line(0);
    xml.writeEndElement();
    line(0);
    xml.writeEndDocument();
  }

  private void properties(ComparisonReport report) throws XMLStreamException {
    line(1);
    xml.writeStartElement("properties");
    property("legacy", report.legacy());
    property("candidate", report.candidate());
    property("compared", Long.toString(report.compared()));
    property("raced", Long.toString(report.raced()));
    for (var reason : findings.skipped().entrySet()) {
      property("skipped." + reason.getKey(), Long.toString(reason.getValue()));
    }
    line(1);
    xml.writeEndElement();
  }

  private void property(String name, String value) throws XMLStreamException {
    line(2);
    xml.writeEmptyElement("property");
    attribute("name", name);
    attribute("value", value);
  }

  private void nothing() throws XMLStreamException {
    begin("something was compared");
    line(2);
    xml.writeEmptyElement("error");
    attribute("message", findings.whyNothing());
    end();
  }

  private void habits(List<Habit> habits) throws XMLStreamException {
    begin("headers on nearly every endpoint");
    StringBuilder counting = new StringBuilder();
    StringBuilder rest = new StringBuilder();
    for (Habit habit : habits) {
      (findings.counts(habit.severity()) ? counting : rest).append(told(habit));
    }
    verdict(counting, rest, "headers in which one side has a habit of its own");
    end();
  }

  private void endpoint(Compared endpoint) throws XMLStreamException {
    begin(Findings.endpoint(endpoint) + " " + Findings.status(endpoint));
    StringBuilder counting = new StringBuilder();
    StringBuilder rest = new StringBuilder();
    for (Different different : endpoint.differences()) {
      (findings.counts(different.severity()) ? counting : rest).append(told(different));
    }
    verdict(
        counting,
        rest,
        Words.count(endpoint.mismatched())
            + " of "
            + Words.count(endpoint.compared(), "answer")
            + " differ");
    end();
  }

  private void verdict(CharSequence counting, CharSequence rest, String message)
      throws XMLStreamException {
    if (!counting.isEmpty()) {
      line(2);
      xml.writeStartElement("failure");
      attribute("type", "difference");
      attribute("message", message);
      text(counting);
    }
    if (!rest.isEmpty()) {
      line(2);
      xml.writeStartElement("system-out");
      text(rest);
    }
  }

  private static String told(Different different) {
    StringBuilder text = new StringBuilder();
    text.append(Words.count(different.count()))
        .append(" x ")
        .append(different.severity().word())
        .append(", ")
        .append(different.kind().word())
        .append(" at ")
        .append(Findings.place(different))
        .append("\n    ")
        .append(Visible.line(different.example().request()))
        .append("  (")
        .append(Visible.line(different.example().place()))
        .append(")\n")
        .append(sides(different.example().legacy(), different.example().candidate()));
    if (different.hint() != null) {
      text.append("    hint: ").append(Visible.line(different.hint())).append('\n');
    }
    return text.toString();
  }

  private static String told(Habit habit) {
    return "on "
        + Words.count(habit.endpoints(), "endpoint")
        + ": "
        + habit.severity().word()
        + ", "
        + habit.kind().word()
        + " at "
        + Findings.place(habit)
        + "\n"
        + sides(habit.legacy(), habit.candidate());
  }

  private static String sides(String legacy, String candidate) {
    return "    legacy:    "
        + Visible.line(legacy)
        + "\n    candidate: "
        + Visible.line(candidate)
        + "\n";
  }

  private void begin(String name) throws XMLStreamException {
    line(1);
    xml.writeStartElement("testcase");
    attribute("classname", CLASS);
    attribute("name", name);
  }

  private void end() throws XMLStreamException {
    line(1);
    xml.writeEndElement();
  }

  private void text(CharSequence text) throws XMLStreamException {
    xml.writeCharacters(Visible.block(text.toString()));
    xml.writeEndElement();
  }

  private void attribute(String name, String value) throws XMLStreamException {
    xml.writeAttribute(name, Visible.line(value));
  }

  private void line(int depth) throws XMLStreamException {
    xml.writeCharacters("\n" + "  ".repeat(depth));
  }
}
