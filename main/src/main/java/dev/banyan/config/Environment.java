package dev.banyan.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where `${NAME}` and `${file:/path}` in a configuration are filled in from.
public interface Environment {
  /// The longest file that a value may come from, in bytes.
  int LONGEST_FILE = 64 * 1024;

  /// A variable's value, or null where it is not set.
  @Nullable String variable(String name);

  /// A file's text.
  ///
  /// @throws IOException when it can not be read or is longer than [#LONGEST_FILE]
  String file(Path file) throws IOException;

  /// These variables, and the files of this machine.
  static Environment of(Map<String, String> variables) {
    Map<String, String> copy = Map.copyOf(variables);
    return new Environment() {
      @Override
      public @Nullable String variable(String name) {
        return copy.get(name);
      }

      @Override
      public String file(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
          byte[] bytes = in.readNBytes(LONGEST_FILE + 1);
          if (bytes.length > LONGEST_FILE) {
            throw new IOException("it is longer than 64 KiB");
          }
          return new String(bytes, StandardCharsets.UTF_8);
        }
      }
    };
  }
}
