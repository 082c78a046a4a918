package dev.banyan.routing;

import org.jspecify.annotations.Nullable;

/// A route as the user wrote it: `GET /users/{id}`, or a path alone for every method.
///
/// @param method upper case, or null for every method that no route of its own claims
/// @param safe what the user said of it: true for a POST that only reads, false for a GET with
///   effects, null to go by the method
public record RouteSpec(@Nullable String method, PathTemplate template, @Nullable Boolean safe) {

  /// Reads `METHOD /path` or `/path`.
  ///
  /// @throws IllegalArgumentException with a message for users
  public static RouteSpec parse(String text, @Nullable Boolean safe) {
    String route = text.strip();
    int space = route.indexOf(' ');
    if (space < 0) {
      return new RouteSpec(null, PathTemplate.parse(route), safe);
    }
    String method = route.substring(0, space);
    if (!method.chars().allMatch(c -> (c >= 'A' && c <= 'Z') || c == '-')) {
      throw new IllegalArgumentException(
          "'" + method + "' is not a method in capitals, such as GET, in the route '" + text + "'");
    }
    return new RouteSpec(method, PathTemplate.parse(route.substring(space + 1).strip()), safe);
  }

  @Override
  public String toString() {
    return method == null ? template.toString() : method + " " + template;
  }
}
