package dev.banyan.cutover;

class InMemoryMigrationsTest extends MigrationStoreContract {
  private final MigrationStore store = new InMemoryMigrations();

  @Override
  protected MigrationStore store() {
    return store;
  }
}
