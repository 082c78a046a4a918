package dev.banyan.store.postgres;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How the store is reached, and by whom.
///
/// @param url of JDBC, without credentials
/// @param user null for the driver's default, as likewise `password`
/// @param schema in which the tables are; made if it is not there
/// @param replica this process's name among the replicas
/// @param instance tells it apart from another process with the same name
/// @param address where its control API is
/// @param started when, by the wall clock, for people
public record PostgresOptions(
    String url,
    @Nullable String user,
    @Nullable String password,
    String schema,
    String replica,
    String instance,
    String address,
    Instant started) {

  /// Without the password.
  @Override
  public String toString() {
    return replica + " at " + url + ", schema " + schema;
  }
}
