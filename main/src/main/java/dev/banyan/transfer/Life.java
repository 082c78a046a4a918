package dev.banyan.transfer;

import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import java.sql.SQLException;
import java.util.UUID;

/// One life of a transfer at its target, from when what is remembered there is read. Another that
/// begins, in whichever process, is the only one from then on: what this one has read is old, and
/// so are the rows that it would write by it.
record Life(Target target, long epoch, String id) {
  private static final String NAME = "life";

  static Life begun(Target target, long epoch) throws SQLException, EpochLost {
    target.prepare();
    Life life = new Life(target, epoch, UUID.randomUUID().toString());
    try (TargetWork work = life.begin()) {
      work.remember(NAME, life.id());
      work.commit();
    }
    return life;
  }

  TargetWork begin() throws SQLException, EpochLost {
    return target.begin(epoch);
  }

  /// No other begins until the work ends.
  ///
  /// @throws EpochLost where another has begun
  void check(TargetWork work) throws SQLException, EpochLost {
    if (!work.remembers(NAME, id)) {
      throw new EpochLost("another process has begun to move these rows since; this one is over");
    }
  }
}
