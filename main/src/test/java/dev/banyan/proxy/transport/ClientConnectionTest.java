package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Side;
import dev.banyan.proxy.AfterWrites;
import dev.banyan.proxy.Freshness;
import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.Outcomes;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.RequestEnd;
import dev.banyan.proxy.RequestIds;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.proxy.Tee;
import dev.banyan.proxy.WriteCare;
import dev.banyan.routing.Decision;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.RoutingTable;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ClientConnectionTest {

  /// A timer that outlives its connection holds all of it: a minute's worth of short connections
  /// would fill the heap.
  @Test
  void leavesNoTimerBehindWhenItCloses() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel
        .pipeline()
        .addLast(new ClientConnection(worker(channel), channel, new Http1.ToClient()))
        .fireChannelActive();
    assertThat(channel.runScheduledPendingTasks()).isPositive();
    channel
        .pipeline()
        .fireChannelInactive(); // closing it would cancel timers for the sake of tests
    assertThat(channel.runScheduledPendingTasks()).isNegative();
  }

  private static Worker worker(EmbeddedChannel channel) {
    Services services = new Services(Map.of());
    LiveOptions options = new LiveOptions(GatewayOptions.on(new InetSocketAddress(0), 1));
    LiveTable table = new LiveTable(RoutingTable.compile("legacy", List.of()));
    return new Worker(
        options,
        table,
        new Pools(channel.eventLoop(), services, Sockets.best(Runnable::run), System::nanoTime),
        new RequestIds(() -> 1),
        new Untold(),
        Tee.NONE,
        new SafetyNet(SafetyNet.Options.DEFAULTS),
        new Tunnels(),
        new Hold(channel.eventLoop(), table, options, System::nanoTime, new AtomicInteger()),
        new WriteCare(
            new AfterWrites(
                Freshness.UNKNOWN, new byte[32], "p", System::nanoTime, InstantSource.system()),
            _ -> {}),
        System::nanoTime);
  }

  private static final class Untold implements Outcomes {
    @Override
    public void sent(Decision decision, Side side) {
      throw new AssertionError("there was no request");
    }

    @Override
    public void heard(Decision decision, Side side) {
      throw new AssertionError("there was no request");
    }

    @Override
    public void routed(Decision decision, long unit) {
      throw new AssertionError("there was no request");
    }

    @Override
    public void stoodIn(Decision decision, boolean failed, long nanos) {
      throw new AssertionError("there was no request");
    }

    @Override
    public void answered(
        Decision decision, long unit, Side side, int status, long nanos, boolean fallback) {
      throw new AssertionError("there was no request");
    }

    @Override
    public void failed(
        Decision decision,
        long unit,
        Side side,
        ProxyFailure failure,
        long nanos,
        boolean fallback) {
      throw new AssertionError("there was no request");
    }

    @Override
    public void abandoned(Decision decision, long unit, Side side, long nanos, boolean fallback) {
      throw new AssertionError("there was no request");
    }

    @Override
    public void limited(Limit limit) {
      throw new AssertionError("there was no request");
    }

    @Override
    public void ended(RequestEnd request) {
      throw new AssertionError("there was no request");
    }
  }
}
