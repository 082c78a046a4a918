package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayLevels;
import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.KeptWrites;
import dev.banyan.proxy.Outcomes;
import dev.banyan.proxy.RequestIds;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.proxy.Tee;
import dev.banyan.proxy.TrustedProxies;
import dev.banyan.proxy.WriteCare;
import dev.banyan.routing.LiveTable;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/// The gateway: listens, and serves every request by the routing table in force when its head
/// arrives.
///
/// [#start] and [#close] may be called from any thread and may block; everything else happens on
/// the gateway's own event loops. A port that cannot be bound is an exception of [#start].
// Failed writes come back as exceptionCaught, failed closes as channelInactive: futures add
// nothing.
@SuppressWarnings("FutureReturnValueIgnored")
public final class Gateway implements AutoCloseable {

  /// What the gateway asks of the rest of the program.
  ///
  /// @param table the routing table in force
  /// @param kept keeps writes that must be written down before they are forwarded
  /// @param writes what is kept of writes to families whose sides each have data of their own
  /// @param nanos a monotonic clock
  /// @param randomness 64 random bits at each call, from any thread
  /// @param blocking runs look-ups of host names, which may block
  public record Ports(
      LiveTable table,
      Services services,
      Outcomes outcomes,
      Tee tee,
      KeptWrites kept,
      SafetyNet net,
      WriteCare writes,
      LongSupplier nanos,
      LongSupplier randomness,
      Executor blocking) {

    /// Ports of a gateway that keeps no writes.
    public Ports(
        LiveTable table,
        Services services,
        Outcomes outcomes,
        Tee tee,
        SafetyNet net,
        WriteCare writes,
        LongSupplier nanos,
        LongSupplier randomness,
        Executor blocking) {
      this(
          table,
          services,
          outcomes,
          tee,
          KeptWrites.NONE,
          net,
          writes,
          nanos,
          randomness,
          blocking);
    }
  }

  /// How long a busy event loop is waited for that is asked how full it is.
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final LiveOptions options;
  private final Doors doors;
  private final Front front;
  private final Services services;
  private final MultiThreadIoEventLoopGroup loops;
  private final IdentityHashMap<EventLoop, Worker> workers = new IdentityHashMap<>();
  private final ChannelGroup clients = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final Runnable adoption = this::adopt;
  private final AtomicInteger places = new AtomicInteger();
  private final Channel listener;

