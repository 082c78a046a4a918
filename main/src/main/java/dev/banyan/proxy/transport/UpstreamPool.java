package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayLevels;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import dev.banyan.proxy.ProxyFailure.Progress;
import dev.banyan.proxy.ServiceOptions;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One event loop's connections to one service: idle ones are reused last in, first out, so that
/// those not needed grow old and close.
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
  private final EventLoop loop;
  private final LongSupplier nanos;
  private final Bootstrap bootstrap;
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

  UpstreamPool(
      ServiceOptions options, URI url, EventLoop loop, Sockets sockets, LongSupplier nanos) {
    this.options = options;
    this.loop = loop;
    this.nanos = nanos;
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(sockets.client())
            .resolver(sockets.resolver())
            .remoteAddress(address(url))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.clamp(options.connectTimeout().toMillis(), 1, Integer.MAX_VALUE))
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    init(channel);
                  }
                });
  }

  private static InetSocketAddress address(URI url) {
    int port = url.getPort() < 0 ? 80 : url.getPort();
    InetAddress literal = NetUtil.createInetAddressFromIpAddressString(url.getHost());
    return literal == null
        ? InetSocketAddress.createUnresolved(url.getHost(), port)
        : new InetSocketAddress(literal, port);
  }

  private void init(Channel channel) {
    HttpDecoderConfig config =
        Http1.strict(ANSWER_LINE, ANSWER_HEADERS)
            .setStrictLineParsing(false); // old backends end lines with a bare LF
    Http1.FromBackend decoder = new Http1.FromBackend(config);
    channel
        .pipeline()
        .addLast(
            new Http1.ToBackend(), decoder, new UpstreamConnection(this, channel, decoder, nanos));
  }

  ServiceOptions options() {
    return options;
  }

  GatewayLevels.Pool levels() {
    return new GatewayLevels.Pool(open, idle.size(), queue.size());
  }

  /// Gives the user a connection: at once, when one is made or comes free, or not at all.
  ///
  /// @param fresh whether a kept connection will not do
  void acquire(UpstreamUser user, boolean fresh) {
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

  private void connect(UpstreamUser user) {
    open++;
    bootstrap.connect().addListener((ChannelFuture future) -> connected(future, user));
  }

  private void connected(ChannelFuture future, UpstreamUser user) {
    if (future.isSuccess()) {
      UpstreamConnection made = future.channel().pipeline().get(UpstreamConnection.class);
      if (user.gone()) {
        released(made);
      } else {
        user.connected(made);
      }
      return;
    }
    open--;
    Throwable cause = future.cause();
    if (!user.gone()) {
      String detail = options.name() + " at " + options.url() + ": " + cause.getMessage();
      user.unavailable(
          new ProxyFailure(
              Kind.CONNECT, null, options.name(), Progress.UNSENT, null, detail, cause));
    }
    connectForQueue();
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

  /// The service was changed or removed: idle connections close now, the others when their request
  /// ends.
  void retire() {
    retired = true;
    UpstreamConnection kept;
    while ((kept = idle.pollFirst()) != null) {
      kept.abort();
    }
  }
}
