package dev.banyan.cutover;

import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One decision in the ledger: who or what decided, why, on which numbers, and what changed.
///
/// Entries are numbered from 1 without a gap. Each carries the hash of the one before it, so that
/// an edit, a deletion or another order shows.
///
/// @param family null for what concerns all of them
/// @param actor a person, or `banyan` for what it decided itself
/// @param before the family's state before, null where none changed; likewise `after`
/// @param gates the readings that the decision rests on, with the counters that they were made from
/// @param took how long the routing table took to follow, null where it was not asked to
/// @param evidence all that an automatic decision was made from, as JSON, so that it can be made
///   again; null where a person decided
/// @param previous the hash of the entry before, 64 zeros for the first
/// @param hash SHA-256 over all of the above, in hex
public record LedgerEntry(
    long seq,
    Instant at,
    Kind kind,
    @Nullable String family,
    String actor,
    String reason,
    @Nullable FamilyState before,
    @Nullable FamilyState after,
    List<GateReading> gates,
    @Nullable Duration took,
    @Nullable String evidence,
    String previous,
    String hash) {
  public static final String GENESIS = "0".repeat(64);

  public LedgerEntry {
    gates = List.copyOf(gates);
  }

  /// What was decided.
  public enum Kind {
    PROMOTE,
    ROLLBACK,
    HOLD,
    RESUME,
    /// A promotion was asked for and refused, or did not come into force.
    REFUSED,
    PARITY_RESET,
    /// A difference at one place was accepted for a while.
    PARITY_ACCEPT,
    /// A place was marked critical.
    PARITY_CRITICAL,
    /// What was accepted or marked critical is so no longer.
    PARITY_UNACCEPT,
    CONFIG,
    START,
    /// Somebody gave leave to enter a phase.
    APPROVE,
    /// All promotion was stopped, and let go on.
    STOP_LINE,
    RELEASE_LINE,
    /// Another version of a service runs.
    DEPLOY,
    TOKEN_CREATE,
    TOKEN_REVOKE,
    /// A write that the other side does not take was set aside.
    OUTBOX_PARK,
    /// Somebody had such a write tried again, or taken out.
    OUTBOX_RETRY,
    OUTBOX_DISCARD,
    /// A replica took the candidate off by itself, and took that back.
    DENY,
    ALLOW,
    /// An older copy of the store was put in its place; a family goes on from what that says.
    STORE_BACK,
    /// Old entries were removed; the chain goes on from the hash that this entry names.
    PRUNE,
    /// The breaker would have rolled back, were it allowed to.
    ALARM;

    /// The word used in JSON and messages.
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// What an entry says before the ledger gives it its place.
  public record Draft(
      Instant at,
      Kind kind,
      @Nullable String family,
      String actor,
      String reason,
      @Nullable FamilyState before,
      @Nullable FamilyState after,
      List<GateReading> gates,
      @Nullable Duration took,
      @Nullable String evidence) {
    public Draft {
      actor = Wording.storable(actor);
      reason = Wording.storable(reason);
      gates = List.copyOf(gates);
    }

    /// One that needs no evidence.
    Draft(
        Instant at,
        Kind kind,
        @Nullable String family,
        String actor,
        String reason,
        @Nullable FamilyState before,
        @Nullable FamilyState after,
        List<GateReading> gates,
        @Nullable Duration took) {
      this(at, kind, family, actor, reason, before, after, gates, took, null);
    }

    /// What an order came to; `after` is null where it changed no standing.
    static Draft of(
        Instant at,
        Kind kind,
        Order order,
        Standing before,
        @Nullable Standing after,
        List<GateReading> gates,
        @Nullable Duration took,
        @Nullable String evidence) {
      return new Draft(
          at,
          kind,
          order.family(),
          order.actor(),
          order.reason(),
          after == null ? null : before.state(),
          after == null ? null : after.state(),
          gates,
          took,
          evidence);
    }

    public LedgerEntry placed(long seq, String previous) {
      LedgerEntry open =
          new LedgerEntry(
              seq, at, kind, family, actor, reason, before, after, gates, took, evidence, previous,
              "");
      return new LedgerEntry(
          seq,
          at,
          kind,
          family,
          actor,
          reason,
          before,
          after,
          gates,
          took,
          evidence,
          previous,
          open.computeHash());
    }
  }

  /// The hash that the entry should have.
  String computeHash() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(canonical()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  /// All fields but the hash, each with its length or a mark of absence before it, so that no two
  /// entries have the same bytes. Numbers go in by their bits.
  private byte[] canonical() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(seq);
      write(out, at);
      write(out, kind.word());
      write(out, family);
      write(out, actor);
      write(out, reason);
      write(out, before);
      write(out, after);
      out.writeInt(gates.size());
      for (GateReading gate : gates) {
        write(out, gate);
      }
      out.writeLong(took == null ? -1 : took.toNanos());
      write(out, previous);
      if (evidence != null) {
        // Last and only where there is some: entries of before it was kept have the same bytes.
        write(out, evidence);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, @Nullable String text) throws IOException {
    if (text == null) {
      out.writeInt(-1);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static void write(DataOutputStream out, Instant at) throws IOException {
    out.writeLong(at.getEpochSecond());
    out.writeInt(at.getNano());
  }

  private static void write(DataOutputStream out, @Nullable FamilyState state) throws IOException {
    if (state == null) {
      out.writeInt(-1);
      return;
    }
    write(out, state.family());
    write(out, state.phase().name().word());
    out.writeInt(state.phase().reads().buckets());
    out.writeInt(state.phase().writes().buckets());
    out.writeLong(state.epoch());
    write(out, state.held());
    write(out, state.since());
    if (state.unproven()) {
      write(out, "unproven");
    }
  }

  private static void write(DataOutputStream out, GateReading gate) throws IOException {
    write(out, gate.gate());
    write(out, gate.opinion().word());
    Map<String, Double> sorted = new TreeMap<>(gate.numbers());
    out.writeInt(sorted.size());
    for (Map.Entry<String, Double> number : sorted.entrySet()) {
      write(out, number.getKey());
      out.writeLong(Double.doubleToLongBits(number.getValue()));
    }
    write(out, gate.says());
  }
}
