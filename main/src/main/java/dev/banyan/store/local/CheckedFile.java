package dev.banyan.store.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A text that is what was written, or is found not to be: one line with a title and the checksum
/// of all that follows, then the text.
///
/// @param title what it is, and in which version
record CheckedFile(Path path, String title) {
  private static final int LONGEST = 64 << 20;

  /// Puts a text in place of the one before: a crash leaves the one or the other.
  void write(String text) throws IOException {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    byte[] first = line(content, 0).getBytes(StandardCharsets.UTF_8);
    byte[] whole = Arrays.copyOf(first, first.length + content.length);
    System.arraycopy(content, 0, whole, first.length, content.length);
    DurableFile.write(path, whole);
  }

  /// The text, empty where none was ever written.
  ///
  /// @throws IOException with a message for people, where it is not what was written
  Optional<String> read() throws IOException {
    byte[] whole;
    try {
      if (Files.size(path) > LONGEST) {
        throw damaged(null);
      }
      whole = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    int begin = line(new byte[0], 0).length();
    if (whole.length < begin
        || !new String(whole, 0, begin, StandardCharsets.UTF_8).equals(line(whole, begin))) {
      throw damaged(null);
    }
    return Optional.of(new String(whole, begin, whole.length - begin, StandardCharsets.UTF_8));
  }

  IOException damaged(@Nullable Exception why) {
    return new IOException(
        "'"
            + path
            + "' is damaged, or of another version; it is not used, and is written anew when the"
            + " store can be reached",
        why);
  }

  private String line(byte[] bytes, int from) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, from, bytes.length - from);
      return title + " sha256 " + HexFormat.of().formatHex(digest.digest()) + "\n";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
