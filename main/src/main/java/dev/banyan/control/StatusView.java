package dev.banyan.control;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The whole program at one moment.
///
/// @param listen the address that the gateway really listens on
/// @param line why all promotion is stopped, or null while it is not
/// @param replicas the processes that share the store, or null where there is one only
public record StatusView(
    String version,
    Instant started,
    String listen,
    List<FamilyView> families,
    Config config,
    @Nullable String line,
    @Nullable List<Replica> replicas) {

  public StatusView {
    families = List.copyOf(families);
    replicas = replicas == null ? null : List.copyOf(replicas);
  }

  /// One process of several.
  ///
  /// @param seen when it was last heard of
  /// @param controller whether it is the one that decides for all; of the one that is asked,
  ///   whether it takes itself for that
  /// @param self whether it is the one that is asked
  /// @param lag ledger entries that are not in force there yet
  /// @param denied families whose candidate it keeps away by itself
  public record Replica(
      String name,
      Instant seen,
      boolean controller,
      boolean self,
      boolean live,
      long lag,
      List<String> denied) {
    public Replica {
      denied = List.copyOf(denied);
    }
  }

  /// Which configuration is in force.
  ///
  /// @param loadedAt when the one in force was read
  /// @param lastError why a newer file was refused, or null when none was
  public record Config(String file, Instant loadedAt, @Nullable String lastError) {}
}
