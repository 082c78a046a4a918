package dev.banyan.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The tokens in force.
///
/// Callers are known by the list that was read last, so that a store that is slow or gone keeps
/// nobody from taking a family back. [#refresh] reads it again; what other replicas have made or
/// revoked counts from then on. Before it was read for the first time nobody is known, and a token
/// is asked for.
///
/// Any thread may call. Only making, revoking and refreshing wait for the store.
public final class Tokens {
  private final TokenStore store;
  private final InstantSource clock;
  private final Supplier<byte[]> random;
  private final ReentrantLock changing = new ReentrantLock();
  private volatile @Nullable List<Token> known;

  /// @param random makes 32 random bytes, each time others
  public Tokens(TokenStore store, InstantSource clock, Supplier<byte[]> random) {
    this.store = store;
    this.clock = clock;
    this.random = random;
  }

  /// What became of the wish for a token.
  public sealed interface Created {
    /// @param secret shown now and never again
    record Made(Token token, String secret) implements Created {}

    /// @param why a sentence for people
    record Refused(String why) implements Created {}
  }

  /// What became of the wish to revoke one.
  public sealed interface Revoked {
    record Done(Token token) implements Revoked {}

    record Unknown() implements Revoked {}

    /// @param why a sentence for people
    record Refused(String why) implements Revoked {}
  }

  /// Reads the store. When that throws, the list known so far stays.
  public void refresh() {
    changing.lock();
    try {
      known = store.list();
    } finally {
      changing.unlock();
    }
  }

  /// Whether a token is asked for: some are in force, or nobody knows.
  public boolean needed() {
    List<Token> list = known;
    return list == null || !list.isEmpty();
  }

  /// The token of a secret, if it holds.
  public Optional<Token> bySecret(String secret) {
    return bySession(Secrets.session(secret));
  }

  /// The token of a console's session, if it holds.
  public Optional<Token> bySession(String session) {
    List<Token> list = known;
    if (list == null) {
      return Optional.empty();
    }
    String hash = Secrets.hash(session);
    Instant now = clock.instant();
    Token found = null;
    // All are looked at, so that the time does not tell which one it was, nor whether any.
    for (Token token : list) {
      boolean same = Secrets.same(token.hash(), hash);
      if (same && token.holds(now)) {
        found = token;
      }
    }
    return Optional.ofNullable(found);
  }

  /// All tokens by name, those that are over included.
  public List<Token> list() {
    return store.list();
  }

  /// Makes one.
  ///
  /// @param lasts how long it holds, or null until it is revoked
  /// @param otherwise whether an admin gets in without any of these, by a token of the
  ///   configuration
  public Created create(String name, Role role, @Nullable Duration lasts, boolean otherwise) {
    if (!Token.NAME.matcher(name).matches() || name.equals("banyan")) {
      return new Created.Refused(
          "'"
              + name
              + "' is no name for a token; allowed: up to 63 letters, digits, '.', '_', '@' and"
              + " '-', beginning with a letter or digit, but not 'banyan', which the ledger calls"
              + " the program itself");
    }
    changing.lock();
    try {
      Instant now = clock.instant();
      String secret = Secrets.text(random.get());
      String hash = Secrets.hash(Secrets.session(secret));
      Token token = new Token(name, role, hash, now, lasts == null ? null : now.plus(lasts));
      boolean admin = otherwise || store.list().stream().anyMatch(Token::lastingAdmin);
      if (!admin && !token.lastingAdmin()) {
        return new Created.Refused(
            "from the first token on everybody needs one, so the first must be an admin's that does"
                + " not expire: banyan token create NAME --role admin");
      }
      if (!store.save(token)) {
        return new Created.Refused(
            "there is a token '" + name + "' already; revoke it first, or choose another name");
      }
      known = store.list();
      return new Created.Made(token, secret);
    } finally {
      changing.unlock();
    }
  }

  /// Revokes one. From the return on it lets nobody in here; elsewhere after the next [#refresh].
  ///
  /// @param otherwise as for [#create]
  public Revoked revoke(String name, boolean otherwise) {
    changing.lock();
    try {
      List<Token> before = store.list();
      Token token = before.stream().filter(each -> each.name().equals(name)).findAny().orElse(null);
      if (token == null) {
        return new Revoked.Unknown();
      }
      boolean last =
          token.lastingAdmin() && before.stream().filter(Token::lastingAdmin).count() == 1;
      if (last && !otherwise) {
        return new Revoked.Refused(
            "'"
                + name
                + "' is the last admin's token that does not expire, and nobody could make another"
                + " one: create that first, or set control.token");
      }
      boolean deleted = store.delete(name);
      known = store.list();
      return deleted ? new Revoked.Done(token) : new Revoked.Unknown();
    } finally {
      changing.unlock();
    }
  }
}
