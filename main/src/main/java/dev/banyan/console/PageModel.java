package dev.banyan.console;

import dev.banyan.access.Role;
import dev.banyan.control.FamilyView;
import dev.banyan.control.StateTag;
import dev.banyan.control.StatusView;
import dev.banyan.control.TransferView;
import dev.banyan.cutover.GoalReading;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.FieldDifference;
import dev.banyan.migration.Phase;
import dev.banyan.migration.SideEvidence;
import dev.banyan.parity.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the templates show: ready words only.
record PageModel(
    String version,
    String listen,
    String configError,
    String line,
    Visitor visitor,
    List<Row> families,
    List<TransferRow> transfers,
    List<Replica> replicas,
    List<Decision> decisions) {

  /// Who looks.
  ///
  /// @param name of their token; empty for whoever has none with a name
  /// @param canLeave whether there is a session to end
  record Visitor(String name, Role role, boolean canLeave) {
    String who() {
      return name.isEmpty() ? "" : name + ", " + role.word();
    }

    boolean operates() {
      return role.may(Role.OPERATOR);
    }

    boolean approves() {
      return role.may(Role.APPROVER);
    }
  }

  static PageModel of(
      StatusView status, List<TransferView> transfers, List<LedgerEntry> ledger, Visitor visitor) {
    String error = status.config().lastError();
    String line = status.line();
    List<StatusView.Replica> replicas = status.replicas();
    List<LedgerEntry> newestFirst = new ArrayList<>(ledger);
    Collections.reverse(newestFirst);
    return new PageModel(
        status.version(),
        status.listen(),
        error == null ? "" : error,
        line == null ? "" : line,
        visitor,
        status.families().stream().map(family -> Row.of(family, visitor)).toList(),
        transfers.stream().map(TransferRow::of).toList(),
        replicas == null ? List.of() : replicas.stream().map(Replica::of).toList(),
        newestFirst.stream().map(Decision::of).toList());
  }

  boolean anyFamilies() {
    return !families.isEmpty();
  }

  boolean anyTransfers() {
    return !transfers.isEmpty();
  }

  boolean anyDecisions() {
    return !decisions.isEmpty();
  }

  boolean anyReplicas() {
    return !replicas.isEmpty();
  }

  /// One process of several.
  record Replica(String name, String seen, boolean controller) {
    static Replica of(StatusView.Replica replica) {
      return new Replica(replica.name(), Words.moment(replica.seen()), replica.controller());
    }
  }

  /// One family.
  ///
  /// @param tag its entity tag, sent back with a promotion
  /// @param next the next step in words, empty at the top
  record Row(
      String name,
      String owner,
      String candidate,
      String data,
      String routes,
      String tag,
      List<Rung> ladder,
      String weight,
      String shares,
      String held,
      ParityCell parity,
      SideCell legacy,
      SideCell candidateSide,
      String next,
      List<Gate> gates,
      List<Goal> goals,
      GovernedCell governed,
      boolean movable,
      Visitor visitor) {

    boolean anyGoals() {
      return !goals.isEmpty();
    }

    boolean anyGates() {
      return !gates.isEmpty();
    }

    static Row of(FamilyView family, Visitor visitor) {
      SideEvidence legacy = family.evidence().legacy();
      SideEvidence candidate = family.evidence().candidate();
      FamilyView.Step next = family.next();
      String held = family.state().held();
      return new Row(
          family.name(),
          family.owner() == null ? "" : family.owner(),
          family.candidate(),
          family.data().word(),
          String.join("\n", family.routes()),
          StateTag.of(family.state()),
          rungs(family.state().phase().name()),
          family.weight() == null ? "" : family.weight().toString(),
          sharesOf(family.state().phase()),
          held == null ? "" : held,
          ParityCell.of(family.evidence().parity(), visitor.approves()),
          SideCell.of("Legacy", legacy, false, false),
          SideCell.of(
              "Candidate",
              candidate,
              candidate.errorRate() > legacy.errorRate(),
              legacy.requests() > 0 && candidate.p99().compareTo(legacy.p99()) > 0),
          next == null ? "" : step(next),
          // What is missing comes first.
          family.gates().stream()
              .sorted(Comparator.comparing(GateReading::opinion).reversed())
              .map(Gate::of)
              .toList(),
          family.goals().stream().map(Goal::of).toList(),
          GovernedCell.of(family, visitor.role()),
          family.state().phase().name() != Phase.Name.LEGACY,
          visitor);
    }
  }

  private static List<Rung> rungs(Phase.Name here) {
    return Arrays.stream(Phase.Name.values())
        .map(name -> new Rung(name.word(), name == here, name.before(here)))
        .toList();
  }

  private static String step(FamilyView.Step step) {
    return step.weight() == null
        ? step.phase().word()
        : step.phase().word() + " at " + step.weight();
  }

  private static String sharesOf(Phase phase) {
    return "reads " + phase.reads() + ", writes " + phase.writes();
  }

  /// One phase on the ladder.
  record Rung(String phase, boolean here, boolean behind) {}

  /// @param rate empty while nothing was compared
  /// @param worst what differs most, and is not accepted
  record ParityCell(
      String rate,
      String compared,
      String differing,
      String accepted,
      boolean bad,
      List<Worst> worst) {
    static ParityCell of(ParityEvidence parity, boolean mayAccept) {
      return new ParityCell(
          parity.compared() == 0 ? "" : Words.shareRoundedDown(parity.rate()),
          Words.count(parity.compared()),
          parity.mismatched() == 0 ? "" : Words.count(parity.mismatched()),
          parity.accepted() == 0 ? "" : Words.count(parity.accepted()),
          parity.mismatched() > 0,
          Worst.of(parity, mayAccept));
    }

    boolean anyWorst() {
      return !worst.isEmpty();
    }
  }

  /// A place that differs.
  ///
  /// @param told how often and how badly
  /// @param acceptable whether it is one place, which whoever looks may accept
  record Worst(String endpoint, String where, String kind, String told, boolean acceptable) {
    private static final int SHOWN = 3;

    private record Found(Endpoint endpoint, FieldDifference field) {}

    static List<Worst> of(ParityEvidence parity, boolean mayAccept) {
      return parity.endpoints().stream()
          .flatMap(
              part -> part.differences().stream().map(field -> new Found(part.endpoint(), field)))
          .filter(found -> found.field().accepted() == null)
          .sorted(
              Comparator.comparing((Found found) -> found.field().severity())
                  .thenComparing(
                      Comparator.comparingLong((Found found) -> found.field().count()).reversed()))
          .limit(SHOWN)
          .map(found -> of(found, mayAccept))
          .toList();
    }

    private static Worst of(Found found, boolean mayAccept) {
      FieldDifference field = found.field();
      return new Worst(
          found.endpoint().toString(),
          field.where(),
          field.kind(),
          Words.count(field.count())
              + " × "
              + (field.critical() ? "critical, " : "")
              + field.severity().word()
              + ", "
              + field.kind(),
          mayAccept
              && Scope.complaint(field.where()) == null
              && found.endpoint().template().startsWith("/"));
    }
  }

  /// @param errors empty while there was no request, like `p99`
  record SideCell(
      String side, String requests, String errors, String p99, boolean failing, boolean slow) {
    static SideCell of(String side, SideEvidence evidence, boolean failing, boolean slow) {
      boolean silent = evidence.requests() == 0;
      return new SideCell(
          side,
          Words.count(evidence.requests()),
          silent ? "" : Words.shareRoundedUp(evidence.errorRate()),
          silent ? "" : Words.time(evidence.p99()),
          failing,
          slow);
    }
  }

  /// @param tone how it is coloured
  record Gate(String name, String opinion, String tone, String says) {
    static Gate of(GateReading reading) {
      String tone =
          switch (reading.opinion()) {
            case PROMOTE -> "good";
            case HOLD -> "waiting";
            case ROLL_BACK -> "bad";
          };
      return new Gate(reading.gate(), reading.opinion().word(), tone, reading.says());
    }
  }

  /// @param tone how it is coloured
  record Goal(String state, String tone, String says) {
    static Goal of(GoalReading reading) {
      String tone =
          switch (reading.state()) {
            case MET -> "good";
            case NOT_YET, UNKNOWN -> "waiting";
          };
      return new Goal(reading.state().word().replace('-', ' '), tone, reading.says());
    }
  }

  record Decision(long seq, String at, String kind, String family, String actor, String reason) {
    static Decision of(LedgerEntry entry) {
      @Nullable String family = entry.family();
      return new Decision(
          entry.seq(),
          Words.moment(entry.at()),
          entry.kind().word(),
          family == null ? "" : family,
          entry.actor(),
          entry.reason());
    }
  }
}
