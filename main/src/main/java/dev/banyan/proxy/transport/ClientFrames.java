package dev.banyan.proxy.transport;

import dev.banyan.proxy.Limit;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.function.LongSupplier;

/// The frames of a client, each of which Netty has found to be allowed where it comes.
///
/// It belongs to one connection and its event loop.
final class ClientFrames extends Http2EventAdapter {
  private final ClientStreams streams;
  private final Floods floods;
  private final LongSupplier nanos;

  ClientFrames(ClientStreams streams, Floods floods, LongSupplier nanos) {
    this.streams = streams;
    this.floods = floods;
    this.nanos = nanos;
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean ends)
      throws Http2Exception {
    Http2Stream stream = streams.connection().stream(id);
    if (stream == null) {
      return;
    }
    FieldBlock block = (FieldBlock) headers;
    ClientStream known = streams.request(stream);
    if (known != null) {
      known.trailers(block);
      streams.touch(known);
    } else {
      streams.open(stream, block, ends);
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int id,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean ends)
      throws Http2Exception {
    onHeadersRead(ctx, id, headers, padding, ends);
  }

  @Override
  public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean ends)
      throws Http2Exception {
    if (floods.data(!data.isReadable() && !ends)) {
      throw streams.flood(Limit.CONTROL_FRAMES);
    }
    ClientStream known = streams.request(streams.connection().stream(id));
    if (known == null) {
      return data.readableBytes() + padding;
    }
    streams.touch(known);
    return known.data(data, padding, ends);
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long code) throws Http2Exception {
    if (floods.reset(nanos.getAsLong())) {
      throw streams.flood(Limit.RESETS);
    }
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    ClientStream known = streams.request(stream);
    if (known != null) {
      known.closed();
    }
  }

  @Override
  public void onStreamRemoved(Http2Stream stream) {
    if (streams.connection().numActiveStreams() == 0) {
      streams.becameIdle();
    }
  }

  @Override
  public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
    control();
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) {
    streams.noticed(data);
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
      throws Http2Exception {
    control();
  }

  @Override
  public void onSettingsAckRead(ChannelHandlerContext ctx) {
    streams.settingsTaken();
  }

  @Override
  public void onPriorityRead(
      ChannelHandlerContext ctx, int id, int dependency, short weight, boolean exclusive)
      throws Http2Exception {
    control();
  }

  @Override
  public void onUnknownFrame(
      ChannelHandlerContext ctx, byte type, int id, Http2Flags flags, ByteBuf payload)
      throws Http2Exception {
    control();
  }

  private void control() throws Http2Exception {
    if (floods.control(nanos.getAsLong())) {
      throw streams.flood(Limit.CONTROL_FRAMES);
    }
  }
}
