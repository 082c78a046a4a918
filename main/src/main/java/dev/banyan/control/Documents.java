package dev.banyan.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.banyan.cutover.GoalReading;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.exchange.Difference;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.SideEvidence;
import dev.banyan.migration.Weight;
import dev.banyan.parity.LearnedNoise;
import dev.banyan.parity.ParityRate;
import dev.banyan.parity.Ruling;
import dev.banyan.parity.Rulings;
import dev.banyan.parity.Scope;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The JSON documents of the API, field by field as `openapi.json` describes them.
final class Documents {
  private Documents() {}

  record Status(
      String version,
      Instant started,
      String listen,
      List<Family> families,
      Config config,
      @Nullable String line,
      @Nullable List<StatusView.Replica> replicas) {
    static Status of(StatusView view) {
      return new Status(
          view.version(),
          view.started(),
          view.listen(),
          view.families().stream().map(Family::of).toList(),
          Config.of(view.config()),
          view.line(),
          view.replicas());
    }
  }

  record Config(String file, Instant loadedAt, @Nullable String lastError) {
    static Config of(StatusView.Config config) {
      return new Config(config.file(), config.loadedAt(), config.lastError());
    }
  }

  record Family(
      String name,
      @Nullable String owner,
      String candidate,
      String data,
      String phase,
      @Nullable String weight,
      double readShare,
      double writeShare,
      long epoch,
      @Nullable String held,
      Instant since,
      List<String> routes,
      Parity parity,
      Sides sides,
      Shadow shadow,
      @Nullable Step next,
      List<Gate> gates,
      List<Goal> goals,
      boolean unproven,
      GovernDocuments.Governed governance) {
    static Family of(FamilyView view) {
      return new Family(
          view.name(),
          view.owner(),
          view.candidate(),
          view.data().word(),
          view.state().phase().name().word(),
          word(view.weight()),
          view.state().phase().reads().share(),
          view.state().phase().writes().share(),
          view.state().epoch(),
          view.state().held(),
          view.state().since(),
          view.routes(),
          Parity.of(view.evidence().parity()),
          new Sides(Side.of(view.evidence().legacy()), Side.of(view.evidence().candidate())),
          Shadow.of(view.shadow()),
          Step.of(view.next()),
          Gate.of(view.gates()),
          Goal.of(view.goals()),
          view.state().unproven(),
          GovernDocuments.Governed.of(view));
    }
  }

  /// @param wanted the wanted change as a share, such as -0.3
  record Goal(
      String goal,
      String state,
      double wanted,
      @Nullable Double baseline,
      @Nullable Double now,
      @Nullable Double change,
      String says) {
    static List<Goal> of(List<GoalReading> goals) {
      return goals.stream()
          .map(each ->
              new Goal(
                  each.goal().word(),
                  each.state().word(),
                  each.wanted(),
                  each.baseline(),
                  each.now(),
                  each.change(),
                  each.says()))
          .toList();
    }
  }

  record Parity(
      Instant since,
      long compared,
      long matched,
      long mismatched,
      long accepted,
      long raced,
      Map<String, Long> skipped,
      Map<String, Long> dropped,
      @Nullable Double rate,
      double lowerBound,
      double confidence,
      @Nullable Double coverage) {
    static Parity of(ParityEvidence parity) {
      Bound bound = Bound.of(parity);
      return new Parity(
          parity.since(),
          parity.compared(),
          parity.matched(),
          parity.mismatched(),
          parity.accepted(),
          parity.raced(),
          parity.skipped(),
          parity.dropped(),
          bound.rate(),
          bound.lowerBound(),
          bound.confidence(),
          bound.coverage());
    }
  }

  /// Without a rate and a coverage while nothing was compared: no share of nothing may look like a
  /// pass.
  record Bound(
      @Nullable Double rate, double lowerBound, double confidence, @Nullable Double coverage) {
    static Bound of(ParityEvidence parity) {
      ParityEvidence.Bound bound = ParityRate.of(parity);
      boolean none = parity.compared() == 0;
      return new Bound(
          none ? null : bound.rate(),
          bound.lowerBound(),
          bound.confidence(),
          none ? null : bound.coverage());
    }
  }

