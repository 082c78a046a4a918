package dev.banyan.demo.tour;

import dev.banyan.demo.traffic.Receipts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The orders' rows on their way to the candidate's own database: copied while clients write,
/// spoilt, found, repaired; then their owner changes, there, back and there again.
final class Ferry {
  /// The name of the transfer, and of the family whose rows it carries.
  static final String NAME = "orders";

  private static final Duration COPYING = Duration.ofSeconds(60);
  private static final Duration GLANCE = Duration.ofMillis(250);

  private final Banyan banyan;
  private final OrderRows rows;
  private final Receipts receipts;
  private final Screen screen;
  private final Pace pace;

  private final List<Report.Crossing> crossings = new ArrayList<>();
  private final List<Double> waits = new ArrayList<>();
  private final List<String> contradictions = new ArrayList<>();
  private Report.Copied copied = new Report.Copied(0, 0);
  private long found;
  private long repaired;
  private boolean counted;

  Ferry(Banyan banyan, OrderRows rows, Receipts receipts, Screen screen, Pace pace) {
    this.banyan = banyan;
    this.rows = rows;
    this.receipts = receipts;
    this.screen = screen;
    this.pace = pace;
  }

  /// Waits until all rows are there, and Banyan has compared them by itself.
  void copy() throws TourException, InterruptedException {
    Deadline deadline = new Deadline(COPYING);
    Moving now = banyan.transfer(NAME);
    String said = "";
    while (now.copying() || now.green() == null) {
      String stopped = now.stopped();
      if (deadline.over()) {
        throw new TourException(
            "after %d s the orders are not all copied and compared: %s%s"
                .formatted(COPYING.toSeconds(), now.says(), stopped == null ? "" : "; " + stopped));
      }
      if (now.copying() && now.rows() > 0) {
        copied = new Report.Copied(now.rows(), now.rowsPerSecond());
        if (!said.equals(now.says())) {
          said = now.says();
          say("copied " + said);
        }
      }
      Thread.sleep(GLANCE);
      now = banyan.transfer(NAME);
    }
    copied =
        new Report.Copied(
            now.rows(), now.rowsPerSecond() > 0 ? now.rowsPerSecond() : copied.rowsPerSecond());
    say(
        String.format(
            Locale.ROOT,
            "copied all %,d rows, while clients wrote %,d times; %s",
            now.rows(),
            receipts.acknowledged(),
            now.says()));
    say(
        "compared row by row: "
            + (Boolean.TRUE.equals(now.green()) ? "both sides agree" : "they differ"));
  }

  /// Changes a row behind the stream's back, and has it found and repaired.
  void spoil() throws TourException, InterruptedException {
    say(
        "!! now somebody adds a cent to one order in the candidate's database, behind the stream's"
            + " back");
    String key = rows.spoil();
    JsonNode report = banyan.reconcile(NAME, false, "the tour: look for what was spoilt");
    for (JsonNode difference : report.path("differences")) {
      String columns =
          String.join(
              ", ",
              difference.path("columns").valueStream().map(each -> each.asString("")).toList());
      say(
          "found: table %s, key %s is %s in %s"
              .formatted(
                  difference.path("table").asString(""),
                  difference.path("key").asString(""),
                  difference.path("kind").asString(""),
                  columns));
      if (difference.path("table").asString("").endsWith("purchases")
          && difference.path("key").asString("").contains(key)
          && columns.equals("total")) {
        found++;
      }
    }
    if (found != 1 || report.path("differing").asLong(0) != 1) {
      throw new TourException(
          "the spoilt order " + key + " was to be found, and nothing else: " + report);
    }
    JsonNode mended = banyan.reconcile(NAME, true, "the tour: repair what was spoilt");
    repaired = mended.path("repaired").asLong(0);
    if (!mended.path("certificate").path("green").asBoolean(false)) {
      throw new TourException("after the repair both sides still differ: " + mended);
    }
    say(
        String.format(
            Locale.ROOT,
            "repaired %d row by the owner's, compared again: both sides agree in %,d rows",
            repaired,
            mended.path("rows").asLong(0)));
  }

