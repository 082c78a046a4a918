package dev.banyan.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/// Writes files that are there whole or not at all: beside their place first, then moved.
final class WholeFile {
  private WholeFile() {}

  /// Tells early what [#write] would stumble over.
  static void check(String option, Path file) {
    Path directory = file.getParent();
    if (directory == null || Files.isDirectory(file)) {
      throw new CommandFailedException(
          ExitCode.USAGE, option + ": " + file + " is a directory; name a file in it");
    }
    if (!Files.isDirectory(directory)) {
      throw new CommandFailedException(
          ExitCode.USAGE, option + ": there is no directory " + directory + "; make it first");
    }
    if (!Files.isWritable(Files.exists(file) ? file : directory)) {
      throw new CommandFailedException(
          ExitCode.USAGE, option + ": " + file + " can not be written; may you write there?");
    }
  }

  static void write(Path file, String text) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        // A pipe or a device has readers: there is nothing to be moved into its place.
        Files.writeString(file, text, StandardOpenOption.WRITE);
        return;
      }
      Path place = Files.exists(file) ? file.toRealPath() : file;
      Path draft = place.resolveSibling("." + place.getFileName() + ".part");
      try {
        Files.deleteIfExists(draft);
        Files.writeString(draft, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Files.move(draft, place, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException e) {
      CommandFailedException failure =
          new CommandFailedException(
              ExitCode.USAGE, file + " could not be written (" + why(e) + ")");
      failure.initCause(e);
      throw failure;
    }
  }

  /// Writes lines as they are made, and keeps them only if all were: where the work returns
  /// [ExitCode#DONE].
  static int lines(Path file, ToIntFunction<Consumer<String>> work) {
    Path draft = file.resolveSibling("." + file.getFileName() + ".part");
    try {
      Path place = Files.exists(file) ? file.toRealPath() : file;
      int code;
      try {
        try (Writer out = Files.newBufferedWriter(draft)) {
          code = work.applyAsInt(line -> append(out, line));
        } catch (UncheckedIOException e) {
          throw e.getCause();
        }
        if (code == ExitCode.DONE) {
          Files.move(draft, place, StandardCopyOption.REPLACE_EXISTING);
        }
      } finally {
        Files.deleteIfExists(draft);
      }
      return code;
    } catch (IOException e) {
      CommandFailedException failure =
          new CommandFailedException(
              ExitCode.USAGE, file + " could not be written (" + why(e) + ")");
      failure.initCause(e);
      throw failure;
    }
  }

  private static void append(Writer out, String line) {
    try {
      out.write(line);
      out.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String why(IOException e) {
    return e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
