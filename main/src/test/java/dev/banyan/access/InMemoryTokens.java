package dev.banyan.access;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Tokens that do not outlive the test.
public final class InMemoryTokens implements TokenStore {
  private final Map<String, Token> byName = new TreeMap<>();
  private boolean failing;

  public synchronized void fail(boolean now) {
    failing = now;
  }

  @Override
  public synchronized List<Token> list() {
    check();
    return List.copyOf(byName.values());
  }

  @Override
  public synchronized boolean save(Token token) {
    check();
    return byName.putIfAbsent(token.name(), token) == null;
  }

  @Override
  public synchronized boolean delete(String name) {
    check();
    return byName.remove(name) != null;
  }

  private void check() {
    if (failing) {
      throw new UncheckedIOException(new IOException("the store is gone"));
    }
  }
}
