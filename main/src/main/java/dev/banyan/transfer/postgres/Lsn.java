package dev.banyan.transfer.postgres;

import dev.banyan.transfer.table.Position;
import org.postgresql.replication.LogSequenceNumber;

/// A position as PostgreSQL writes it: `16/B374D848`.
final class Lsn {
  private Lsn() {}

  static Position position(String lsn) {
    return position(LogSequenceNumber.valueOf(lsn).asLong());
  }

  static Position position(long lsn) {
    return new Position(0, lsn);
  }

  static LogSequenceNumber of(Position position) {
    return LogSequenceNumber.valueOf(position.offset());
  }

  static String text(Position position) {
    return of(position).asString();
  }
}
