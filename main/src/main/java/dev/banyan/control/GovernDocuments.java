package dev.banyan.control;

import dev.banyan.access.Token;
import dev.banyan.cutover.Approval;
import dev.banyan.migration.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The JSON documents about who may do what, and what people have laid down.
final class GovernDocuments {
  private GovernDocuments() {}

  /// @param awaitsApproval whether the next step waits for an approver
  record Governed(
      String strategy,
      String auto,
      List<String> requireApproval,
      boolean awaitsApproval,
      @Nullable Leave approval,
      Governance.@Nullable Freeze freeze,
      @Nullable String denied,
      @Nullable Cost rollbackCost) {
    static Governed of(FamilyView view) {
      Governance governance = view.governance();
      return new Governed(
          word(governance.strategy()),
          word(governance.auto()),
          governance.approvals().stream().sorted().map(Phase.Name::word).toList(),
          view.awaitsApproval(),
          Leave.of(governance.approval()),
          governance.freeze(),
          governance.denied(),
          Cost.of(governance.rollbackCost()));
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  record Leave(String phase, long epoch, String actor) {
    static @Nullable Leave of(@Nullable Approval approval) {
      return approval == null
          ? null
          : new Leave(approval.phase().word(), approval.epoch(), approval.actor());
    }
  }

  /// @param bytesBehind null where it says nothing, or is not known; likewise `secondsBehind`
  record Cost(
      double millis, long sessions, @Nullable Long bytesBehind, @Nullable Double secondsBehind) {
    static @Nullable Cost of(Governance.@Nullable RollbackCost cost) {
      if (cost == null) {
        return null;
      }
      Governance.Behind behind = cost.behind();
      return new Cost(
          Documents.millis(cost.swap()),
          cost.sessions(),
          behind == null ? null : behind.bytes(),
          behind == null ? null : behind.lag().toMillis() / 1_000.0);
    }
  }

  /// @param line why all promotion is stopped, or null once it is not
  record Line(@Nullable String line, boolean recorded) {}

  /// @param families those whose evidence begins anew
  record Deployed(
      String service, @Nullable String version, List<String> families, boolean recorded) {}

  record TokenList(List<Listed> tokens) {
    static TokenList of(List<Token> tokens) {
      return new TokenList(tokens.stream().map(Listed::of).toList());
    }
  }

  record Listed(String name, String role, Instant created, @Nullable Instant expires) {
    static Listed of(Token token) {
      return new Listed(token.name(), token.role().word(), token.created(), token.expires());
    }
  }

  /// @param secret shown this once
  record Made(Listed token, String secret) {}
}
