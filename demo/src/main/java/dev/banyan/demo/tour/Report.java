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
    Data data,
    double seconds,
    List<String> problems) {
  private static final int WANTED_ROLLBACKS = 2;

  /// There, back, and there again.
  private static final int CROSSINGS = 3;

  record Requests(long total, long failed, List<String> failures) {}

  record Faults(int planted, int found, int falseAlarms, List<Seen> seen, Set<String> alarms) {}

  /// One planted fault and how often it was seen.
  record Seen(String fault, String endpoint, String where, String kind, long count) {}

  record Rollback(String family, String reason, double millis) {}

  record Position(String name, String phase) {}

  record Ledger(boolean ok, long entries) {}

  /// What became of the orders' rows.
  ///
  /// @param lost orders that the owner's rows have not, or have otherwise than clients were told;
  ///   -1 where nobody has counted
  /// @param acknowledged writes to orders that clients were told were done
  /// @param pauseMillisP99 of the waits of all writes that were under way while their owner changed
  /// @param pauseMillisMax the longest of them
  /// @param planted rows that were spoilt behind the stream's back
  /// @param phases that the family has entered, in order, as the ledger has them
  /// @param contradictions the first of what is `lost`, for people
  record Data(
      long lost,
      long acknowledged,
      double pauseMillisP99,
      double pauseMillisMax,
      Copied backfill,
      long planted,
      long found,
      long repaired,
      List<Crossing> handovers,
      List<String> phases,
      List<String> contradictions) {
    private static final int KEPT = 20;

    Data {
      handovers = List.copyOf(handovers);
      phases = List.copyOf(phases);
      contradictions = contradictions.stream().limit(KEPT).toList();
    }

    static final Data UNKNOWN =
        new Data(-1, 0, 0, 0, new Copied(0, 0), 0, 0, 0, List.of(), List.of(), List.of());
  }

  record Copied(long rows, double rowsPerSecond) {}

  /// One change of the rows' owner.
  ///
  /// @param owner the new owner, a database of `banyan.yaml`
  /// @param fenced whether the old owner's database refuses writes since then
  /// @param pauseMillis how long the gateway held writes, as it says itself
  record Crossing(String owner, long epoch, boolean fenced, double pauseMillis) {}

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
      Data data,
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
        data,
        seconds,
        problems(count, hunt, rollbacks, families, ledger, data, failure));
  }

  private static List<String> problems(
      Count count,
      FaultHunt hunt,
      List<Banyan.Rollback> rollbacks,
      List<Family> families,
      Ledger ledger,
      Data data,
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
    problems.addAll(problems(data));
    if (!ledger.ok()) {
      problems.add("the ledger's chain does not hold, or could not be checked");
    }
    return problems;
  }

  private static List<String> problems(Data data) {
    List<String> problems = new ArrayList<>();
    if (data.lost() < 0) {
      problems.add("nobody has counted the orders at the end");
    } else if (data.lost() > 0) {
      problems.add(
          data.lost() + " orders are lost, the first: " + data.contradictions().getFirst());
    }
    if (data.found() < data.planted() || data.repaired() != data.planted() || data.planted() == 0) {
      problems.add(
          "%d rows were spoilt, %d found and %d repaired"
              .formatted(data.planted(), data.found(), data.repaired()));
    }
    if (data.handovers().size() != CROSSINGS) {
      problems.add(
          data.handovers().size() + " times the writes changed sides, not " + CROSSINGS + " times");
    }
    if (!data.handovers().stream().allMatch(Crossing::fenced)) {
      problems.add("the writes changed sides without a fence");
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
