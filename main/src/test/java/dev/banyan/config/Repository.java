package dev.banyan.config;

import java.nio.file.Files;
import java.nio.file.Path;

/// Where this project's own files are.
final class Repository {
  private Repository() {}

  static Path root() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("main/pom.xml"))) {
        return at;
      }
    }
    throw new AssertionError("the tests do not run inside the project");
  }
}
