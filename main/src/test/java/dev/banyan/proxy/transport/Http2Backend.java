package dev.banyan.proxy.transport;

import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions.Protocol;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2SettingsFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A backend of HTTP/2 that answers as its script says.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http2Backend implements AutoCloseable {
  /// Told of each request when its head has come, and again when it is whole.
  interface Script {
    void come(Call call);
  }

  /// One stream, as a script sees it.
  static final class Call {
    final ChannelHandlerContext context;
    final Http2FrameStream stream;
    final Http2Headers headers;
    volatile String body = "";
    volatile @Nullable Http2Headers trailers;
    volatile boolean whole;
    volatile boolean reset;

    Call(ChannelHandlerContext context, Http2FrameStream stream, Http2Headers headers) {
      this.context = context;
      this.stream = stream;
      this.headers = headers;
    }

    String path() {
      return String.valueOf(headers.path());
    }

    String header(String name) {
      return String.valueOf(headers.get(name));
    }

    void head(int status, boolean end, String... fields) {
      Http2Headers head = new DefaultHttp2Headers(false).status(Integer.toString(status));
      headers(head, end, fields);
    }

    void trailers(String... fields) {
      headers(new DefaultHttp2Headers(false), true, fields);
    }

    private void headers(Http2Headers to, boolean end, String... fields) {
      for (int i = 0; i < fields.length; i += 2) {
        to.add(fields[i], fields[i + 1]);
      }
      context.writeAndFlush(new DefaultHttp2HeadersFrame(to, end).stream(stream));
    }

    void data(String text, boolean end) {
      ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
      context.writeAndFlush(new DefaultHttp2DataFrame(bytes, end).stream(stream));
    }

    void ok(String text) {
      head(200, false, "content-type", "text/plain");
      data(text, true);
    }

    void reset(Http2Error why) {
      context.writeAndFlush(new DefaultHttp2ResetFrame(why).stream(stream));
    }

    /// Says that this stream, and so every later one, was never looked at.
    void goAwayBefore() {
      DefaultHttp2GoAwayFrame frame = new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR);
      frame.setExtraStreamIds(0);
      context.writeAndFlush(frame);
    }

    /// Says that streams with a higher number were never looked at.
    void goAwayAfter(int lastStream) {
      ChannelHandlerContext codec = context.pipeline().context(Http2FrameCodec.class);
      ((Http2FrameCodec) codec.handler())
          .encoder()
          .frameWriter()
          .writeGoAway(codec, lastStream, 0, Unpooled.EMPTY_BUFFER, codec.newPromise());
      codec.flush();
    }

    void settings(Http2Settings next) {
      context.writeAndFlush(new DefaultHttp2SettingsFrame(next));
    }

    void closeConnection() {
      context.pipeline().firstContext().close();
    }
  }

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel listener;
  final List<Call> calls = new CopyOnWriteArrayList<>();
  final AtomicInteger accepted = new AtomicInteger();
  final AtomicInteger ended = new AtomicInteger();

  Http2Backend(Script script) {
    this(script, Http2Settings.defaultSettings(), null);
  }

  Http2Backend(Script script, Http2Settings settings, @Nullable SslContext tls) {
    listener =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accepted.incrementAndGet();
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    channel
                        .pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forServer().initialSettings(settings).build(),
                            new Connection(script));
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .syncUninterruptibly()
            .channel();
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /// As a service without TLS.
  ServiceBuilder as(String name) {
    return ServiceBuilder.service(name, port()).speaking(Protocol.H2C);
  }

  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private final class Connection extends ChannelInboundHandlerAdapter {
    private final Script script;
    private final Map<Http2FrameStream, Call> streams = new ConcurrentHashMap<>();

    Connection(Script script) {
      this.script = script;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
      switch (frame) {
        case Http2HeadersFrame head -> headers(ctx, head);
        case Http2DataFrame data -> {
          Call call = streams.get(data.stream());
          if (call != null) {
            call.body = call.body.concat(data.content().toString(StandardCharsets.ISO_8859_1));
            int bytes = data.initialFlowControlledBytes();
            ctx.writeAndFlush(new DefaultHttp2WindowUpdateFrame(bytes).stream(data.stream()));
            if (data.isEndStream()) {
              whole(call);
            }
          }
        }
        case Http2ResetFrame reset -> {
          Call call = streams.get(reset.stream());
          if (call != null) {
            call.reset = true;
          }
        }
        default -> {
          // nothing that a script could want
        }
      }
      ReferenceCountUtil.release(frame);
    }

    private void headers(ChannelHandlerContext ctx, Http2HeadersFrame head) {
      Call call = streams.get(head.stream());
      if (call == null) {
        call = new Call(ctx, head.stream(), head.headers());
        streams.put(head.stream(), call);
        calls.add(call);
        if (!head.isEndStream()) {
          script.come(call);
        }
      } else {
        call.trailers = head.headers();
      }
      if (head.isEndStream()) {
        whole(call);
      }
    }

    private void whole(Call call) {
      call.whole = true;
      script.come(call);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      ended.incrementAndGet();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(); // the gateway went away, which tests see by `ended`
    }
  }
}
