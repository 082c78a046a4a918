package dev.banyan.replica;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All replicas, as this one last saw them.
///
/// @param members by name
/// @param controller who decides, null while nobody does
/// @param term of the last controller
public record Fleet(List<Member> members, @Nullable String controller, long term) {
  public Fleet {
    members = List.copyOf(members);
  }

  /// One replica.
  ///
  /// @param seen by the store's wall clock
  /// @param lag ledger entries that are not in force there yet
  /// @param denied families whose candidate it has taken off by itself
  /// @param self whether it is the one that is asked
  public record Member(
      String name,
      String address,
      Instant started,
      Instant seen,
      boolean live,
      long lag,
      Set<String> denied,
      boolean self) {
    public Member {
      denied = Set.copyOf(denied);
    }
  }
}
