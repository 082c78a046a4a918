package dev.banyan.access;

import java.util.Locale;
import java.util.Optional;

/// What somebody may do. Each may do all that those before it may.
public enum Role {
  /// Looks on.
  VIEWER,
  /// Moves families within what gates and approvals allow, and takes them back.
  OPERATOR,
  /// Says yes for others to move on, and takes responsibility where proof is missing.
  APPROVER,
  /// Says who may do what.
  ADMIN;

  /// The word used in JSON and messages.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The role of a word.
  public static Optional<Role> of(String word) {
    for (Role role : values()) {
      if (role.word().equals(word)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  /// Whether what needs `least` may be done.
  public boolean may(Role least) {
    return compareTo(least) >= 0;
  }
}
