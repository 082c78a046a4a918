package dev.banyan.proxy;

/// How far the side that does not own a family's data is behind the one that does. Asked from one
/// thread that may wait, never from an event loop.
///
/// A position is a number of whoever implements this: it says only how writes of the family's
/// present owner are ordered.
public interface Freshness {
  /// Nothing is known of any family.
  Freshness UNKNOWN =
      new Freshness() {
        @Override
        public boolean follows(String family) {
          return false;
        }

        @Override
        public long positionAfter(String family) {
          return 0;
        }

        @Override
        public boolean passed(String family, long position) {
          return false;
        }
      };

  /// Whether a change stream follows the family's owner, so that the rest can be asked. Never
  /// waits, and may be asked from any thread.
  boolean follows(String family);

  /// A position of the owner's log which every write is at or before that was answered before this
  /// call.
  long positionAfter(String family);

  /// Whether the other side has everything up to a position.
  boolean passed(String family, long position);
}