  private Gateway(GatewayOptions options, Ports ports) {
    this.options = new LiveOptions(options);
    this.doors = new Doors(ports.outcomes());
    try {
      this.front = new Front(options.tls());
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
    this.services = ports.services();
    Sockets sockets = Sockets.best(ports.blocking());
    this.loops =
        new MultiThreadIoEventLoopGroup(
            options.eventLoops(), new DefaultThreadFactory("gateway"), sockets.io());
    RequestIds ids = new RequestIds(ports.randomness());
    for (EventExecutor executor : loops) {
      EventLoop loop = (EventLoop) executor;
      Pools pools = new Pools(loop, services, sockets, ports.nanos());
      workers.put(
          loop,
          new Worker(
              this.options,
              ports.table(),
              pools,
              ids,
              ports.outcomes(),
              ports.tee(),
              ports.kept(),
              ports.net(),
              new Tunnels(),
              new Hold(loop, ports.table(), this.options, ports.nanos(), places),
              ports.writes(),
              ports.nanos()));
      LoopPulse.begin(loop, ports.nanos(), ports.tee());
    }
    services.follow(adoption);
    this.listener = bind(sockets, options.listen());
  }

  /// Begins to listen and to serve.
  ///
  /// @throws UncheckedIOException with a message for people, when the files of the certificate are
  ///   unfit
  public static Gateway start(GatewayOptions options, Ports ports) {
    return new Gateway(options, ports);
  }

  private Channel bind(Sockets sockets, InetSocketAddress listen) {
    try {
      return new ServerBootstrap()
          .group(loops)
          .channel(sockets.server())
          .option(ChannelOption.SO_BACKLOG, 1024)
          .option(ChannelOption.SO_REUSEADDR, true)
          // Netty sets TCP_NODELAY by itself; setting it again is one more system call per
          // connection.
          .childHandler(
              new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                  init(channel);
                }
              })
          .bind(listen)
          .syncUninterruptibly()
          .channel();
    } catch (RuntimeException e) {
      services.unfollow(adoption);
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    }
  }

  private void init(Channel channel) {
    Worker worker = workers.get(channel.eventLoop());
    if (worker == null) {
      throw new IllegalStateException("a connection on an event loop that is not the gateway's");
    }
    GatewayOptions.Limits limits = worker.options().limits();
    if (!doors.open(channel, limits.connections(), worker.options().tls() == null)) {
      return;
    }
    clients.add(channel);
    front.init(channel, worker);
  }

  /// Holds connections that begin from now on to other limits, and believes others of their peers.
  /// One thread at a time.
  public void adopt(TrustedProxies trusted, GatewayOptions.Limits limits) {
    options.adopt(trusted, limits);
  }

  private void adopt() {
    workers.forEach((loop, worker) -> loop.execute(() -> worker.pools().adopt()));
  }

  /// Where it listens, with the port that was really bound.
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /// How full it is now. Asks every event loop, and waits for each no longer than [#PATIENCE].
  public GatewayLevels levels() {
    List<Future<GatewayLevels.Loop>> asked = new ArrayList<>();
    for (EventExecutor loop : loops) {
      Worker worker = workers.get((EventLoop) loop);
      if (worker != null) {
        asked.add(loop.submit(question(worker)));
      }
    }
    List<GatewayLevels.Loop> answers = new ArrayList<>();
    for (Future<GatewayLevels.Loop> each : asked) {
      boolean answered = each.awaitUninterruptibly(PATIENCE.toMillis()) && each.isSuccess();
      answers.add(answered ? each.getNow() : new GatewayLevels.Loop(PATIENCE, 0, Map.of()));
    }
    return GatewayLevels.of(clients.size(), answers);
  }

  /// Writes that are held back now, on all event loops together.
  public int heldWrites() {
    return places.get();
  }

  /// Writes under way to families whose sides each have data of their own, those that wait for a
  /// connection included. Every event loop is asked after what it was doing, so that what was
  /// decided by an earlier table than the one in force at this call is counted.
  ///
  /// @return empty when an event loop did not answer within [#PATIENCE]
  public OptionalInt writesUnderWay(Set<String> families) {
    List<Future<Integer>> asked = new ArrayList<>();
    workers.forEach(
        (loop, worker) -> asked.add(loop.submit(() -> worker.hold().underWay(families))));
    int sum = 0;
    for (Future<Integer> each : asked) {
      if (!each.awaitUninterruptibly(PATIENCE.toMillis()) || !each.isSuccess()) {
        return OptionalInt.empty();
      }
      sum += each.getNow();
    }
    return OptionalInt.of(sum);
  }

  private static Callable<GatewayLevels.Loop> question(Worker worker) {
    long asked = worker.nanos().getAsLong();
    return () ->
        new GatewayLevels.Loop(
            Duration.ofNanos(worker.nanos().getAsLong() - asked),
            worker.tunnels().open(),
            worker.pools().levels());
  }

  /// Reads the files of the certificate again if they have changed, from any thread, one at a time.
  ///
  /// @return whether new connections are now shown another certificate
  /// @throws IOException with a message for people, once for each change, when what the files hold
  ///   now is unfit: the certificate in force stays
  public boolean renewCertificate() throws IOException {
    ShownCertificate certificate = front.certificate();
    return certificate != null && certificate.renew(loops);
  }

  /// Stops listening, lets requests under way finish for as long as the options say, and closes
  /// what is left. Twice is once.
  @Override
  public void close() {
    services.unfollow(adoption);
    listener.close().awaitUninterruptibly();
    if (!loops.isShuttingDown()) {
      workers.forEach((loop, worker) -> loop.execute(worker.hold()::close));
    }
    for (Channel client : clients) {
      client.eventLoop().execute(() -> Front.drain(client));
    }
    clients.newCloseFuture().awaitUninterruptibly(options.current().limits().drain().toMillis());
    clients.close().awaitUninterruptibly();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    ShownCertificate certificate = front.certificate();
    if (certificate != null) {
      certificate.close();
    }
  }
}
