package dev.banyan.demo.tour;

import dev.banyan.demo.candidate.Fault;
import dev.banyan.demo.traffic.Count;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// What came of a tour, and what is wrong with it. Written as JSON as it stands.
///
/// @param problems all that is off, for people; empty after a good tour
record Report(
    Requests requests,
    Faults faults,
    List<Rollback> rollbacks,
    List<Position> families,
    Ledger ledger,
    double seconds,
    List<String> problems) {
  private static final int WANTED_ROLLBACKS = 2;

  record Requests(long total, long failed, List<String> failures) {}

  record Faults(int planted, int found, int falseAlarms, List<Seen> seen, Set<String> alarms) {}

  /// One planted fault and how often it was seen.
  record Seen(String fault, String endpoint, String where, String kind, long count) {}

  record Rollback(String family, String reason, double millis) {}

  record Position(String name, String phase) {}

  record Ledger(boolean ok, long entries) {}

  Report {
    rollbacks = List.copyOf(rollbacks);
    families = List.copyOf(families);
    problems = List.copyOf(problems);
  }

  /// Puts together what was seen, and judges it.
  ///
  /// @param failure what broke the tour off, if anything did
  static Report of(
      Count count,
      FaultHunt hunt,
      List<Banyan.Rollback> rollbacks,
      List<Family> families,
      Ledger ledger,
      double seconds,
      List<String> failure) {
    List<Seen> seen = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      seen.add(
          new Seen(
              fault.word(),
              fault.method() + " " + fault.template(),
              fault.where(),
              hunt.kind(fault),
              hunt.seen(fault)));
    }
    Set<String> alarms = hunt.falseAlarms();
    return new Report(
        new Requests(count.total(), count.failed(), count.failures()),
        new Faults(Fault.values().length, hunt.found(), alarms.size(), seen, alarms),
        rollbacks.stream()
            .map(each -> new Rollback(each.family(), each.reason(), each.millis()))
            .toList(),
        families.stream().map(family -> new Position(family.name(), family.phase())).toList(),
        ledger,
        seconds,
        problems(count, hunt, rollbacks, families, ledger, failure));
  }

  private static List<String> problems(
      Count count,
      FaultHunt hunt,
      List<Banyan.Rollback> rollbacks,
      List<Family> families,
      Ledger ledger,
      List<String> failure) {
    List<String> problems = new ArrayList<>(failure);
    if (count.total() == 0) {
      problems.add("no request was sent");
    }
    if (count.failed() > 0) {
      problems.add(count.failed() + " requests failed, the first: " + count.failures().getFirst());
    }
    for (Fault fault : hunt.missing()) {
      problems.add(
          "the planted fault '%s' was not found at %s %s %s"
              .formatted(fault.title(), fault.method(), fault.template(), fault.where()));
    }
    hunt.falseAlarms().forEach(alarm -> problems.add("false alarm " + alarm));
    if (rollbacks.size() < WANTED_ROLLBACKS) {
      problems.add(
          rollbacks.size() + " automatic rollbacks; at least " + WANTED_ROLLBACKS + " were due");
    }
    if (families.size() < Configuration.SHELVES.size()) {
      problems.add(families.size() + " families of " + Configuration.SHELVES.size() + " are known");
    }
    for (Family family : families) {
      if (!family.retired()) {
        problems.add(family.name() + " ended in " + family.place() + ", not retired");
      }
    }
    if (!ledger.ok()) {
      problems.add("the ledger's chain does not hold, or could not be checked");
    }
    return problems;
  }

  void write(Path file) throws IOException {
    JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.writeString(file, json.writeValueAsString(this) + "\n");
  }
}
