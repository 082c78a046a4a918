package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ServiceAddresses;
import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What goes wrong before a connection is one.
class ConnectorTest {
  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final CompletableFuture<ProxyFailure> failure = new CompletableFuture<>();
  private final CompletableFuture<Boolean> onLoop = new CompletableFuture<>();

  @AfterEach
  void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  /// A socket that the system has no descriptor for.
  public static final class NoSocket extends NioSocketChannel {
    public NoSocket() {
      throw new UncheckedIOException(new IOException("Too many open files"));
    }
  }

  private UpstreamPool pool(
      ServiceOptions options, Class<? extends SocketChannel> socket, Executor blocking) {
    Sockets sockets =
        new Sockets(
            NioIoHandler.newFactory(),
            NioServerSocketChannel.class,
            socket,
            Sockets.best(blocking).resolver());
    ServiceAddresses service = new ServiceAddresses(options, InetAddress::getAllByName);
    return new UpstreamPool(
        options, service.current().getFirst(), loop, sockets, System::nanoTime, null);
  }

  @Test
  void aSocketThatCannotBeMadeIsToldOnTheEventLoopThatAsked() throws Exception {
    ServiceOptions options = ServiceBuilder.service("legacy", 1).build();
    UpstreamPool pool = pool(options, NoSocket.class, Runnable::run);
    loop.execute(() -> pool.acquire(new Asking(), false));
    assertThat(failure.get(15, TimeUnit.SECONDS).detail()).contains("NoSocket");
    assertThat(onLoop.get(15, TimeUnit.SECONDS)).isTrue();
    assertThat(loop.submit(pool::levels).get().open()).isZero();
  }

  @Test
  void aLookUpThatHangsIsGivenUpWithinTheTimeForAConnection() throws Exception {
    ServiceOptions options =
        ServiceBuilder.service("legacy", "http://slow.test:80")
            .connectTimeout(Duration.ofMillis(200))
            .build();
    UpstreamPool pool = pool(options, NioSocketChannel.class, _ -> {});
    loop.execute(() -> pool.acquire(new Asking(), false));
    assertThat(failure.get(15, TimeUnit.SECONDS).kind()).isEqualTo(ProxyFailure.Kind.CONNECT);
    assertThat(loop.submit(pool::levels).get().open()).isZero();
  }

  private final class Asking implements UpstreamUser {
    @Override
    public boolean gone() {
      return false;
    }

    @Override
    public void connected(UpstreamLeg connection) {
      throw new AssertionError("there is nobody");
    }

    @Override
    public void unavailable(ProxyFailure why) {
      onLoop.complete(loop.inEventLoop());
      failure.complete(why);
    }

    @Override
    public void interim(HttpResponse head) {
      throw new AssertionError("there is nobody");
    }

    @Override
    public void head(HttpResponse head) {
      throw new AssertionError("there is nobody");
    }

    @Override
    public void content(HttpContent content, boolean last) {
      throw new AssertionError("there is nobody");
    }

    @Override
    public void readComplete() {
      throw new AssertionError("there is nobody");
    }

    @Override
    public void writabilityChanged() {
      throw new AssertionError("there is nobody");
    }

    @Override
    public void failed(ProxyFailure why) {
      throw new AssertionError("there is nobody");
    }
  }
}
