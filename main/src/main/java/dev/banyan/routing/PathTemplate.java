package dev.banyan.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A path with variables: `/users/{id}`, `/files/**`.
///
/// A literal matches the decoded segment exactly, `{name}` any one segment that is not empty, `**`
/// at the end any number of segments, none included. One slash at the end of a request's path is
/// not looked at.
public record PathTemplate(List<Segment> segments) {

  /// One segment of a template.
  public sealed interface Segment {
    /// Matches itself.
    record Literal(String text) implements Segment {}

    /// Matches one segment that is not empty.
    record Variable(String name) implements Segment {}

    /// Matches all that is left.
    record CatchAll() implements Segment {}
  }

  public PathTemplate {
    segments = List.copyOf(segments);
  }

  /// Reads a template.
  ///
  /// @throws IllegalArgumentException with a message for users, also where no request could ever
  ///   match
  public static PathTemplate parse(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("the path '" + text + "' does not begin with a slash");
    }
    if (text.indexOf('?') >= 0 || text.indexOf('#') >= 0) {
      throw new IllegalArgumentException(
          "the path '" + text + "' can never match: routes are matched without query and fragment");
    }
    List<Segment> segments = new ArrayList<>();
    if (text.equals("/")) {
      return new PathTemplate(segments);
    }
    String[] parts = text.substring(1).split("/", -1);
    for (int i = 0; i < parts.length; i++) {
      segments.add(segment(text, parts[i], i == parts.length - 1));
    }
    return new PathTemplate(segments);
  }

  private static Segment segment(String path, String part, boolean last) {
    if (part.equals("**")) {
      if (!last) {
        throw new IllegalArgumentException(
            "'**' stands in the middle of '" + path + "'; it may only end a path");
      }
      return new Segment.CatchAll();
    }
    if (part.startsWith("{") && part.endsWith("}") && part.length() > 2) {
      String name = part.substring(1, part.length() - 1);
      if (!name.chars().allMatch(c -> c == '_' || c == '-' || Character.isLetterOrDigit(c))) {
        throw new IllegalArgumentException(
            "'" + part + "' in '" + path + "' is not a variable such as {id}");
      }
      return new Segment.Variable(name);
    }
    if (part.isEmpty()) {
      throw new IllegalArgumentException(
          "the path '"
              + path
              + "' can never match: it has an empty segment (a doubled slash, or one at the end)");
    }
    if (part.equals(".") || part.equals("..")) {
      throw new IllegalArgumentException(
          "the path '" + path + "' can never match: it has the dot segment '" + part + "'");
    }
    if (part.indexOf('{') >= 0 || part.indexOf('}') >= 0 || part.indexOf('*') >= 0) {
      throw new IllegalArgumentException(
          "'"
              + part
              + "' in '"
              + path
              + "' mixes text and a variable; a segment is a literal, {name}, or ** at the end");
    }
    if (part.indexOf('%') >= 0) {
      throw new IllegalArgumentException(
          "'"
              + part
              + "' in '"
              + path
              + "' is percent-encoded; write the literal decoded, it is matched on decoded"
              + " segments");
    }
    return new Segment.Literal(part);
  }

  /// The same template for two that differ in their variables' names only: what decides whether
  /// they claim the same requests.
  public String shape() {
    return segments.stream()
        .map(segment -> segment instanceof Segment.Variable ? "/{}" : "/" + text(segment))
        .collect(Collectors.joining());
  }

  private static String text(Segment segment) {
    return switch (segment) {
      case Segment.Literal literal -> literal.text();
      case Segment.Variable variable -> "{" + variable.name() + "}";
      case Segment.CatchAll all -> "**";
    };
  }

  @Override
  public String toString() {
    return segments.isEmpty()
        ? "/"
        : segments.stream().map(segment -> "/" + text(segment)).collect(Collectors.joining());
  }
}
