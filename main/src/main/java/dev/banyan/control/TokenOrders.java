package dev.banyan.control;

import dev.banyan.access.Role;
import dev.banyan.access.Token;
import dev.banyan.access.Tokens;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What admins ask about tokens. Each change is entered in the ledger.
public interface TokenOrders {

  /// All tokens by name.
  List<Token> tokens();

  /// @param lasts null for one that holds until it is revoked
  Tokens.Created createToken(String name, Role role, @Nullable Duration lasts, String actor);

  Tokens.Revoked revokeToken(String name, String actor);
}
