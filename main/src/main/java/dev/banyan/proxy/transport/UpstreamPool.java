package dev.banyan.proxy.transport;

import dev.banyan.proxy.Address;
import dev.banyan.proxy.GatewayLevels;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import dev.banyan.proxy.ProxyFailure.Progress;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.proxy.ServiceOptions.Protocol;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One event loop's connections to one address of a service: idle ones are reused last in, first
/// out, so that those not needed grow old and close.
///
/// At most [ServiceOptions#connections] are open. [ServiceOptions#queue] requests may wait for one,
/// each as long as a connection may take to be made; beyond that, requests are turned away.
// Failed writes come back as exceptionCaught, failed closes as channelInactive: futures add
// nothing.
@SuppressWarnings("FutureReturnValueIgnored")
final class UpstreamPool {
  /// Shorter than the 5 seconds after which common backends (Node.js, uvicorn) close a kept
  /// connection, so that a request rarely meets one that is being closed.
  static final long IDLE_LIMIT = TimeUnit.SECONDS.toNanos(4);

  static final int ANSWER_LINE = 8 * 1024;
  static final int ANSWER_HEADERS = 64 * 1024;

  private final ServiceOptions options;
  private final Address address;
  private final EventLoop loop;
  private final LongSupplier nanos;
  private final Connector connector;

  /// Of HTTP/2; null where each request has a connection of its own.
  private final @Nullable SharedConnections shared;

  private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private int open;
  private boolean retired;

  private static final class Waiting {
    final UpstreamUser user;
    @Nullable Future<?> timeout;

    Waiting(UpstreamUser user) {
      this.user = user;
    }
  }

  /// @param tls how its connections are secured; null exactly where the scheme is `http`
  UpstreamPool(
      ServiceOptions options,
      Address address,
      EventLoop loop,
      Sockets sockets,
      LongSupplier nanos,
      @Nullable BackendTls tls) {
    this.options = options;
    this.address = address;
    this.loop = loop;
    this.nanos = nanos;
    this.connector = new Connector(this, loop, sockets, nanos, tls);
    this.shared = options.protocol() == Protocol.HTTP1 ? null : new SharedConnections(this);
  }

  ServiceOptions options() {
    return options;
  }

  Address address() {
    return address;
  }

  /// Requests that have a connection of it, or wait for one.
  int busy() {
    return (shared == null ? open - idle.size() : shared.busy()) + queue.size();
  }

  URI url() {
    return address.url();
  }

  GatewayLevels.Pool levels() {
    int unused = shared == null ? idle.size() : shared.idle();
    return new GatewayLevels.Pool(open, unused, queue.size());
  }

  /// Gives the user a connection: at once, when one is made or comes free, or not at all.
  ///
  /// @param fresh whether a kept connection will not do
  void acquire(UpstreamUser user, boolean fresh) {
    if (shared != null) {
      acquireStream(shared, user, fresh);
      return;
    }
    if (fresh) {
      if (open >= options.connections() && !idle.isEmpty()) {
        idle.removeLast().abort();
        connect(user);
        return;
      }
    } else {
      UpstreamConnection kept = usable();
      if (kept != null) {
        user.connected(kept);
        return;
      }
    }
    if (open < options.connections()) {
      connect(user);
    } else if (queue.size() < options.queue()) {
      enqueue(user);
    } else {
      user.unavailable(exhausted("all connections are taken and the queue is full"));
    }
  }

  private @Nullable UpstreamConnection usable() {
    long now = nanos.getAsLong();
    UpstreamConnection kept;
    while ((kept = idle.pollFirst()) != null) {
      if (kept.isUsable(now, IDLE_LIMIT)) {
        return kept;
      }
      kept.abort();
    }
    return null;
  }

  /// A stream on a connection there is, or on one that is being made. A connection in the making
  /// counts for as many requests as it may carry, so that a burst does not make one for each.
  private void acquireStream(SharedConnections connections, UpstreamUser user, boolean fresh) {
    UpstreamLeg stream = connections.stream(fresh);
    if (stream == null && fresh && open >= options.connections()) {
      stream = connections.stream(false); // better than none
    }
    if (stream != null) {
      user.connected(stream);
      return;
    }
    int promised = connections.making() * MultiplexedConnection.MOST_STREAMS;
    boolean another = open < options.connections() && queue.size() >= promised;
    if (another || queue.size() < promised + options.queue()) {
      enqueue(user);
    } else {
      user.unavailable(exhausted("all connections are taken and the queue is full"));
    }
    if (another) {
      open++;
      connections.make(connector);
    }
  }

