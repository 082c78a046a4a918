package dev.banyan.replica;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The list of replicas and the controller's office, for the thread that beats.
///
/// Every call is bounded by the store's timeouts, and throws [java.io.UncheckedIOException] when
/// the store fails; the next call then begins anew.
public interface Roster extends AutoCloseable {

  /// What a replica says of itself now.
  ///
  /// @param seize whether the name's row is taken over from another process
  record Hello(long applied, Set<String> denied, boolean seize) {
    public Hello {
      denied = Set.copyOf(denied);
    }
  }

  /// The controller's office.
  ///
  /// @param term grows by one with each who takes it
  /// @param holder who has it, or null where it was given back
  /// @param beats grows while the holder lives
  record Office(long term, @Nullable String holder, long beats) {}

  /// All that is on the list.
  ///
  /// @param joined false where another process has this replica's name; nothing was written then
  record Sheet(boolean joined, List<Presence> replicas, Office office) {
    public Sheet {
      replicas = List.copyOf(replicas);
    }
  }

  /// Says that this replica lives, and reads the list.
  Sheet beat(Hello hello);

  /// Says that the controller lives.
  ///
  /// @return false when this process has the office no longer, or lost the connection that it had
  ///   it by
  boolean keep(long term);

  /// Takes the office, if nobody's connection holds it and its term is still this one. No automatic
  /// decision of a former term is written after this has returned.
  ///
  /// @return the new term
  OptionalLong take(long term);

  /// Cuts off the connection of a controller that beats no more, if its term is still this one.
  void depose(long term);

  /// Gives the office back.
  void resign(long term);

  /// Throws away what the replicas named, which are gone, have handed over, and takes those off the
  /// list that were not seen for a day.
  void forget(Set<String> gone);

  /// Takes this replica off the list: nobody waits for it any more.
  void leave();

  @Override
  void close();
}
