package dev.banyan.cutover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The ledger's head in a file of its own, so that a store whose end was cut off can be told from
/// one that never had more.
///
/// It is replaced as a whole with every entry: a reader finds the one before or the new one. A file
/// that contradicts the store is set aside under another name, where it stays until a person has
/// looked at it. Used by one thread at a time.
public final class HeadFile {
  /// What a file that contradicts the store is called: its own name and this.
  public static final String SET_ASIDE = ".contradicts";

  private static final Pattern LINE = Pattern.compile("([0-9]{1,18}) ([0-9a-f]{64})\\R?");
  private static final int MOST = 1_024;

  private final Path file;
  private final Path aside;

  private HeadFile(Path file) {
    this.file = file;
    this.aside = file.resolveSibling(file.getFileName() + SET_ASIDE);
  }

  /// The file at a place whose folder exists; the file itself need not.
  public static HeadFile at(Path file) {
    return new HeadFile(file.toAbsolutePath());
  }

  Path path() {
    return file;
  }

  Path aside() {
    return aside;
  }

  /// What the file says; empty where there is none.
  ///
  /// @throws UncheckedIOException when it can not be read or says something else
  Optional<ChainLink> read() {
    return read(file);
  }

  /// Whether the file is there and says this.
  boolean says(ChainLink head) {
    try {
      return read().filter(head::equals).isPresent();
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /// What a file said that contradicted the store; empty where there is none.
  Optional<ChainLink> contradiction() {
    return read(aside);
  }

  private static Optional<ChainLink> read(Path from) {
    try {
      if (!Files.exists(from)) {
        return Optional.empty();
      }
      if (Files.size(from) > MOST) {
        throw new IOException("it is longer than a ledger's head");
      }
      Matcher line = LINE.matcher(Files.readString(from, StandardCharsets.US_ASCII));
      if (!line.matches()) {
        throw new IOException("it names no entry: a number, a space and a hash are expected");
      }
      return Optional.of(new ChainLink(Long.parseLong(line.group(1)), line.group(2)));
    } catch (IOException e) {
      throw failure(from, "can not be read", e);
    }
  }

  /// Replaces what the file says; on the disk once this returns.
  void write(ChainLink head) {
    Path draft = file.resolveSibling("." + file.getFileName() + ".part");
    byte[] line = (head.seq() + " " + head.hash() + "\n").getBytes(StandardCharsets.US_ASCII);
    try {
      try (FileChannel out =
          FileChannel.open(
              draft,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(line);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failure(file, "can not be written", e);
    }
  }

  /// Puts the file where nothing overwrites it. Of several that contradict, the first is kept: it
  /// knows most of what is missing.
  void setAside() {
    try {
      if (Files.exists(file) && !Files.exists(aside)) {
        Files.move(file, aside);
      }
    } catch (IOException e) {
      throw failure(file, "can not be set aside as '" + aside + "'", e);
    }
  }

  private static UncheckedIOException failure(Path file, String what, IOException e) {
    return new UncheckedIOException(
        new IOException("'" + file + "' " + what + ": " + e.getMessage(), e));
  }
}
