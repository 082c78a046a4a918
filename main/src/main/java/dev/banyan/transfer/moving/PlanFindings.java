package dev.banyan.transfer.moving;

import dev.banyan.transfer.engine.Database;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.report.PlanReport.Found;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// What a plan finds in both databases: for the rows' way there, for the cutover and for the way
/// back, so that nobody learns of the last two when they are needed.
final class PlanFindings {
  private final Moving moving;
  private final List<Found> all = new ArrayList<>();

  private PlanFindings(Moving moving) {
    this.moving = moving;
  }

  /// What concerns the rows' way there alone.
  static List<Found> ofMoving(Moving moving) throws SQLException {
    PlanFindings findings = new PlanFindings(moving);
    findings.there();
    return findings.all;
  }

  static List<Found> all(Moving moving) throws SQLException {
    PlanFindings findings = new PlanFindings(moving);
    findings.there();
    if (!moving.options().historyOnly()) {
      findings.ofOwner(Found.CUTOVER, moving.from(), moving.fence(false).findings());
      findings.back();
    }
    return findings.all;
  }

  private void there() throws SQLException {
    boolean follows = !moving.options().historyOnly();
    add(
        "source",
        moving.from().sourceFindings(moving.fromTables()).stream()
            .filter(each -> follows || !each.following())
            .toList());
    add("source", moving.replicas().findings());
    if (all.stream().noneMatch(Found::blocks)) {
      for (String each : leftBehind(moving)) {
        all.add(new Found(false, "source", "left-behind", moving.options().from(), each));
      }
    }
    add("target", moving.to().targetFindings(moving.toTables()));
    add("mapping", moving.draft().findings());
  }

  /// What earlier transfers left in the source, which may fill its disk. A source that can not be
  /// followed has nothing of that kind, and may not be able to say so.
  static List<String> leftBehind(Moving moving) throws SQLException {
    try (Source source = moving.from().source(moving.options().name(), moving.fromTables())) {
      return source.leftovers();
    }
  }

  private void add(String where, List<Finding> found) {
    for (Finding each : found) {
      all.add(new Found(each.blocks(), where, each.code(), each.subject(), each.says()));
    }
  }

  /// The other way the target is followed and fenced, and the source is written to. That its tables
  /// have rows is as it should be; what the target lacks to be written to was said before.
  private void back() throws SQLException {
    ofOwner(Found.BACK, moving.to(), moving.to().sourceFindings(moving.toTables()));
    ofOwner(Found.BACK, moving.to(), moving.fence(true).findings());
    ofOwner(
        Found.BACK,
        moving.from(),
        moving.from().targetFindings(moving.fromTables()).stream()
            .filter(each -> !each.code().contains("empty"))
            .toList());
  }

  private void ofOwner(String where, Database database, List<Finding> found) {
    for (Finding each : found) {
      Found named =
          new Found(
              each.blocks(),
              where,
              each.code(),
              database.name() + ": " + each.subject(),
              each.says());
      boolean said =
          all.stream()
              .anyMatch(known ->
                  known.code().equals(each.code())
                      && (known.equals(named)
                          || (known.subject().equals(each.subject())
                              && known.where().equals(side(database)))));
      if (!said) {
        all.add(named);
      }
    }
  }

  private String side(Database database) {
    return database.name().equals(moving.from().name()) ? "source" : "target";
  }
}