  record Sides(Side legacy, Side candidate) {}

  record Side(
      long requests,
      long errors,
      @Nullable Double errorRate,
      @Nullable Double p50Millis,
      @Nullable Double p99Millis) {
    static Side of(SideEvidence side) {
      boolean asked = side.requests() > 0;
      return new Side(
          side.requests(),
          side.errors(),
          asked ? side.errorRate() : null,
          side.p50().isZero() ? null : millis(side.p50()),
          side.p99().isZero() ? null : millis(side.p99()));
    }
  }

  record Shadow(
      double share,
      double rate,
      long shed,
      long sampled,
      long sent,
      long inFlight,
      Map<String, Long> dropped) {
    static Shadow of(FamilyView.ShadowTally tally) {
      return new Shadow(
          tally.share(),
          tally.rate(),
          tally.shed(),
          tally.sampled(),
          tally.sent(),
          tally.inFlight(),
          tally.dropped());
    }
  }

  record Step(String phase, @Nullable String weight) {
    static @Nullable Step of(FamilyView.@Nullable Step step) {
      return step == null ? null : new Step(step.phase().word(), word(step.weight()));
    }
  }

  record Gate(String gate, String opinion, Map<String, Double> numbers, String says) {
    static List<Gate> of(List<GateReading> readings) {
      return readings.stream()
          .map(r -> new Gate(r.gate(), r.opinion().word(), r.numbers(), r.says()))
          .toList();
    }
  }

  /// @param recorded whether the store has it yet
  record RolledBack(
      Family family, double millis, boolean recorded, Outcome.@Nullable Replicas replicas) {
    static RolledBack of(Outcome.Done done) {
      return new RolledBack(
          Family.of(done.family()),
          Documents.millis(done.took()),
          done.recorded(),
          done.replicas());
    }
  }

  record Explanation(
      String family,
      String phase,
      @Nullable String weight,
      long epoch,
      @Nullable Step next,
      List<Gate> gates,
      @Nullable String held,
      List<String> rollbackWhen,
      List<Goal> goals,
      boolean unproven,
      @Nullable String line,
      GovernDocuments.Governed governance) {
    static Explanation of(FamilyView view, @Nullable String line) {
      return new Explanation(
          view.name(),
          view.state().phase().name().word(),
          word(view.weight()),
          view.state().epoch(),
          Step.of(view.next()),
          Gate.of(view.gates()),
          view.state().held(),
          view.rollbackWhen(),
          Goal.of(view.goals()),
          view.state().unproven(),
          line,
          GovernDocuments.Governed.of(view));
    }
  }

  record ParityReport(
      String family,
      Instant since,
      long compared,
      long matched,
      long mismatched,
      long accepted,
      long raced,
      Map<String, Long> skipped,
      Map<String, Long> dropped,
      @Nullable Double rate,
      Bound parity,
      List<Endpoint> endpoints,
      List<Units> units,
      List<LearnedDocuments.Volatile> noise,
      List<LearnedDocuments.Defect> defects,
      List<Ruled> rulings) {
    /// @param only the endpoint to be told of, or null for all
    static ParityReport of(
        FamilyView view, LearnedNoise noise, dev.banyan.migration.@Nullable Endpoint only) {
      ParityEvidence parity = view.evidence().parity();
      Bound bound = Bound.of(parity);
      return new ParityReport(
          view.name(),
          parity.since(),
          parity.compared(),
          parity.matched(),
          parity.mismatched(),
          parity.accepted(),
          parity.raced(),
          parity.skipped(),
          parity.dropped(),
          bound.rate(),
          bound,
          parity.endpoints().stream()
              .filter(each -> only == null || each.endpoint().equals(only))
              .map(Endpoint::of)
              .toList(),
          parity.units().stream()
              .filter(each -> only == null || each.endpoint().equals(only))
              .map(Units::of)
              .toList(),
          LearnedDocuments.volatiles(noise, only),
          LearnedDocuments.defects(noise, only),
          view.rulings().stream().map(Ruled::of).toList());
    }
  }

