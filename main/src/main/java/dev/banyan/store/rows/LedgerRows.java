package dev.banyan.store.rows;

import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.Writing;
import dev.banyan.migration.GateReading;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/// The ledger's entries as rows.
final class LedgerRows {
  private static final String ENTRY =
      "seq, at, kind, family, actor, reason, state_before, state_after, gates, took_nanos,"
          + " evidence, previous, hash";

  private LedgerRows() {}

  /// Decisions that are written again because nobody could say whether they were written: each
  /// one's family then has it as its last entry.
  ///
  /// @return the entries, where all were written
  static Optional<List<LedgerEntry>> made(Connection connection, List<Writing> writings)
      throws SQLException {
    List<LedgerEntry> made = new ArrayList<>();
    for (Writing writing : writings) {
      made(connection, writing.draft()).ifPresent(made::add);
    }
    return made.size() == writings.size() ? Optional.of(made) : Optional.empty();
  }

  private static Optional<LedgerEntry> made(Connection connection, LedgerEntry.Draft draft)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select " + ENTRY + " from ledger where family = ? order by seq desc limit 1")) {
      select.setString(1, draft.family());
      return entries(select).stream()
          .filter(last -> last.equals(draft.placed(last.seq(), last.previous())))
          .findFirst();
    }
  }

  static List<LedgerEntry> page(Connection connection, long after, int limit) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select " + ENTRY + " from ledger where seq > ? order by seq limit ?")) {
      select.setLong(1, after);
      select.setInt(2, limit);
      return entries(select);
    }
  }

  static Optional<LedgerEntry> head(Connection connection) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("select " + ENTRY + " from ledger order by seq desc limit 1")) {
      return entries(select).stream().findFirst();
    }
  }

  static Sql insert(LedgerEntry entry) {
    Duration took = entry.took();
    return Sql.of(
        "insert into ledger (" + ENTRY + ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        entry.seq(),
        entry.at().toString(),
        entry.kind().word(),
        entry.family(),
        entry.actor(),
        entry.reason(),
        Json.writeState(entry.before()),
        Json.writeState(entry.after()),
        Json.write(entry.gates()),
        took == null ? null : took.toNanos(),
        entry.evidence(),
        entry.previous(),
        entry.hash());
  }

  private static List<LedgerEntry> entries(PreparedStatement select) throws SQLException {
    List<LedgerEntry> entries = new ArrayList<>();
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        long seq = row.getLong("seq");
        try {
          entries.add(entry(row));
        } catch (IllegalArgumentException | DateTimeException | JacksonException e) {
          throw new UncheckedIOException(
              new IOException(
                  "ledger entry " + seq + " is unreadable: it was damaged or edited", e));
        }
      }
    }
    return entries;
  }

  private static LedgerEntry entry(ResultSet row) throws SQLException {
    long took = row.getLong("took_nanos");
    Duration duration = row.wasNull() ? null : Duration.ofNanos(took);
    return new LedgerEntry(
        row.getLong("seq"),
        Instant.parse(row.getString("at")),
        kind(row.getString("kind")),
        row.getString("family"),
        row.getString("actor"),
        row.getString("reason"),
        Json.readState(row.getString("state_before")),
        Json.readState(row.getString("state_after")),
        List.of(Json.read(row.getString("gates"), GateReading[].class)),
        duration,
        row.getString("evidence"),
        row.getString("previous"),
        row.getString("hash"));
  }

  private static LedgerEntry.Kind kind(String word) {
    return LedgerEntry.Kind.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
