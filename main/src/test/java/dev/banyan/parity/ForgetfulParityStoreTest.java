package dev.banyan.parity;

import dev.banyan.migration.ParityEvidence;
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
    private final Map<String, ParityEvidence> kept = new HashMap<>();

    @Override
    public void save(String family, ParityEvidence evidence) {
      kept.put(family, evidence);
    }

    @Override
    public Map<String, ParityEvidence> load() {
      return Map.copyOf(kept);
    }
  }
}
