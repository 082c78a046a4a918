package dev.banyan.config;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Fills in `${NAME}`, `${NAME:default}` and `${file:/path}`; `$${` stands for `${` itself.
///
/// Works on the text of one value after YAML was parsed, so what is filled in can never become a
/// key, a list or a second value. What is filled in is not looked through again.
final class Filling {
  /// A value with all filled in.
  ///
  /// @param foreign whether a part of it came from outside the file and so may be a secret
  record Filled(String text, boolean foreign) {}

  private final Environment environment;
  private final Path folder;

  /// @param folder where relative files are looked for
  Filling(Environment environment, Path folder) {
    this.environment = environment;
    this.folder = folder;
  }

  /// @throws IllegalArgumentException with a message for users
  Filled fill(String text) {
    StringBuilder filled = new StringBuilder();
    boolean foreign = false;
    int at = 0;
    while (at < text.length()) {
      if (text.startsWith("$${", at)) {
        filled.append("${");
        at += 3;
      } else if (text.startsWith("${", at)) {
        int end = text.indexOf('}', at);
        if (end < 0) {
          throw new IllegalArgumentException(
              "'${' is not closed by '}'; write '$${' for the characters themselves");
        }
        filled.append(value(text.substring(at + 2, end)));
        foreign = true;
        at = end + 1;
      } else {
        filled.append(text.charAt(at++));
      }
    }
    return new Filled(filled.toString(), foreign);
  }

  private String value(String reference) {
    if (reference.startsWith("file:")) {
      return file(reference.substring("file:".length()));
    }
    int colon = reference.indexOf(':');
    String name = colon < 0 ? reference : reference.substring(0, colon);
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      throw new IllegalArgumentException(
          "'${…}' names no variable; allowed: ${NAME}, ${NAME:default}, ${file:/path}");
    }
    String value = environment.variable(name);
    if (value != null) {
      return value;
    }
    if (colon < 0) {
      throw new IllegalArgumentException(
          "the environment variable '"
              + name
              + "' is not set; set it, or give a default: ${"
              + name
              + ":default}");
    }
    return reference.substring(colon + 1);
  }

  private String file(String name) {
    try {
      return withoutLastNewline(environment.file(folder.resolve(name)));
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("the file '" + name + "' does not exist", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("the file '" + name + "' " + ConfigFile.why(e), e);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("'" + name + "' is not the name of a file", e);
    }
  }

  private static String withoutLastNewline(String text) {
    String cut = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    return cut.length() < text.length() && cut.endsWith("\r")
        ? cut.substring(0, cut.length() - 1)
        : cut;
  }
}
