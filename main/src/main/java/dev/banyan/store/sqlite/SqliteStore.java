package dev.banyan.store.sqlite;

import dev.banyan.access.TokenStore;
import dev.banyan.cutover.Backlog;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.dual.OutboxStore;
import dev.banyan.parity.ParityStore;
import dev.banyan.parity.RulingStore;
import dev.banyan.store.local.DataDirectory;
import dev.banyan.store.local.UnwrittenFile;
import dev.banyan.store.rows.MigrationRows;
import dev.banyan.store.rows.Ordering;
import dev.banyan.store.rows.OutboxRows;
import dev.banyan.store.rows.RulingRows;
import dev.banyan.store.rows.TokenRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// All state of one process, in `banyan.db` within a directory of its own.
///
/// What a call has returned from is on the disk (write-ahead log, `synchronous = FULL`): a kill or
/// a power cut loses nothing that was acknowledged. The directory belongs to one process at a time,
/// and is free again when that process ends, however it ends. Any thread may call; calls wait for
/// each other. Failures are [UncheckedIOException]s with a message for people.
public final class SqliteStore implements AutoCloseable {
  private final DataDirectory directory;
  private final Database database;

  private SqliteStore(DataDirectory directory, Database database) {
    this.directory = directory;
    this.database = database;
  }

  /// Opens the store in a directory, which is made if it is not there.
  ///
  /// @throws IOException with a message for people: another process has it, it can not be written
  ///   to, or the file is damaged
  public static SqliteStore open(Path directory) throws IOException {
    DataDirectory own = DataDirectory.open(directory);
    try {
      return new SqliteStore(own, Database.open(directory.resolve("banyan.db")));
    } catch (IOException | RuntimeException e) {
      own.close();
      throw e;
    }
  }

  public MigrationStore migrations() {
    return new MigrationRows(database, new Ordering.Alone());
  }

  /// What is in force and not in the file: beside it, for the file may be what fails.
  public Backlog backlog() {
    return new UnwrittenFile(directory);
  }

  public ParityStore parity() {
    return new SqliteParity(database);
  }

  public RulingStore rulings() {
    return new RulingRows(database, new Ordering.Alone());
  }

  public OutboxStore outbox() {
    return new OutboxRows(database);
  }

  public TokenStore tokens() {
    return new TokenRows(database);
  }

  Database database() {
    return database;
  }

  /// Closes the file and leaves the directory to others.
  @Override
  public void close() {
    try (directory;
        database) {
      // Both are closed, the database first.
    }
  }
}
