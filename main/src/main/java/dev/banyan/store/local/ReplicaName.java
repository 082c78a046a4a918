package dev.banyan.store.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Who this process is among replicas: a name that outlives it, in a file of the data directory.
public final class ReplicaName {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final int MOST_OF_HOST = 48;

  private ReplicaName() {}

  /// The name in the directory, which is made up where there is none.
  ///
  /// @param host the machine's name; what a name may not hold is left out
  /// @param suffix a few letters or digits by chance, so that no two directories have one name
  /// @throws IOException with a message for people
  public static String of(DataDirectory directory, String host, Supplier<String> suffix)
      throws IOException {
    Path file = directory.path().resolve("replica");
    try {
      if (Files.exists(file)) {
        String name = Files.readString(file, StandardCharsets.UTF_8).strip();
        if (NAME.matcher(name).matches()) {
          return name;
        }
        throw new IOException("it holds no name; remove it to be given another one");
      }
      String made = made(host, suffix.get());
      DurableFile.write(file, (made + "\n").getBytes(StandardCharsets.UTF_8));
      return made;
    } catch (IOException e) {
      throw new IOException(
          "the replica's name can not be kept in '" + file + "' (" + e.getMessage() + ")", e);
    }
  }

  private static String made(String host, String suffix) {
    String plain = host.replaceAll("[^A-Za-z0-9._-]", "").replaceFirst("^[._-]+", "");
    String kept = plain.substring(0, Math.min(MOST_OF_HOST, plain.length()));
    return (kept.isEmpty() ? "replica" : kept) + "-" + suffix;
  }
}
