package dev.banyan.transfer.handover;

import dev.banyan.transfer.table.Position;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// The rows on their way from the old owner to the new one, and soon back.
public interface Link {
  /// Creates what the stream back begins from, before anything is held: this may wait for open
  /// transactions at the new owner.
  void prepareBack() throws SQLException;

  /// Forgets it again.
  void forgetBack() throws SQLException;

  /// @return whether all effects up to there are durable at the new owner in time
  boolean reached(Position position, Duration wait) throws SQLException, InterruptedException;

  /// Compares the rows that were touched since they were last all compared.
  ///
  /// @return those that differ, for people; empty where both sides agree
  List<String> differing(Duration wait) throws SQLException, InterruptedException;

  /// Moves the new owner's counters on, makes it the owner of an epoch at both databases, and lets
  /// the stream run the other way. Whatever holds an earlier epoch writes nothing from then on.
  void turn(long epoch) throws SQLException;

  /// The old owner owns again, of a later epoch, and the stream runs as before.
  void turnBack(long epoch) throws SQLException;

  /// What the stream had where it ran before is not needed any more: the new owner owns for good.
  void settle() throws SQLException;

  /// Keeps a step where a restart finds it; an empty text forgets.
  void remember(String step) throws SQLException;

  /// The step that was under way when the process ended; empty where none was.
  String remembered() throws SQLException;
}
