package dev.banyan.store.postgres;

import dev.banyan.replica.Hint;
import java.util.concurrent.locks.ReentrantLock;

/// Says to all replicas what is about to be written, on a connection of its own, so that it waits
/// for no lock and no disk. Any thread may call; they wait for each other.
public final class PostgresHints implements AutoCloseable {
  private final Channel channel;
  private final Link link;
  private final ReentrantLock turn = new ReentrantLock();

  PostgresHints(Channel channel, Link link) {
    this.channel = channel;
    this.link = link;
  }

  /// @throws java.io.UncheckedIOException when the server can not be reached
  public void tell(Hint hint) {
    turn.lock();
    try {
      link.run(
          "what is about to be written can not be told",
          connection -> {
            channel.tell(
                connection,
                Channel.DENY + hint.epoch() + " " + hint.to().name() + " " + hint.family());
            return hint;
          });
    } finally {
      turn.unlock();
    }
  }

  @Override
  public void close() {
    turn.lock();
    try {
      link.close();
    } finally {
      turn.unlock();
    }
  }
}
