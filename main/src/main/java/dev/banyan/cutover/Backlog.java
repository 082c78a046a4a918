package dev.banyan.cutover;

import java.util.List;

/// Where decisions that are in force outlive the process while the store is gone.
///
/// What [#keep] has returned from survives a crash. Any thread may call, one at a time.
public interface Backlog {
  /// Keeps nothing.
  Backlog NONE =
      new Backlog() {
        @Override
        public List<Unwritten> read() {
          return List.of();
        }

        @Override
        public void keep(List<Unwritten> unwritten) {}
      };

  /// What was kept last, in the order in which it was decided. What can not be read is told to the
  /// log, and left out.
  List<Unwritten> read();

  /// Keeps these in place of those before.
  ///
  /// @throws java.io.UncheckedIOException with a message for people, when they can not be kept
  void keep(List<Unwritten> unwritten);
}
