package dev.banyan.replica;

import java.util.List;

/// What happens to this replica. Called one at a time, by whichever thread finds out; must not
/// wait.
public interface ReplicaListener {

  /// All decisions that the store holds are in force here, and that is good until a moment of the
  /// monotonic clock, in nanoseconds. Later, what is in force may have been taken back.
  void heard(long validUntil);

  /// A replica is about to take a family back, and has not written it yet.
  void denied(Hint hint);

  /// These writes are to be held here, and none that was held and is not among these. Called with
  /// each look at the store, before [#heard], and after what was decided by then is in force.
  void held(List<WriteHold> holds);

  /// A replica asks something of the controller, which this one is. Called until it is taken up.
  void asked();

  /// The lease has run out: others go on without this replica, and a rollback may have been
  /// decided.
  void lost();

  /// There is a lease again, for the first time too.
  void regained();

  /// This replica decides for all now; each of its automatic decisions carries the term.
  void becameController(long term);

  /// It does so no longer.
  void deposed();
}
