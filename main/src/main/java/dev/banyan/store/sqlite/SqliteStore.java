package dev.banyan.store.sqlite;

import dev.banyan.access.TokenStore;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.parity.ParityStore;
import dev.banyan.parity.RulingStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// All state of one process, in `banyan.db` within a directory of its own.
///
/// What a call has returned from is on the disk (write-ahead log, `synchronous = FULL`): a kill or
/// a power cut loses nothing that was acknowledged. The directory belongs to one process at a time,
/// and is free again when that process ends, however it ends. Any thread may call; calls wait for
/// each other. Failures are [UncheckedIOException]s with a message for people.
public final class SqliteStore implements AutoCloseable {
  private final DirectoryLock lock;
  private final Database database;

  private SqliteStore(DirectoryLock lock, Database database) {
    this.lock = lock;
    this.database = database;
  }

  /// Opens the store in a directory, which is made if it is not there.
  ///
  /// @throws IOException with a message for people: another process has it, it can not be written
  ///   to, or the file is damaged
  public static SqliteStore open(Path directory) throws IOException {
    makeSure(directory);
    DirectoryLock lock = DirectoryLock.take(directory);
    try {
      return new SqliteStore(lock, Database.open(directory.resolve("banyan.db")));
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static void makeSure(Path directory) throws IOException {
    try {
      make(directory);
    } catch (IOException e) {
      // What the system says may be the path and nothing else.
      String why =
          e instanceof FileAlreadyExistsException ? "it is a file" : e.getClass().getSimpleName();
      String message = String.valueOf(e.getMessage());
      throw new IOException(
          "the data directory '"
              + directory
              + "' can not be made ("
              + (message.contains(": ") ? message : why)
              + "); name one that can be written to with --data",
          e);
    }
  }

  /// For nobody but its owner: the key that samples are redacted with lies beside the samples.
  private static void make(Path directory) throws IOException {
    if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(directory);
    }
  }

  public MigrationStore migrations() {
    return new SqliteMigrations(database);
  }

  public ParityStore parity() {
    return new SqliteParity(database);
  }

  public RulingStore rulings() {
    return new SqliteRulings(database);
  }

  public TokenStore tokens() {
    return new SqliteTokens(database);
  }

  Database database() {
    return database;
  }

  /// Closes the file and leaves the directory to others.
  @Override
  public void close() {
    try (lock;
        database) {
      // Both are closed, the database first.
    }
  }
}
