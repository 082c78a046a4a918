package dev.banyan.cutover;

import dev.banyan.migration.Endpoint;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.ParityEvidence.FieldDifference;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The situation that a decision was made in, as the ledger keeps it: JSON from which the same
/// readings can be made again, to the last bit.
///
/// Numbers are written so that they are read back as the same bits. Left out is what no gate reads:
/// the samples of differences, and freeze windows, which are for whoever asks gates at all.
public final class Recorded {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private Recorded() {}

  static String write(Situation situation) {
    return MAPPER.writeValueAsString(Document.of(situation));
  }

  /// @throws IllegalArgumentException when the text is no such document
  static Situation read(String evidence) {
    try {
      return MAPPER.readValue(evidence, Document.class).situation();
    } catch (JacksonException | NullPointerException | IllegalStateException e) {
      throw new IllegalArgumentException("the evidence is not readable: " + e.getMessage(), e);
    }
  }

  /// Where the readings of an entry and those that its evidence gives again differ; empty where
  /// they are the same to the last bit.
  ///
  /// @throws IllegalArgumentException when the entry has no evidence that can be read
  public static Optional<String> disagreement(LedgerEntry entry) {
    String evidence = entry.evidence();
    if (evidence == null) {
      throw new IllegalArgumentException("entry " + entry.seq() + " has no evidence");
    }
    List<GateReading> again =
        entry.kind() == LedgerEntry.Kind.PROMOTE ? promotion(evidence) : harm(evidence);
    if (again.size() != entry.gates().size()) {
      return Optional.of(
          entry.gates().size() + " gates were read then, and " + again.size() + " are now");
    }
    for (int i = 0; i < again.size(); i++) {
      String difference = difference(entry.gates().get(i), again.get(i));
      if (difference != null) {
        return Optional.of(difference);
      }
    }
    return Optional.empty();
  }

  private static @Nullable String difference(GateReading then, GateReading now) {
    if (!then.gate().equals(now.gate()) || then.opinion() != now.opinion()) {
      return then.gate()
          + " said "
          + then.opinion().word()
          + " then, and "
          + now.gate()
          + " says "
          + now.opinion().word()
          + " now";
    }
    Set<String> names = new TreeSet<>(then.numbers().keySet());
    names.addAll(now.numbers().keySet());
    for (String name : names) {
      Double before = then.numbers().get(name);
      Double after = now.numbers().get(name);
      if (before == null || !before.equals(after)) {
        return then.gate() + ": " + name + " was " + before + " then, and is " + after + " now";
      }
    }
    return null;
  }

  /// What the gates before the next step make of recorded evidence, again.
  ///
  /// @throws IllegalArgumentException when the text is no recorded evidence
  public static List<GateReading> promotion(String evidence) {
    return Gates.read(read(evidence));
  }

  /// What the gates that watch for harm make of recorded evidence, again.
  ///
  /// @throws IllegalArgumentException when the text is no recorded evidence
  public static List<GateReading> harm(String evidence) {
    return Gates.harm(read(evidence));
  }

  private record Document(
      FamilyPolicy policy,
      State state,
      @Nullable Baseline baseline,
      @Nullable Approval approval,
      @Nullable Place next,
      Health health,
      RowAgreement.@Nullable Moving rows,
      RowAgreement.@Nullable Sent sent,
      ParityEvidence parity,
      Step step,
      Situation.@Nullable Comparing comparing,
      Duration soaked,
      Duration withoutLegacy) {

    static Document of(Situation situation) {
      Standing standing = situation.standing();
      Phase next = situation.next();
      return new Document(
          withoutFreezes(situation.policy()),
          State.of(standing.state()),
          standing.baseline(),
          standing.approval(),
          next == null ? null : Place.of(next),
          Health.of(situation.health()),
          situation.rows() instanceof RowAgreement.Moving moving ? moving : null,
          situation.rows() instanceof RowAgreement.Sent sent ? sent : null,
          withoutSamples(situation.parity()),
          situation.step(),
          situation.comparing(),
          situation.soaked(),
          situation.withoutLegacy());
    }

    Situation situation() {
      return new Situation(
          policy,
          new Standing(state.state(), baseline, approval),
          next == null ? null : next.phase(),
          health.answer(),
          agreement(),
          parity,
          step,
          comparing == null ? Situation.Comparing.NONE : comparing,
          soaked,
          withoutLegacy);
    }

    private RowAgreement.Reading agreement() {
      if (rows != null) {
        return rows;
      }
      return sent == null ? new RowAgreement.Untransferred() : sent;
    }
  }

  private static FamilyPolicy withoutFreezes(FamilyPolicy policy) {
    return policy.governed(policy.auto(), policy.approvals(), List.of());
  }

  private static ParityEvidence withoutSamples(ParityEvidence parity) {
    return new ParityEvidence(
        parity.since(),
        parity.compared(),
        parity.matched(),
        parity.mismatched(),
        parity.accepted(),
        parity.raced(),
        parity.skipped(),
        parity.dropped(),
        parity.endpoints().stream().map(Recorded::withoutSamples).toList(),
        parity.units());
  }

  private static EndpointParity withoutSamples(EndpointParity part) {
    Endpoint endpoint = part.endpoint();
    List<FieldDifference> fields =
        part.differences().stream()
            .map(field ->
                new FieldDifference(
                    field.where(),
                    field.kind(),
                    field.severity(),
                    field.count(),
                    field.noise(),
                    field.accepted(),
                    field.critical(),
                    List.of()))
            .toList();
    return new EndpointParity(
        endpoint, part.status(), part.compared(), part.mismatched(), part.accepted(), fields);
  }

  /// A phase, which is sealed, by its name and the weight of its steps.
  private record Place(Phase.Name name, @Nullable Integer weight) {
    static Place of(Phase phase) {
      Weight weight = phase.stepWeight();
      return new Place(phase.name(), weight == null ? null : weight.buckets());
    }

    Phase phase() {
      Weight share = weight == null ? Weight.NONE : new Weight(weight);
      return switch (name) {
        case LEGACY -> new Phase.Legacy();
        case SHADOW -> new Phase.Shadow();
        case CANARY -> new Phase.Canary(share);
        case READS -> new Phase.Reads();
        case WRITES -> new Phase.Writes(share);
        case RETIRED -> new Phase.Retired();
      };
    }
  }

  private record State(
      String family,
      Place phase,
      long epoch,
      @Nullable String held,
      boolean unproven,
      Instant since) {
    static State of(FamilyState state) {
      return new State(
          state.family(),
          Place.of(state.phase()),
          state.epoch(),
          state.held(),
          state.unproven(),
          state.since());
    }

    FamilyState state() {
      return new FamilyState(family, phase.phase(), epoch, held, unproven, since);
    }
  }

  /// What the candidate said of itself.
  private record Health(@Nullable String url, @Nullable Integer status, @Nullable String silent) {
    static Health of(CandidateHealth.Answer answer) {
      return switch (answer) {
        case CandidateHealth.Undeclared() -> new Health(null, null, null);
        case CandidateHealth.Unasked(String url) -> new Health(url, null, null);
        case CandidateHealth.Answered(String url, int status) -> new Health(url, status, null);
        case CandidateHealth.Silent(String url, String why) -> new Health(url, null, why);
      };
    }

    CandidateHealth.Answer answer() {
      if (url == null) {
        return new CandidateHealth.Undeclared();
      }
      if (status != null) {
        return new CandidateHealth.Answered(url, status);
      }
      return silent == null
          ? new CandidateHealth.Unasked(url)
          : new CandidateHealth.Silent(url, silent);
    }
  }
}