  /// What proves something: different requests, by who sent them and what they ask for.
  record Units(String method, String template, long compared, long mismatched) {
    static Units of(ParityEvidence.EndpointUnits units) {
      return new Units(
          units.endpoint().method(),
          units.endpoint().template(),
          units.compared(),
          units.mismatched());
    }
  }

  record Endpoint(
      String method,
      String template,
      int status,
      long compared,
      long mismatched,
      long accepted,
      List<Field> differences) {
    static Endpoint of(ParityEvidence.EndpointParity parity) {
      return new Endpoint(
          parity.endpoint().method(),
          parity.endpoint().template(),
          parity.status(),
          parity.compared(),
          parity.mismatched(),
          parity.accepted(),
          parity.differences().stream().map(Field::of).toList());
    }
  }

  record Field(
      String where,
      String kind,
      String severity,
      long count,
      @Nullable Double noise,
      @Nullable String accepted,
      boolean critical,
      List<ParityEvidence.Sample> samples) {
    static Field of(ParityEvidence.FieldDifference field) {
      return new Field(
          field.where(),
          field.kind(),
          field.severity().word(),
          field.count(),
          field.noise(),
          field.accepted(),
          field.critical(),
          field.samples());
    }
  }

  /// @param ruling `accepted` or `critical`
  record Ruled(
      String ruling,
      @Nullable String endpoint,
      String where,
      @Nullable String kind,
      String reason,
      String author,
      @Nullable LocalDate until,
      String origin,
      boolean holds) {
    static Ruled of(Rulings.Listed listed) {
      Ruling ruling = listed.ruling();
      Scope scope = ruling.scope();
      return new Ruled(
          ruling instanceof Ruling.Accepted ? "accepted" : "critical",
          scope.endpoint().map(dev.banyan.migration.Endpoint::toString).orElse(null),
          scope.where(),
          scope.kind().map(Difference.Kind::word).orElse(null),
          ruling.reason(),
          ruling.author(),
          ruling instanceof Ruling.Accepted one ? one.entry().until() : null,
          listed.origin().word(),
          listed.holds());
    }
  }

  record LedgerPage(List<Entry> entries) {
    static LedgerPage of(List<LedgerEntry> entries) {
      return new LedgerPage(entries.stream().map(Entry::of).toList());
    }
  }

  record Entry(
      long seq,
      Instant at,
      String kind,
      @Nullable String family,
      String actor,
      String reason,
      @Nullable State before,
      @Nullable State after,
      @Nullable Basis evidence,
      @Nullable Double millis,
      String previous,
      String hash) {
    static Entry of(LedgerEntry entry) {
      Duration took = entry.took();
      return new Entry(
          entry.seq(),
          entry.at(),
          entry.kind().word(),
          entry.family(),
          entry.actor(),
          entry.reason(),
          State.of(entry.before()),
          State.of(entry.after()),
          entry.gates().isEmpty() ? null : new Basis(Gate.of(entry.gates())),
          took == null ? null : Documents.millis(took),
          entry.previous(),
          entry.hash());
    }
  }

  record State(
      String phase, @Nullable String weight, long epoch, @Nullable String held, boolean unproven) {
    static @Nullable State of(@Nullable FamilyState state) {
      return state == null
          ? null
          : new State(
              state.phase().name().word(),
              word(state.phase().stepWeight()),
              state.epoch(),
              state.held(),
              state.unproven());
    }
  }

  /// What a decision rests on.
  record Basis(List<Gate> gates) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Problem(
      String type,
      String title,
      int status,
      String detail,
      String code,
      @Nullable List<Gate> gates) {
    static Problem of(Refusal refusal) {
      Refusal.Code code = refusal.code();
      return new Problem(
          "urn:banyan:problem:" + code.word(),
          code.title(),
          code.status(),
          refusal.detail(),
          code.word(),
          code == Refusal.Code.GATE_REFUSED ? Gate.of(refusal.gates()) : null);
    }
  }

  private static @Nullable String word(@Nullable Weight weight) {
    return weight == null ? null : weight.toString();
  }

  static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
