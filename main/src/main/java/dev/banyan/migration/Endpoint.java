package dev.banyan.migration;

/// A method and a path template, such as `GET /users/{id}`.
public record Endpoint(String method, String template) {
  @Override
  public String toString() {
    return method + " " + template;
  }
}
