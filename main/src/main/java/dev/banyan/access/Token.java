package dev.banyan.access;

import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What is kept of a token: never its secret.
///
/// @param name whom or what it stands for; the ledger names it as the actor
/// @param hash as [Secrets#hash] makes it
/// @param expires from then on it is worth nothing; null for one that lasts until it is revoked
public record Token(
    String name, Role role, String hash, Instant created, @Nullable Instant expires) {
  /// How one may be called.
  public static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,62}");

  public boolean holds(Instant now) {
    return expires == null || now.isBefore(expires);
  }

  /// Whether it lets an admin in for ever.
  boolean lastingAdmin() {
    return role == Role.ADMIN && expires == null;
  }
}
