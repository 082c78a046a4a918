package dev.banyan.bench.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;

/// Sends requests at a fixed rate, whatever comes back.
///
/// Every request has a time at which it is to be sent, and its latency counts from there: when all
/// connections wait for a proxy that stalls, the requests that had to wait behind it show it too.
/// That is what a client that sends one request after the other leaves out ("coordinated omission",
/// Gil Tene).
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends in exceptionCaught
final class OpenLoop implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

  /// An answer that is no 200 counts as an error.
  ///
  /// @throws IOException when a connection ends, or what comes is no answer with a length
  Load run(Case what, int port, int rate, Duration time) throws IOException, InterruptedException {
    Round round = new Round(what.path(), rate, time);
    Bootstrap client =
        new Bootstrap()
            .group(group)
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(round.new Connection(channel));
                  }
                });
    for (int i = 0; i < what.connections(); i++) {
      client.connect("127.0.0.1", port).syncUninterruptibly();
    }
    group.next().execute(round::begin);
    try {
      return round.over.get(time.toSeconds() + PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the load at a fixed rate did not come to its end: " + e, e);
    } finally {
      group.next().submit(round::close).syncUninterruptibly();
    }
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /// One run. Everything happens on the one event loop.
  private final class Round {
    final CompletableFuture<Load> over = new CompletableFuture<>();

    private final ByteBuf request;
    private final long interval;
    private final long requests;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Deque<Connection> all = new ArrayDeque<>();
    private final Histogram latencies = new Histogram(3);
    private long start;
    private long sent;
    private long errors;
    private boolean closing;

    Round(String path, int rate, Duration time) {
      interval = TimeUnit.SECONDS.toNanos(1) / rate;
      requests = time.toNanos() / interval;
      byte[] text =
          ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII);
      request = Unpooled.directBuffer().writeBytes(text);
    }

    void begin() {
      start = System.nanoTime();
      pump();
    }

    /// Sends what is due and can be sent; comes back when the next one is due.
    private void pump() {
      long now = System.nanoTime();
      while (sent < requests && due(sent) <= now && !idle.isEmpty()) {
        idle.pop().send(due(sent));
        sent++;
      }
      if (sent < requests && due(sent) > now) {
        group.next().schedule(this::pumpLater, due(sent) - now, TimeUnit.NANOSECONDS);
      }
    }

    private void pumpLater() {
      if (!closing) {
        pump();
      }
    }

    private long due(long number) {
      return start + number * interval;
    }

    private void answered(Connection connection, long wasDue) {
      long now = System.nanoTime();
      latencies.recordValue(now - wasDue);
      idle.push(connection);
      if (latencies.getTotalCount() == requests) {
        over.complete(
            new Load(
                requests,
                errors,
                Duration.ofNanos(now - start),
                Duration.ofNanos(latencies.getValueAtPercentile(50)),
                Duration.ofNanos(latencies.getValueAtPercentile(99)),
                Duration.ofNanos(latencies.getValueAtPercentile(99.9))));
      } else if (sent < requests && due(sent) <= now) {
        pump();
      }
    }

    void close() {
      closing = true;
      all.forEach(Connection::close);
      request.release();
    }

    /// One connection, with one request on it at a time.
    final class Connection extends ByteToMessageDecoder {
      private static final String LENGTH = "content-length:";

      private final SocketChannel channel;
      private long wasDue;
      private long left;

      Connection(SocketChannel channel) {
        this.channel = channel;
      }

      @Override
      public void channelActive(ChannelHandlerContext context) {
        all.add(this);
        idle.push(this);
      }

      void send(long due) {
        wasDue = due;
        left = -1;
        channel.writeAndFlush(request.retainedDuplicate(), channel.voidPromise());
      }

      void close() {
        channel.close();
      }

      @Override
      protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
          throws IOException {
        if (left < 0 && !head(in)) {
          return;
        }
        int now = (int) Math.min(left, in.readableBytes());
        in.skipBytes(now);
        left -= now;
        if (left == 0) {
          left = -1;
          answered(this, wasDue);
        }
      }

      private boolean head(ByteBuf in) throws IOException {
        String text = in.toString(StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
          return false;
        }
        String head = text.substring(0, end).toLowerCase(Locale.ROOT);
        int length = head.indexOf(LENGTH);
        if (!head.startsWith("http/1.1 ") || length < 0) {
          throw new IOException("not an answer to measure: " + head);
        }
        errors += head.startsWith("http/1.1 200") ? 0 : 1;
        int lineEnd = head.indexOf('\r', length);
        left =
            Long.parseLong(
                head.substring(length + LENGTH.length(), lineEnd < 0 ? end : lineEnd).strip());
        in.skipBytes(end + 4);
        return true;
      }

      @Override
      public void channelInactive(ChannelHandlerContext context) {
        if (!closing) {
          over.completeExceptionally(new IOException("the proxy closed a connection"));
        }
      }

      @Override
      public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        over.completeExceptionally(cause);
      }
    }
  }
}
