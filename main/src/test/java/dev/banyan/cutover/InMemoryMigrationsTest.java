package dev.banyan.cutover;

class InMemoryMigrationsTest extends MigrationStoreContract {
  private final InMemoryMigrations store = new InMemoryMigrations();

  @Override
  protected MigrationStore store() {
    return store;
  }

  @Override
  protected void failAt(String family) {
    store.failingAt = family;
  }
}
