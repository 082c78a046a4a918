package dev.banyan.demo.candidate;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The contract faults planted in the candidate, each with the place where a comparison must find
/// it.
///
/// A fault touches one endpoint only, so every difference can be traced to the fault that made it.
public enum Fault {
  ID_AS_STRING("GET", "/users/{id}", "body:$.id", "an id as a string"),
  SNAKE_CASE(
      "GET",
      "/users/{id}/orders",
      "body:$[*].placedAt",
      "members in another casing",
      "body:$[*].*",
      "body:$"),
  WRAPPED_LIST("GET", "/users", "body:$", "an extra wrapper around a list", "body*"),
  TRAILING_SLASH("GET", "/products", "status", "a slash at the end is not served", "body*"),
  OTHER_ERROR_BODY(
      "GET",
      "/products/{id}",
      "body:$.error",
      "another body with a 404",
      "body:$.message",
      "body:$.title",
      "body:$.detail",
      "body:$.status"),
  LOST_VARY("GET", "/products/{id}/stock", "header:vary", "a lost Vary"),
  SLASH_DECODED("GET", "/products/by-sku/{sku}", "status", "%2F decoded once too often", "body*"),
  NULL_FOR_ABSENT(
      "GET", "/orders", "body:$[*].note", "null instead of absent", "body:$[*].shippedAt"),
  DATE_WITHOUT_ZONE(
      "GET", "/orders/{id}", "body:$.placedAt", "a date without its zone", "body:$.shippedAt"),
  MONEY_AS_FLOAT("GET", "/orders/{id}", "body:$.total", "money as a rounded float"),
  NOT_FOUND_FOR_WRONG_METHOD(
      "GET", "/orders/{id}/cancel", "status", "404 where 405 was", "body*", "header:allow");

  /// What follows from any change of a body.
  private static final List<String> FOLLOWS = List.of("header:etag", "header:content-length");

  private final String method;
  private final String template;
  private final String where;
  private final String title;

  // List.of is immutable, which its type does not say.
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> also;

  Fault(String method, String template, String where, String title, String... also) {
    this.method = method;
    this.template = template;
    this.where = where;
    this.title = title;
    this.also = List.of(also);
  }

  /// What it is called on the command line.
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// The fault of that name.
  public static Optional<Fault> named(String word) {
    return Arrays.stream(values()).filter(fault -> fault.word().equals(word)).findFirst();
  }

  /// The method of the endpoint it is planted at.
  public String method() {
    return method;
  }

  /// The path template of the endpoint it is planted at.
  public String template() {
    return template;
  }

  /// The one place that proves it found.
  public String where() {
    return where;
  }

  /// A few plain words for it.
  public String title() {
    return title;
  }

  /// Whether it is planted at this endpoint.
  public boolean at(String otherMethod, String otherTemplate) {
    return method.equals(otherMethod) && template.equals(otherTemplate);
  }

  /// Whether a difference at this place of its endpoint is its doing.
  public boolean explains(String place) {
    return where.equals(place)
        || FOLLOWS.contains(place)
        || also.stream().anyMatch(pattern -> matches(pattern, place));
  }

  private static boolean matches(String pattern, String place) {
    boolean prefix = pattern.endsWith("*") && !pattern.endsWith("[*]");
    return prefix
        ? place.startsWith(pattern.substring(0, pattern.length() - 1))
        : pattern.equals(place);
  }
}
