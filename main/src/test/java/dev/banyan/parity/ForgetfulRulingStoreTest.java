package dev.banyan.parity;

class ForgetfulRulingStoreTest extends RulingStoreContract {
  private final RulingStore store = new ForgetfulRulingStore();

  @Override
  protected RulingStore store() {
    return store;
  }
}
