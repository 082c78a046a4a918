package dev.banyan.store.local;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// A directory that belongs to this process for as long as this is open, and is free again when the
/// process ends, however it ends.
public final class DataDirectory implements AutoCloseable {
  private final Path path;
  private final DirectoryLock lock;

  private DataDirectory(Path path, DirectoryLock lock) {
    this.path = path;
    this.lock = lock;
  }

  /// Takes a directory, which is made if it is not there.
  ///
  /// @throws IOException with a message for people: another process has it, or it can not be
  ///   written to
  public static DataDirectory open(Path path) throws IOException {
    makeSure(path);
    return new DataDirectory(path, DirectoryLock.take(path));
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

  public Path path() {
    return path;
  }

  /// Leaves the directory to others.
  @Override
  public void close() {
    lock.close();
  }
}
