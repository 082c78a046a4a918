package dev.banyan.control;

import dev.banyan.access.Role;
import dev.banyan.access.Token;
import io.helidon.webserver.http.ServerRequest;
import org.jspecify.annotations.Nullable;

/// Who has sent a request.
///
/// @param name of their token; null for whoever needs none, or has the configuration's
public record Caller(@Nullable String name, Role role) {
  /// Somebody who needs no token with a name: the owner of the machine, or of `banyan.yaml`.
  static final Caller OWNER = new Caller(null, Role.ADMIN);

  static Caller of(Token token) {
    return new Caller(token.name(), token.role());
  }

  /// Who sends a request that has passed the guard.
  static Caller of(ServerRequest request) {
    return request
        .context()
        .get(Caller.class)
        .orElseThrow(() -> new IllegalStateException("no route is served without the guard"));
  }

  /// Refuses whoever may not do what needs `least`.
  void must(Role least) {
    if (!role.may(least)) {
      throw new RefusedException(
          Refusal.of(
              Refusal.Code.FORBIDDEN,
              "this needs the role "
                  + least.word()
                  + ", and "
                  + (name == null ? "this token" : "the token '" + name + "'")
                  + " has the role "
                  + role.word()
                  + "; ask somebody who has it, or an admin for another token"));
    }
  }

  /// The ledger's name for the caller.
  ///
  /// @param said how they name themselves, or nothing; added to what their token says
  String actor(String said) {
    if (name == null) {
      return said.isEmpty() ? "unnamed" : said;
    }
    return said.isEmpty() || said.equals(name) ? name : name + " (" + said + ")";
  }
}
