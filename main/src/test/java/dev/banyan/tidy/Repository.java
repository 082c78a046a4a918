package dev.banyan.tidy;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The checkout that the tests run in.
final class Repository {
  private static final Set<String> NOT_OURS =
      Set.of("target", ".git", ".banyan", ".idea", ".vscode");

  private Repository() {}

  /// The folder that holds all modules.
  static Path root() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("acceptance/pom.xml"))) {
      here = here.getParent();
      if (here == null) {
        throw new IllegalStateException(
            "not inside a checkout: no acceptance/pom.xml above " + Path.of("").toAbsolutePath());
      }
    }
    return here;
  }

  /// Every file of the checkout whose name ends so, built ones left out.
  static List<Path> files(String... endings) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        root(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            return NOT_OURS.contains(dir.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            for (String ending : endings) {
              if (file.getFileName().toString().endsWith(ending)) {
                found.add(file);
              }
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }
}
