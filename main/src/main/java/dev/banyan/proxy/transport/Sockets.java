package dev.banyan.proxy.transport;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// What kind of sockets there are here: epoll on Linux, NIO elsewhere.
///
/// @param resolver looks names up away from the event loops: the system's resolver blocks
record Sockets(
    IoHandlerFactory io,
    Class<? extends ServerSocketChannel> server,
    Class<? extends SocketChannel> client,
    AddressResolverGroup<InetSocketAddress> resolver) {

  /// @param blocking runs look-ups, which may block
  static Sockets best(Executor blocking) {
    AddressResolverGroup<InetSocketAddress> resolver = new LookUps(blocking);
    return Epoll.isAvailable()
        ? new Sockets(
            SteadyEpoll.newFactory(),
            EpollServerSocketChannel.class,
            EpollSocketChannel.class,
            resolver)
        : new Sockets(
            NioIoHandler.newFactory(),
            NioServerSocketChannel.class,
            NioSocketChannel.class,
            resolver);
  }

  private static final class LookUps extends AddressResolverGroup<InetSocketAddress> {
    private final Executor blocking;

    LookUps(Executor blocking) {
      this.blocking = blocking;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
      return new ByName(executor, blocking).asAddressResolver();
    }
  }

  private static final class ByName extends InetNameResolver {
    private final Executor blocking;

    ByName(EventExecutor executor, Executor blocking) {
      super(executor);
      this.blocking = blocking;
    }

    @Override
    protected void doResolve(String name, Promise<InetAddress> promise) {
      lookUp(promise, () -> promise.setSuccess(InetAddress.getByName(name)));
    }

    @Override
    protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
      lookUp(promise, () -> promise.setSuccess(Arrays.asList(InetAddress.getAllByName(name))));
    }

    private void lookUp(Promise<?> promise, LookUp lookUp) {
      try {
        blocking.execute(() -> {
          try {
            lookUp.run();
          } catch (UnknownHostException e) {
            promise.setFailure(e);
          }
        });
      } catch (RejectedExecutionException e) {
        promise.setFailure(e);
      }
    }
  }

  private interface LookUp {
    void run() throws UnknownHostException;
  }
}