  private void connect(UpstreamUser user) {
    open++;
    connector.connect(
        new Connector.Asking() {
          @Override
          public void made(Channel channel) {
            UpstreamConnection made = channel.pipeline().get(UpstreamConnection.class);
            if (user.gone()) {
              released(made);
            } else {
              user.connected(made);
            }
          }

          @Override
          public void failed(Throwable cause) {
            open--;
            if (!user.gone()) {
              user.unavailable(unreachable(cause));
            }
            connectForQueue();
          }
        });
  }

  /// Makes a connection that no request waits for, to see whether that can be done. It is kept for
  /// the next request.
  ///
  /// @param inVain told when there is none to be had, and when that was
  void tryOut(LongConsumer inVain) {
    if (open >= options.connections()) {
      return; // those that are there will show it
    }
    open++;
    Connector.Asking shares = shared == null ? null : shared.asking();
    connector.connect(
        new Connector.Asking() {
          @Override
          public void made(Channel channel) {
            if (shares == null) {
              released(channel.pipeline().get(UpstreamConnection.class));
            } else {
              shares.made(channel);
            }
          }

          @Override
          public void failed(Throwable cause) {
            inVain.accept(nanos.getAsLong());
            if (shares == null) {
              open--;
              connectForQueue();
            } else {
              shares.failed(cause);
            }
          }
        });
  }

  private ProxyFailure unreachable(Throwable cause) {
    String detail = options.name() + " at " + address + ": " + BackendTls.describe(cause);
    return new ProxyFailure(
        Kind.CONNECT, null, options.name(), Progress.UNSENT, null, detail, cause);
  }

  private void enqueue(UpstreamUser user) {
    Waiting waiting = new Waiting(user);
    queue.addLast(waiting);
    waiting.timeout =
        loop.schedule(
            () -> {
              if (queue.remove(waiting) && !user.gone()) {
                user.unavailable(exhausted("no connection came free in time"));
              }
            },
            options.connectTimeout().toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private ProxyFailure exhausted(String why) {
    return new ProxyFailure(
        Kind.POOL_EXHAUSTED,
        null,
        options.name(),
        Progress.UNSENT,
        Limit.QUEUE,
        options.name() + ": " + why + " (connections: " + options.connections() + ")",
        null);
  }

  private @Nullable UpstreamUser nextInQueue() {
    Waiting waiting;
    while ((waiting = queue.pollFirst()) != null) {
      if (waiting.timeout != null) {
        waiting.timeout.cancel(false);
      }
      if (!waiting.user.gone()) {
        return waiting.user;
      }
    }
    return null;
  }

  private void connectForQueue() {
    if (shared != null) {
      if (!queue.isEmpty() && open < options.connections() && shared.making() == 0) {
        open++;
        shared.make(connector);
      }
      return;
    }
    while (open < options.connections()) {
      UpstreamUser next = nextInQueue();
      if (next == null) {
        return;
      }
      connect(next);
    }
  }

  /// A connection is free for the next request.
  void released(UpstreamConnection connection) {
    connection.markReused();
    UpstreamUser next = nextInQueue();
    if (next != null) {
      next.connected(connection);
    } else if (retired) {
      connection.abort();
    } else {
      idle.addFirst(connection);
    }
  }

  /// A connection that had been made is gone.
  void closed(UpstreamConnection connection) {
    open--;
    idle.remove(connection);
    connectForQueue();
  }

  /// A connection of HTTP/2 has room: for those who wait first.
  void freed(MultiplexedConnection connection) {
    UpstreamUser next;
    while (connection.hasRoom() && (next = nextInQueue()) != null) {
      next.connected(connection.newStream());
    }
    if (retired) {
      connection.leave();
    }
    connectForQueue(); // it may allow fewer than were waiting for it
  }

  /// A connection of HTTP/2 takes no more streams: another may be made in its place, though what
  /// runs on it may run for long.
  void leaving(MultiplexedConnection connection) {
    if (shared != null && shared.remove(connection)) {
      open--;
      connectForQueue();
    }
  }

  void closed(MultiplexedConnection connection) {
    leaving(connection);
  }

  /// No connection of HTTP/2 could be made. Who waits learns it now, unless there are others that
  /// may still come free.
  void notMade(Throwable cause) {
    open--;
    if (open > 0) {
      return;
    }
    ProxyFailure failure = unreachable(cause);
    // Those who ask again while they are told begin anew, behind these.
    for (int waiting = queue.size(); waiting > 0; waiting--) {
      UpstreamUser next = nextInQueue();
      if (next == null) {
        return;
      }
      next.unavailable(failure);
    }
  }

  /// The service was changed or removed: idle connections close now, the others when their request
  /// ends.
  void retire() {
    retired = true;
    forget();
  }

  /// What is idle now closes, and HTTP/2's connections after their last stream.
  void forget() {
    if (shared != null) {
      shared.leave();
    }
    UpstreamConnection kept;
    while ((kept = idle.pollFirst()) != null) {
      kept.abort();
    }
  }
}
