package dev.banyan.app;

import dev.banyan.parity.ParityStore;
import java.util.Map;

/// Keeps nothing, for tests that look at the book itself.
record ForgetfulStore() implements ParityStore {
  @Override
  public Map<String, Kept> load() {
    return Map.of();
  }

  @Override
  public void save(String family, Kept kept) {
    // nobody asks for it
  }
}
