package dev.banyan.migration;

/// A method and a path template, such as `GET /users/{id}`.
public record Endpoint(String method, String template) {

  /// Whether a method alone says that a request only reads. Of the safe methods of RFC 9110 section
  /// 9.2.1, those that reach a service.
  public static boolean isRead(String method) {
    return method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS");
  }

  @Override
  public String toString() {
    return method + " " + template;
  }
}
