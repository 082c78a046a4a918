package dev.banyan.transfer.moving;

import dev.banyan.transfer.engine.Database;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.engine.Replica;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Throttle;
import dev.banyan.transfer.report.TransferFailed;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/// How far the source's replicas are behind: by what the source says of them, or by what the one
/// says that was declared.
///
/// May be asked by many threads. A declared one is connected to when it is first asked.
final class Replicas implements AutoCloseable {
  private final Throttle throttle;
  private final Database source;
  private final @Nullable DatabaseOptions declared;
  private final ThreadFactory threads;

  // Guarded by this.
  private @Nullable Database open;

  /// @param declared null where the source is to say
  Replicas(
      Throttle throttle,
      Database source,
      @Nullable DatabaseOptions declared,
      ThreadFactory threads) {
    this.throttle = throttle;
    this.source = source;
    this.declared = declared;
    this.threads = threads;
  }

  /// What the copying has to wait for, for people: `replica standby1, which is 7 s behind`. One
  /// that does not answer is waited for.
  Optional<String> behind() {
    Duration most = throttle.replicaLag();
    if (most == null) {
      return Optional.empty();
    }
    try {
      return seen().orElse(List.of()).stream()
          .filter(each -> each.behind() == null || each.behind().compareTo(most) > 0)
          .findFirst()
          .map(Replicas::said);
    } catch (SQLException | TransferFailed e) {
      return Optional.of("replicas, which can not be asked: " + e.getMessage());
    }
  }

  private static String said(Replica replica) {
    Duration behind = replica.behind();
    return "replica "
        + replica.name()
        + (behind == null
            ? ", which does not replicate, or does not know how far it is"
            : ", which is " + behind.toSeconds() + " s behind");
  }

  /// @return empty where nobody can tell
  private Optional<List<Replica>> seen() throws SQLException, TransferFailed {
    return declared == null ? source.replicas() : database().asReplica().map(List::of);
  }

  private synchronized Database database() throws TransferFailed {
    if (open == null) {
      open = Databases.open(Objects.requireNonNull(declared), threads);
    }
    return open;
  }

  /// A bound that nothing could be held to.
  List<Finding> findings() {
    if (throttle.replicaLag() == null) {
      return List.of();
    }
    try {
      return seen().isPresent() ? List.of() : List.of(unseen());
    } catch (SQLException | TransferFailed e) {
      return List.of(found(String.valueOf(e.getMessage())));
    }
  }

  private Finding unseen() {
    return found(
        declared == null
            ? "throttle.replica_lag is declared, and "
                + source.product()
                + " does not say how far its replicas are: on PostgreSQL grant Banyan's role"
                + " pg_read_all_stats, else name the replica's own database in throttle.replica"
            : "is named in throttle.replica, and is a replica of nothing");
  }

  private Finding found(String says) {
    return new Finding(
        true, "replica-lag", declared == null ? source.name() : declared.name(), says);
  }

  @Override
  public synchronized void close() {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
