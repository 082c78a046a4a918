package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.RawRows;
import java.sql.SQLException;
import org.postgresql.copy.CopyOut;

/// The tuples of a binary `COPY`, each as it comes: how many columns, then the length and the bytes
/// of each, -1 and none for NULL.
final class CopyTuples implements RawRows {
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0
  };

  /// What is read to its end when nobody wants it any more, before it is called off.
  private static final int REST = 50_000;

  private final CopyOut copy;
  private final Runnable broken;
  private byte[] message = new byte[0];
  private int from;
  private int to;
  private boolean begun;
  private boolean ended;

  /// @param broken called where the copy was called off: the connection is of no more use, for the
  ///   server may hear of that late and end the query after it
  CopyTuples(CopyOut copy, Runnable broken) {
    this.copy = copy;
    this.broken = broken;
  }

  @Override
  public boolean next() throws SQLException {
    from = to;
    while (!ended && from >= message.length) {
      receive();
    }
    if (ended) {
      return false;
    }
    int count = CellReader.i16(message, from);
    if (count < 0) {
      ended = true; // the server still says that the command is complete
      byte[] rest;
      do {
        rest = copy.readFromCopy();
      } while (rest != null);
      return false;
    }
    to = from + 2;
    for (int i = 0; i < count; i++) {
      to += 4 + Math.max(0, CellReader.i32(message, to));
    }
    return true;
  }

  private void receive() throws SQLException {
    byte[] more = copy.readFromCopy();
    if (more == null) {
      ended = true;
      return;
    }
    message = more;
    from = 0;
    if (!begun) {
      begun = true;
      from = SIGNATURE.length + 8 + CellReader.i32(message, SIGNATURE.length + 4);
    }
  }

  @Override
  public byte[] bytes() {
    return message;
  }

  @Override
  public int offset() {
    return from;
  }

  @Override
  public int length() {
    return to - from;
  }

  @Override
  public void close() throws SQLException {
    for (int i = 0; !ended && i < REST; i++) {
      ended = copy.readFromCopy() == null;
    }
    if (!ended) {
      ended = true;
      broken.run();
      copy.cancelCopy();
    }
  }
}
