package dev.banyan.compare.report;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import dev.banyan.compare.ComparisonReport;
import dev.banyan.compare.ComparisonReport.Compared;
import dev.banyan.compare.ComparisonReport.Different;
import dev.banyan.compare.ComparisonReport.Habit;
import dev.banyan.compare.ComparisonReport.Parity;
import dev.banyan.migration.Severity;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The report as a page that stands alone. What the template shows: ready words only.
///
/// The template escapes every value; the page's own policy forbids it to load or to run anything,
/// should that ever fail.
record HtmlReport(
    String version,
    String legacy,
    String candidate,
    String file,
    String began,
    String took,
    String verdict,
    String tone,
    String rate,
    String bound,
    String confidence,
    String coverage,
    List<Figure> figures,
    List<Figure> skipped,
    List<Custom> habits,
    List<Endpoint> differing,
    List<Endpoint> alike) {

  static String of(Findings findings, String version) {
    return template().execute(model(findings, version));
  }

  private static Template template() {
    return Mustache.compiler().emptyStringIsFalse(true).nullValue("").compile(text("report.html"));
  }

  private static HtmlReport model(Findings findings, String version) {
    ComparisonReport report = findings.report();
    Parity parity = report.parity();
    boolean nothing = findings.nothingCompared();
    return new HtmlReport(
        version,
        Visible.line(report.legacy()),
        Visible.line(report.candidate()),
        Visible.line(report.requests()),
        report
            .began()
            .truncatedTo(ChronoUnit.SECONDS)
            .toString()
            .replace('T', ' ')
            .replace("Z", " UTC"),
        Words.time(report.took()),
        verdict(findings),
        nothing || findings.failed() ? "bad" : "good",
        nothing ? "" : Words.roundedDown(parity.rate()),
        Words.roundedDown(parity.lowerBound()),
        Words.roundedDown(parity.confidence()),
        Words.roundedDown(parity.coverage()),
        List.of(
            new Figure(Words.count(report.compared()), "compared"),
            new Figure(Words.count(report.matched()), "match"),
            new Figure(Words.count(report.mismatched()), "differ"),
            new Figure(Words.count(report.raced()), "raced"),
            new Figure(Words.count(findings.skippedInAll()), "not compared")),
        findings.skipped().entrySet().stream()
            .map(each -> new Figure(Words.count(each.getValue()), Visible.line(each.getKey())))
            .toList(),
        report.habits().stream().map(Custom::of).toList(),
        findings.differing().stream().map(Endpoint::of).toList(),
        findings.alike().stream().map(Endpoint::of).toList());
  }

  private static String verdict(Findings findings) {
    if (findings.nothingCompared()) {
      return findings.whyNothing();
    }
    long breaking = findings.places(Severity.BREAKING);
    long risky = findings.places(Severity.RISKY);
    long cosmetic = findings.places(Severity.COSMETIC);
    if (breaking + risky + cosmetic == 0) {
      return "No difference";
    }
    String places = breaking + " breaking, " + risky + " risky, " + cosmetic + " cosmetic";
    return findings.failed()
        ? "Differences: " + places
        : "No difference from " + findings.failOn().word() + " on; " + places;
  }

  boolean anyHabits() {
    return !habits.isEmpty();
  }

  boolean anySkipped() {
    return !skipped.isEmpty();
  }

  boolean anyAlike() {
    return !alike.isEmpty();
  }

  boolean anyDiffering() {
    return !differing.isEmpty();
  }

  String alikeInWords() {
    return Words.count(alike.size(), "endpoint") + " without a difference";
  }

  record Figure(String number, String of) {}

  record Custom(
      String severity, String place, String kind, String endpoints, Value legacy, Value candidate) {
    static Custom of(Habit habit) {
      return new Custom(
          habit.severity().word(),
          Findings.place(habit),
          habit.kind().word(),
          Words.count(habit.endpoints(), "endpoint"),
          Value.of(habit.legacy(), habit.candidate()),
          Value.of(habit.candidate(), habit.legacy()));
    }
  }

  /// @param worst severity of the first difference, empty where there is none
  record Endpoint(
      String name,
      String status,
      String compared,
      String mismatched,
      String worst,
      List<Place> places) {
    static Endpoint of(Compared endpoint) {
      List<Different> differences = endpoint.differences();
      return new Endpoint(
          Findings.endpoint(endpoint),
          Findings.status(endpoint),
          Words.count(endpoint.compared()),
          Words.count(endpoint.mismatched()),
          differences.isEmpty() ? "" : differences.getFirst().severity().word(),
          differences.stream().map(Place::of).toList());
    }
  }

  /// @param noise empty where the legacy agrees with itself or was not asked
  record Place(
      String severity,
      String part,
      String field,
      String kind,
      String count,
      String noise,
      String hint,
      String request,
      String origin,
      Value legacy,
      Value candidate) {
    static Place of(Different different) {
      @Nullable Double noise = different.noise();
      @Nullable String hint = different.hint();
      ComparisonReport.Example example = different.example();
      return new Place(
          different.severity().word(),
          Visible.line(different.where()),
          Visible.line(different.field()),
          different.kind().word(),
          Words.count(different.count()),
          noise == null || noise == 0 ? "" : Words.roundedUp(noise),
          hint == null ? "" : Visible.line(hint),
          Visible.line(example.request()),
          Visible.line(example.place()),
          Value.of(example.legacy(), example.candidate()),
          Value.of(example.candidate(), example.legacy()));
    }
  }

  /// One side's value, cut where it begins and ends to differ from the other's.
  record Value(String before, String differing, String after) {
    static Value of(String value, String other) {
      int[] mine = Visible.block(value).codePoints().toArray();
      int[] theirs = Visible.block(other).codePoints().toArray();
      int shorter = Math.min(mine.length, theirs.length);
      int head = 0;
      while (head < shorter && mine[head] == theirs[head]) {
        head++;
      }
      int tail = 0;
      while (tail < shorter - head
          && mine[mine.length - 1 - tail] == theirs[theirs.length - 1 - tail]) {
        tail++;
      }
      int end = mine.length - tail;
      return new Value(
          new String(mine, 0, head),
          new String(mine, head, end - head),
          new String(mine, end, tail));
    }
  }

  private static String text(String resource) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its resource " + resource);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
