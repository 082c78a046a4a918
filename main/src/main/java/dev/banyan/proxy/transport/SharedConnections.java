package dev.banyan.proxy.transport;

import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A pool's connections of HTTP/2 that take streams: the first with room gets the next, so that
/// those not needed grow idle and close.
final class SharedConnections {
  private final UpstreamPool pool;
  private final List<MultiplexedConnection> connections = new ArrayList<>(2);
  private int making;

  SharedConnections(UpstreamPool pool) {
    this.pool = pool;
  }

  /// A new stream, or null where no connection has room.
  ///
  /// @param fresh whether a connection that has had nothing to do will not do: the backend may have
  ///   given it up
  @Nullable UpstreamLeg stream(boolean fresh) {
    for (MultiplexedConnection each : connections) {
      if (each.hasRoom() && !(fresh && each.isIdle())) {
        return each.newStream();
      }
    }
    return null;
  }

  /// Connections that are being made.
  int making() {
    return making;
  }

  int idle() {
    int idle = 0;
    for (MultiplexedConnection each : connections) {
      if (each.isIdle()) {
        idle++;
      }
    }
    return idle;
  }

  /// Streams under way.
  int busy() {
    int busy = 0;
    for (MultiplexedConnection each : connections) {
      busy += each.busy();
    }
    return busy;
  }

  void make(Connector connector) {
    connector.connect(asking());
  }

  /// One connection more is being made: takes it when it is.
  Connector.Asking asking() {
    making++;
    return new Connector.Asking() {
      @Override
      public void made(Channel channel) {
        making--;
        MultiplexedConnection made = channel.pipeline().get(MultiplexedConnection.class);
        connections.add(made);
        pool.freed(made);
      }

      @Override
      public void failed(Throwable cause) {
        making--;
        pool.notMade(cause);
      }
    };
  }

  /// @return whether it was among them
  boolean remove(MultiplexedConnection connection) {
    return connections.remove(connection);
  }

  /// All close, each after its last stream.
  void leave() {
    for (MultiplexedConnection each : List.copyOf(connections)) {
      each.leave();
    }
  }
}
