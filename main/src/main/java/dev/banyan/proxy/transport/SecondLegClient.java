package dev.banyan.proxy.transport;

import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Side;
import dev.banyan.proxy.Address;
import dev.banyan.proxy.HealthAnswer;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/// Sends requests that no client waits for, from one thread and pools of its own.
///
/// Safe to use from any thread. Answers are told on its own thread, so whoever is told must not
/// block.
@SuppressWarnings("FutureReturnValueIgnored") // the loop's end is waited for in close
public final class SecondLegClient implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup group;
  private final EventLoop loop;
  private final Services services;
  private final Pools pools;

  /// Of their own, so that second legs that hang do not keep anybody from asking how a service is.
  private final Pools probes;

  private final LongSupplier nanos;
  private final Runnable pace;

  /// Of the loop alone, as the next one.
  private final Set<SecondRequest> underWay = new HashSet<>();

  private boolean closing;
  private final Runnable adoption = this::adopt;

  /// @param services the same that the gateway uses
  /// @param nanos a monotonic clock
  /// @param blocking runs look-ups of host names, which may block
  /// @param pace called on the client's own thread before each request; returns when that thread
  ///   may go on, which bounds what it takes of the processor
  public SecondLegClient(Services services, LongSupplier nanos, Executor blocking, Runnable pace) {
    Sockets sockets = Sockets.best(blocking);
    this.group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("shadow", Thread.MIN_PRIORITY), sockets.io());
    this.loop = group.next();
    this.services = services;
    this.nanos = nanos;
    this.pace = pace;
    this.pools = new Pools(loop, services, sockets, nanos);
    this.probes = new Pools(loop, services, sockets, nanos);
    services.follow(adoption);
  }

  /// Has something short done on the client's own thread. For event loops: waits for nothing.
  ///
  /// @throws java.util.concurrent.RejectedExecutionException once this is closed
  public void run(Runnable work) {
    loop.execute(work);
  }

  private void adopt() {
    loop.execute(() -> {
      pools.adopt();
      probes.adopt();
    });
  }

  /// Sends a request and tells once what came of it.
  ///
  /// @param request its body is borrowed until the leg is told
  /// @param admission asked for each piece of the answer's body; when it refuses, the connection is
  ///   closed and the leg told as failed
  /// @throws java.util.concurrent.RejectedExecutionException once this is closed
  public void send(
      String service,
      Request request,
      Side side,
      Duration deadline,
      IntPredicate admission,
      Consumer<Leg> told) {
    send(service, request, side, deadline, admission, told, _ -> true);
  }

  /// Sends a request to such addresses of the service only as are allowed; otherwise the leg is
  /// told as failed by overload, and nothing was sent.
  ///
  /// @param allowed asked on the client's own thread for each attempt: when an address has been
  ///   chosen, and again when there is a connection to it, right before the first byte
  public void send(
      String service,
      Request request,
      Side side,
      Duration deadline,
      IntPredicate admission,
      Consumer<Leg> told,
      Predicate<InetSocketAddress> allowed) {
    SecondRequest leg = new SecondRequest(request, side, admission, told, underWay, nanos, allowed);
    loop.execute(() -> {
      pace.run();
      leg.start(pools, service, loop, deadline);
      if (closing) {
        leg.cutOff();
      }
    });
  }

  /// Asks one address of a service by a path, and tells once what came of it.
  public void ask(
      String service,
      Address address,
      String path,
      Duration patience,
      Consumer<HealthAnswer> told) {
    try {
      loop.execute(() -> {
        AddressPools of = probes.of(service);
        UpstreamPool pool = of == null ? null : of.at(address);
        if (pool == null) {
          told.accept(new HealthAnswer.Failed("it is no longer an address of " + service));
        } else {
          new AddressProbe(address, path, told).start(pool, loop, patience);
        }
      });
    } catch (RejectedExecutionException e) {
      told.accept(new HealthAnswer.Failed("the program is stopping: " + e.getMessage()));
    }
  }

  private void cutAllOff() {
    closing = true;
    List.copyOf(underWay).forEach(SecondRequest::cutOff);
  }

  /// Ends every leg under way; each is told as failed before this returns.
  @Override
  public void close() {
    services.unfollow(adoption);
    if (!loop.isShuttingDown()) {
      loop.execute(this::cutAllOff);
    }
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
