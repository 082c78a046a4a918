package dev.banyan.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// How the source itself must look, in every module.
///
/// The formatter runs here and not as a Maven plugin because it needs a newer JDK than Maven may
/// run on. `mvn test -pl main -Dtest=SourceTest -Dtidy.write=true` formats everything in place.
class SourceTest {
  private static final int LONGEST_FILE = 500;
  private static final int LONGEST_METHOD = 70;

  /// Marks of unfinished work, and of catches that hide a failure.
  private static final Pattern UNFINISHED =
      Pattern.compile(
          "\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b|catch \\([^)]*\\) \\{\\s*\\}|@Dis" + "abled");

  /// Paths of one machine have no place in what everybody checks out.
  private static final Pattern MACHINE = Pattern.compile("/(work|root|home/\\w+)/\\w");

  @Test
  void everyJavaFileIsFormatted() throws IOException, FormatterException {
    Formatter formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    boolean write = Boolean.getBoolean("tidy.write");
    List<Path> unformatted = new ArrayList<>();
    for (Path file : Repository.files(".java")) {
      String source = Files.readString(file);
      String formatted =
          formatter.formatSourceAndFixImports(RemoveUnusedImports.removeUnusedImports(source));
      if (!formatted.equals(source)) {
        if (write) {
          Files.writeString(file, formatted);
        } else {
          unformatted.add(Repository.root().relativize(file));
        }
      }
    }
    assertThat(unformatted).as("not formatted; run with -Dtidy.write=true").isEmpty();
  }

  @Test
  void filesAndMethodsStayShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : Repository.files(".java")) {
      long lines = Files.readString(file).lines().count();
      if (lines > LONGEST_FILE) {
        tooLong.add(Repository.root().relativize(file) + ": " + lines + " lines");
      }
    }
    tooLong.addAll(longMethods());
    assertThat(tooLong)
        .as("files over %s or methods over %s lines", LONGEST_FILE, LONGEST_METHOD)
        .isEmpty();
  }

  private static List<String> longMethods() throws IOException {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    List<String> tooLong = new ArrayList<>();
    try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              javac.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(Repository.files(".java")));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        LineMap lines = unit.getLineMap();
        new TreeScanner<@Nullable Void, @Nullable Void>() {
          @Override
          public @Nullable Void visitMethod(MethodTree method, @Nullable Void none) {
            long from = lines.getLineNumber(positions.getStartPosition(unit, method));
            long to = lines.getLineNumber(positions.getEndPosition(unit, method));
            if (to - from + 1 > LONGEST_METHOD) {
              tooLong.add(
                  unit.getSourceFile().getName()
                      + ":"
                      + from
                      + " "
                      + method.getName()
                      + ": "
                      + (to - from + 1)
                      + " lines");
            }
            return super.visitMethod(method, null);
          }
        }.scan(unit, null);
      }
    }
    return tooLong;
  }

  @Test
  void nothingIsUnfinishedOrHidden() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : Repository.files(".java")) {
      UNFINISHED
          .matcher(Files.readString(file))
          .results()
          .forEach(match -> found.add(Repository.root().relativize(file) + ": " + match.group()));
    }
    assertThat(found).isEmpty();
  }

  @Test
  void noFileNamesOneMachine() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : Repository.files(".java", ".md", ".yaml", ".xml", ".json", "banyan", "run")) {
      MACHINE
          .matcher(Files.readString(file))
          .results()
          .forEach(match -> found.add(Repository.root().relativize(file) + ": " + match.group()));
    }
    assertThat(found).isEmpty();
  }
}
