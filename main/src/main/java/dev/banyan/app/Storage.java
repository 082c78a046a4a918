package dev.banyan.app;

import dev.banyan.access.TokenStore;
import dev.banyan.config.BanyanConfig;
import dev.banyan.config.Secret;
import dev.banyan.cutover.Backlog;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.dual.OutboxStore;
import dev.banyan.parity.ParityStore;
import dev.banyan.parity.RulingStore;
import dev.banyan.store.local.DataDirectory;
import dev.banyan.store.local.Remembering;
import dev.banyan.store.local.ReplicaName;
import dev.banyan.store.local.UnwrittenFile;
import dev.banyan.store.postgres.PostgresOptions;
import dev.banyan.store.postgres.PostgresStore;
import dev.banyan.store.sqlite.SqliteStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where everything outlives the process: a file of its own, or a PostgreSQL that several share.
///
/// @param migrations remembers, where the store is shared, what it last knew
/// @param backlog in the data directory, whichever the store
/// @param shared null for a file of its own, like `remembering` and `name`
/// @param open what is closed with this
record Storage(
    MigrationStore migrations,
    Backlog backlog,
    ParityStore parity,
    RulingStore rulings,
    TokenStore tokens,
    OutboxStore outbox,
    @Nullable PostgresStore shared,
    @Nullable Remembering remembering,
    @Nullable String name,
    Unwinding open)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Storage.class);
  private static final int SECRET = 32;
  private static final int SUFFIX = 3;
  private static final int INSTANCE = 12;

  /// Opens what the configuration names.
  ///
  /// @throws IOException with a message for people; then nothing is open
  static Storage open(BanyanConfig config, Path data, InstantSource clock, RandomGenerator chance)
      throws IOException {
    BanyanConfig.SharedStore options = config.store();
    Unwinding open = new Unwinding();
    try {
      return options == null
          ? own(data, open)
          : shared(options, config.control().listen().toString(), data, clock, chance, open);
    } catch (IOException | RuntimeException e) {
      open.close();
      throw e;
    }
  }

  private static Storage own(Path data, Unwinding open) throws IOException {
    SqliteStore own = open.add(SqliteStore.open(data));
    return new Storage(
        own.migrations(),
        own.backlog(),
        own.parity(),
        own.rulings(),
        own.tokens(),
        own.outbox(),
        null,
        null,
        null,
        open);
  }

  private static Storage shared(
      BanyanConfig.SharedStore options,
      String address,
      Path data,
      InstantSource clock,
      RandomGenerator chance,
      Unwinding open)
      throws IOException {
    DataDirectory directory = open.add(DataDirectory.open(data));
    String given = options.replica();
    String name =
        given == null
            ? ReplicaName.of(directory, Machine.name(""), () -> letters(chance, SUFFIX))
            : given;
    Secret password = options.password();
    PostgresStore store =
        open.add(
            PostgresStore.open(
                new PostgresOptions(
                    options.url(),
                    options.user(),
                    password == null ? null : password.reveal(),
                    options.schema(),
                    name,
                    letters(chance, INSTANCE),
                    address,
                    clock.instant())));
    Remembering remembering = new Remembering(store.migrations(), directory);
    reach(store, remembering);
    return new Storage(
        remembering,
        new UnwrittenFile(directory),
        store.parity(),
        store.rulings(),
        store.tokens(),
        store.outbox(),
        store,
        remembering,
        name,
        open);
  }

  /// A program that was started before serves by what it knew; one that knows nothing would send
  /// everything to the legacy, whatever was decided.
  private static void reach(PostgresStore store, Remembering remembering) throws IOException {
    try {
      store.migrate();
    } catch (UncheckedIOException e) {
      try {
        int known = remembering.standings().size();
        LOG.warn("serving by what was last known of {} families", known, e);
      } catch (UncheckedIOException unknown) {
        throw new IOException(
            e.getMessage() + "; this replica has never reached the store, so it knows no phases",
            e);
      }
    }
  }

  private static String letters(RandomGenerator chance, int bytes) {
    byte[] drawn = new byte[bytes];
    chance.nextBytes(drawn);
    return HexFormat.of().formatHex(drawn);
  }

  /// A key of its own for each purpose, made once for a store.
  byte[] secret(String purpose) {
    return migrations.secret(purpose, Storage::secretBytes);
  }

  static byte[] secretBytes() {
    byte[] fresh = new byte[SECRET];
    new SecureRandom().nextBytes(fresh);
    return fresh;
  }

  /// Keeps what others have decided for a start without the store. A chore.
  void remember() {
    if (remembering != null) {
      remembering.save();
    }
  }

  @Override
  public void close() {
    remember();
    open.close();
  }
}
