package dev.banyan.store.postgres;

import dev.banyan.access.TokenStore;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.cutover.Standing;
import dev.banyan.dual.OutboxStore;
import dev.banyan.parity.ParityStore;
import dev.banyan.parity.RulingStore;
import dev.banyan.parity.SharedParity;
import dev.banyan.replica.Mailbox;
import dev.banyan.replica.Petitions;
import dev.banyan.replica.Presence;
import dev.banyan.replica.Roster;
import dev.banyan.replica.Wire;
import dev.banyan.replica.WriteHolds;
import dev.banyan.store.rows.MigrationRows;
import dev.banyan.store.rows.OutboxRows;
import dev.banyan.store.rows.RulingRows;
import dev.banyan.store.rows.TokenRows;
import java.util.List;
import java.util.Optional;

/// State of all replicas of a gateway, in one schema of a PostgreSQL.
///
/// What a call has returned from is on the server's disk. Any thread may call, except that a
/// [Roster], a [Wire] and a [Mailbox] belong to one thread each. Every call ends within a few
/// seconds: connections, locks and answers are waited for that long and no longer. Failures are
/// [java.io.UncheckedIOException]s with a message for people.
public final class PostgresStore implements AutoCloseable {
  private final PostgresOptions options;
  private final Channel channel;
  private final Pool pool;
  private final PostgresParity parity;

  private PostgresStore(PostgresOptions options) {
    this.options = options;
    this.channel = Channel.of(options);
    this.pool = new Pool(options);
    this.parity = new PostgresParity(pool, options.replica());
  }

  /// Opens the store, whether the server is there or not: the first call that reaches it brings the
  /// tables up to date.
  public static PostgresStore open(PostgresOptions options) {
    return new PostgresStore(options);
  }

  /// Brings the tables up to date, if that has not been done.
  ///
  /// @throws java.io.UncheckedIOException where the server can not be reached, or refuses
  public void migrate() {
    pool.migrate();
  }

  public MigrationStore migrations() {
    return new MigrationRows(pool, new PostgresOrdering(channel, options.replica()));
  }

  public ParityStore parity() {
    return parity;
  }

  public SharedParity sharedParity() {
    return parity;
  }

  public OutboxStore outbox() {
    return new OutboxRows(pool);
  }

  public TokenStore tokens() {
    return new TokenRows(pool);
  }

  public RulingStore rulings() {
    return new RulingRows(pool, new PostgresOrdering(channel, options.replica()));
  }

  /// What has been decided since.
  ///
  /// @param seq the entry up to which that is all
  /// @param standings of the families that moved
  /// @param stoppedLine why all promotion is stopped; empty while it is not
  public record Decided(long seq, List<Standing> standings, Optional<String> stoppedLine) {
    public Decided {
      standings = List.copyOf(standings);
    }
  }

  /// Where the families stand that moved after a ledger entry.
  ///
  /// @param after below 0 for all of them
  public Decided decidedAfter(long after) {
    return pool.transaction(
        "the families' states can not be read",
        connection -> {
          // First the number: what is written in between is read twice, and not left out.
          long seq = PostgresOrdering.head(connection, "");
          return new Decided(
              seq,
              MigrationRows.standings(connection, "moved > ?", after),
              MigrationRows.stoppedLine(connection));
        });
  }

  /// The list of replicas.
  public List<Presence> replicas() {
    return pool.transaction("the list of replicas can not be read", PostgresRoster::list);
  }

  /// For the thread that beats.
  public Roster roster() {
    return new PostgresRoster(options, pool.link());
  }

  /// For whoever takes a family back.
  public PostgresHints hints() {
    return new PostgresHints(channel, pool.link());
  }

  /// The writes that all hold.
  public WriteHolds holds() {
    return new PostgresHolds(pool, channel, options.replica());
  }

  /// What is asked of the controller.
  public Petitions petitions() {
    return new PostgresPetitions(pool, channel);
  }

  /// For the thread that polls.
  public Wire wire() {
    return new PostgresWire(options.replica(), channel, pool.link());
  }

  /// For the thread that hands over evidence.
  public Mailbox mailbox() {
    return new PostgresMailbox(options.replica(), pool.link());
  }

  @Override
  public void close() {
    pool.close();
  }
}
