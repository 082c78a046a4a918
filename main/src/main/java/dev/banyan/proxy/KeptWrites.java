package dev.banyan.proxy;

import dev.banyan.routing.Decision;
import dev.banyan.routing.Route;
import org.jspecify.annotations.Nullable;

/// Where writes are written down that must not be forwarded before.
///
/// Called on event loops: implementations must return at once.
public interface KeptWrites {
  /// Keeps nothing.
  KeptWrites NONE =
      new KeptWrites() {
        @Override
        public boolean keeps(Route route) {
          return false;
        }

        @Override
        public @Nullable KeptWrite begin(Decision decision, long unit) {
          return null;
        }
      };

  /// Whether requests on a route may be such writes; asked for each that is not safe.
  boolean keeps(Route route);

  /// A write has been decided.
  ///
  /// @param unit the hash of its sticky unit, whether or not a weight decides; 0 where it names
  ///   none
  /// @return what keeps it, or null when it may be forwarded as it is
  @Nullable KeptWrite begin(Decision decision, long unit);
}
