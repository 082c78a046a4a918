package dev.banyan.app;

import dev.banyan.access.Role;
import dev.banyan.access.Token;
import dev.banyan.access.Tokens;
import dev.banyan.control.TokenOrders;
import dev.banyan.cutover.LedgerEntry.Kind;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tokens whose making and revoking is entered in the ledger.
///
/// @param otherwise whether the configuration has a token, with which an admin always gets in
/// @param ledger where it is entered
record LedgeredTokens(Tokens kept, boolean otherwise, Entering ledger) implements TokenOrders {
  private static final Logger LOG = LoggerFactory.getLogger(LedgeredTokens.class);

  /// Enters what concerns no family.
  interface Entering {
    /// @return why that could not be done, empty where it was
    Optional<String> enter(Kind kind, String actor, String reason);
  }

  /// Those of the store; none until it is there, where others may have it.
  static Tokens read(Storage store, InstantSource clock) {
    Tokens known = new Tokens(store.tokens(), clock, Storage::secretBytes);
    try {
      known.refresh();
    } catch (UncheckedIOException e) {
      if (store.shared() == null) {
        throw e;
      }
      LOG.warn("nobody's token is known until the store is there", e);
    }
    return known;
  }

  @Override
  public List<Token> tokens() {
    return kept.list();
  }

  @Override
  public Tokens.Created createToken(
      String name, Role role, @Nullable Duration lasts, String actor) {
    Tokens.Created created = kept.create(name, role, lasts, otherwise);
    if (created instanceof Tokens.Created.Made made) {
      Token token = made.token();
      entered(
          Kind.TOKEN_CREATE,
          actor,
          "the token '"
              + token.name()
              + "' with the role "
              + token.role().word()
              + (token.expires() == null ? "" : ", until " + token.expires()));
    }
    return created;
  }

  @Override
  public Tokens.Revoked revokeToken(String name, String actor) {
    Tokens.Revoked revoked = kept.revoke(name, otherwise);
    if (revoked instanceof Tokens.Revoked.Done done) {
      Token token = done.token();
      entered(
          Kind.TOKEN_REVOKE,
          actor,
          "the token '" + token.name() + "' with the role " + token.role().word());
    }
    return revoked;
  }

  /// The token is there, or gone, whatever becomes of the entry: that it is missing is shouted.
  private void entered(Kind kind, String actor, String what) {
    ledger
        .enter(kind, actor, what)
        .ifPresent(why ->
            LOG.error("{} by {} is not in the ledger: {} ({})", kind.word(), actor, what, why));
  }
}
