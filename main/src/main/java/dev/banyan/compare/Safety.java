package dev.banyan.compare;

import java.util.Set;

/// Which requests change nothing by the meaning of their method (RFC 9110 section 9.2.1).
final class Safety {
  private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

  private Safety() {}

  static boolean isSafe(String method) {
    return SAFE.contains(method);
  }
}