  /// What was compared just now need not be compared while writes wait.
  private void compareOnceMore() throws TourException, InterruptedException {
    JsonNode report = banyan.reconcile(NAME, false, "the tour: before the owner changes");
    if (!report.path("certificate").path("green").asBoolean(false)) {
      throw new TourException("both sides differ before the owner changes: " + report);
    }
  }

  /// Has the writes change sides, and tries to go round the gateway afterwards.
  ///
  /// @param there to the candidate, or back to the legacy
  /// @return why they did not; empty where they have
  Optional<String> cross(boolean there) throws TourException, InterruptedException {
    compareOnceMore();
    long asked = System.nanoTime();
    JsonNode report =
        banyan.handOver(
            NAME,
            there,
            there
                ? "the tour: the candidate is to own its rows"
                : "the tour: go back with every row");
    long answered = System.nanoTime();
    if (!report.path("done").asBoolean(false)) {
      return Optional.of(report.path("undone").asString(report.path("detail").asString("")));
    }
    Report.Crossing crossing =
        new Report.Crossing(
            report.path("owner").asString(""),
            report.path("epoch").asLong(0),
            report.path("fenced").asBoolean(false),
            report.path("pauseMillis").asDouble(0));
    crossings.add(crossing);
    List<Double> waited = receipts.waits(asked + beforeTheHold(report), answered);
    waits.addAll(waited);
    say(
        String.format(
            Locale.ROOT,
            "the writes belong to the database %s: held for %.0f ms, %d writes waited, the longest"
                + " %.0f ms; %s",
            crossing.owner(),
            crossing.pauseMillis(),
            waited.size(),
            waited.stream().mapToDouble(each -> each).max().orElse(0),
            crossing.fenced() ? "fenced" : "not fenced"));
    say("a worker goes round the gateway to the old owner, and is told: " + rows.refusal(!there));
    return Optional.empty();
  }

  /// How long after it was asked Banyan held the writes, at the earliest.
  private static long beforeTheHold(JsonNode report) {
    double millis = 0;
    for (JsonNode step : report.path("steps")) {
      if (step.path("name").asString("").equals("hold")) {
        break;
      }
      millis += step.path("millis").asDouble(0);
    }
    return Math.round(millis * 1e6);
  }

  /// Lets the owner of the moment work for a while.
  void work() throws InterruptedException {
    Thread.sleep(pace.between());
  }

  /// Counts at the owner's what clients were told, without asking Banyan or a service.
  ///
  /// @param candidates whether the owner is the candidate
  void count(boolean candidates) throws TourException {
    Receipts.Snapshot told = receipts.snapshot();
    List<String> wrong = told.contradictions(rows.all(candidates));
    contradictions.addAll(wrong);
    counted = true;
    say(
        String.format(
            Locale.ROOT,
            "clients were told of %,d orders; %,d of them are missing from the owner's rows or"
                + " other than told",
            told.standing(),
            wrong.size()));
  }

  /// @param phases as [Report.Data] has them
  Report.Data report(List<String> phases) {
    List<Double> sorted = waits.stream().sorted().toList();
    return new Report.Data(
        counted ? contradictions.size() : -1,
        receipts.acknowledged(),
        percentile(sorted, 0.99),
        percentile(sorted, 1),
        copied,
        1,
        found,
        repaired,
        crossings,
        phases,
        contradictions);
  }

  /// By the nearest rank; 0 of nothing.
  static double percentile(List<Double> sorted, double share) {
    if (sorted.isEmpty()) {
      return 0;
    }
    int rank = (int) Math.ceil(share * sorted.size());
    return Math.round(sorted.get(Math.max(rank, 1) - 1) * 10) / 10.0;
  }

  private void say(String words) {
    screen.say(String.format(Locale.ROOT, "%-9s %s", NAME, words));
  }
}
