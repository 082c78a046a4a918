package dev.banyan.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// A file that is only ever added to, and begun anew under the same name once it was renamed or
/// removed, as those that rotate logs do. Used by one thread at a time.
final class LogFile implements AccessLog.Target {
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Path path;
  private final LongSupplier nanos;
  private @Nullable OutputStream out;
  private @Nullable Object key;
  private long looked;

  private LogFile(Path path, LongSupplier nanos) {
    this.path = path;
    this.nanos = nanos;
  }

  /// @throws IOException with a message for people, when the file can not be written
  static LogFile open(Path path, LongSupplier nanos) throws IOException {
    LogFile file = new LogFile(path, nanos);
    try {
      file.reopen();
    } catch (IOException e) {
      throw new IOException(
          "access_log.file: can not write to '" + path + "' (" + e + "); give another file", e);
    }
    return file;
  }

  /// The standard output, which stays what it is.
  static AccessLog.Target standardOutput() {
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    return new AccessLog.Target() {
      @Override
      public void write(byte[] lines) throws IOException {
        out.write(lines);
      }

      @Override
      public void close() throws IOException {
        // It is the whole program's, and unbuffered here.
        out.flush();
      }
    };
  }

  @Override
  public void write(byte[] lines) throws IOException {
    long now = nanos.getAsLong();
    OutputStream open = out;
    if (open == null || (now - looked >= LOOK.toNanos() && !Objects.equals(key, keyOf(path)))) {
      open = reopen();
    } else if (now - looked >= LOOK.toNanos()) {
      looked = now;
    }
    open.write(lines);
  }

  private OutputStream reopen() throws IOException {
    close();
    OutputStream fresh =
        Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    out = fresh;
    key = keyOf(path);
    looked = nanos.getAsLong();
    return fresh;
  }

  /// What tells one file from another under the same name (its inode), or null where there is none.
  private static @Nullable Object keyOf(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null; // renamed or removed a moment ago
    }
  }

  @Override
  public void close() throws IOException {
    OutputStream open = out;
    out = null;
    if (open != null) {
      open.close();
    }
  }
}
