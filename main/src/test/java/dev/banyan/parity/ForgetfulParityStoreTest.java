package dev.banyan.parity;

import dev.banyan.parity.ParityStore.Kept;
import java.util.HashMap;
import java.util.Map;

class ForgetfulParityStoreTest extends ParityStoreContract {
  private final ParityStore store = new Forgetful();

  @Override
  protected ParityStore store() {
    return store;
  }

  /// A store that forgets with the process.
  private static final class Forgetful implements ParityStore {
    private final Map<String, Kept> kept = new HashMap<>();

    @Override
    public void save(String family, Kept next) {
      kept.put(family, next);
    }

    @Override
    public Map<String, Kept> load() {
      return Map.copyOf(kept);
    }
  }
}
