package dev.banyan.bench.gateway;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The backend where nginx is not installed: ready answers from one event loop, on every port that
/// is named as an argument.
@SuppressWarnings("FutureReturnValueIgnored") // the load sees what fails here
final class NettyUpstream {
  private static final Map<String, ByteBuf> BODIES =
      Upstream.SIZES.entrySet().stream()
          .collect(
              Collectors.toMap(
                  Map.Entry::getKey,
                  size ->
                      Unpooled.unreleasableBuffer(
                          Unpooled.directBuffer()
                              .writeBytes(Upstream.body(size.getValue()))
                              .asReadOnly())));

  private NettyUpstream() {}

  public static void main(String[] ports) {
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    ServerBootstrap server =
        new ServerBootstrap()
            .group(loop)
            .channel(EpollServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(new HttpServerCodec(), new Answering());
                  }
                });
    for (String port : ports) {
      server.bind("127.0.0.1", Integer.parseInt(port)).syncUninterruptibly();
    }
  }

  /// Answers each request once it is whole.
  private static final class Answering extends SimpleChannelInboundHandler<HttpObject> {
    private @Nullable HttpRequest request;

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
      if (part instanceof HttpRequest head) {
        request = head;
      }
      if (part instanceof LastHttpContent && request != null) {
        answer(context, request);
      }
    }

    private static void answer(ChannelHandlerContext context, HttpRequest request) {
      ByteBuf body = BODIES.get(request.uri());
      DefaultFullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1,
              body == null ? HttpResponseStatus.NOT_FOUND : HttpResponseStatus.OK,
              body == null ? Unpooled.EMPTY_BUFFER : body.duplicate());
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
      HttpUtil.setContentLength(response, response.content().readableBytes());
      boolean keepAlive = HttpUtil.isKeepAlive(request);
      HttpUtil.setKeepAlive(response, keepAlive);
      var written = context.writeAndFlush(response);
      if (!keepAlive) {
        written.addListener(ChannelFutureListener.CLOSE);
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
