package dev.banyan.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.banyan.cutover.ChainLink;
import dev.banyan.cutover.Ledger;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.Replay;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Weight;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The JSON documents about the ledger as a whole, and its entries in full.
final class LedgerDocuments {
  private LedgerDocuments() {}

  /// @param anchor the entry that the oldest one held follows, where older ones were removed
  /// @param headFile what the head file says, where there is one
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Checked(
      boolean ok,
      long entries,
      @Nullable String head,
      @Nullable ChainLink anchor,
      @Nullable ChainLink headFile,
      @Nullable Long brokenAt,
      @Nullable String detail) {
    static Checked of(Ledger.Check check) {
      return switch (check) {
        case Ledger.Check.Intact intact ->
            new Checked(
                true,
                intact.entries(),
                intact.head(),
                intact.anchor(),
                intact.outside(),
                null,
                null);
        case Ledger.Check.Broken broken ->
            new Checked(false, broken.entries(), null, null, null, broken.at(), broken.detail());
      };
    }
  }

  /// @param without automatic decisions of before evidence was kept
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Replayed(
      boolean ok,
      long entries,
      long replayed,
      long without,
      long disagreed,
      Replay.@Nullable Disagreement first) {
    static Replayed of(Replay replay) {
      return new Replayed(
          replay.disagreed() == 0,
          replay.entries(),
          replay.replayed(),
          replay.without(),
          replay.disagreed(),
          replay.first());
    }
  }

  /// One entry with every field that its hash is made of.
  record Entry(
      long seq,
      Instant at,
      String kind,
      @Nullable String family,
      String actor,
      String reason,
      @Nullable State before,
      @Nullable State after,
      List<Documents.Gate> gates,
      @Nullable Long tookNanos,
      @Nullable String evidence,
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
          Documents.Gate.of(entry.gates()),
          took == null ? null : took.toNanos(),
          entry.evidence(),
          entry.previous(),
          entry.hash());
    }
  }

  /// @param readBuckets of 100,000, how many of the sticky buckets read from the candidate
  record State(
      String family,
      String phase,
      @Nullable String weight,
      int readBuckets,
      int writeBuckets,
      long epoch,
      @Nullable String held,
      boolean unproven,
      Instant since) {
    static @Nullable State of(@Nullable FamilyState state) {
      if (state == null) {
        return null;
      }
      Weight weight = state.phase().stepWeight();
      return new State(
          state.family(),
          state.phase().name().word(),
          weight == null ? null : weight.toString(),
          state.phase().reads().buckets(),
          state.phase().writes().buckets(),
          state.epoch(),
          state.held(),
          state.unproven(),
          state.since());
    }
  }

  /// A CloudEvents 1.0 event in the structured mode of its JSON format.
  ///
  /// @param id the entry's hash: no other entry of any ledger has it, and it never changes
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record CloudEvent(
      String specversion,
      String id,
      String source,
      String type,
      @Nullable String subject,
      Instant time,
      String datacontenttype,
      Entry data) {
    static CloudEvent of(LedgerEntry entry) {
      return new CloudEvent(
          "1.0",
          entry.hash(),
          "urn:banyan:ledger",
          "dev.banyan.ledger." + entry.kind().word() + ".v1",
          entry.family(),
          entry.at(),
          "application/json",
          Entry.of(entry));
    }
  }
}
