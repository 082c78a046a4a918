package dev.banyan.control;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The whole program at one moment.
///
/// @param listen the address that the gateway really listens on
public record StatusView(
    String version, Instant started, String listen, List<FamilyView> families, Config config) {

  public StatusView {
    families = List.copyOf(families);
  }

  /// Which configuration is in force.
  ///
  /// @param loadedAt when the one in force was read
  /// @param lastError why a newer file was refused, or null when none was
  public record Config(String file, Instant loadedAt, @Nullable String lastError) {}
}
