package dev.banyan.acceptance;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The frames of one connection of HTTP/2, from either end (RFC 9113). Only the compression of
/// headers is a library's. SETTINGS and PING are answered; windows are opened wide, and the other
/// end's are taken to be wide enough. Any thread writes, one reads.
final class Frames implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RESET = 3;
  static final int GO_AWAY = 7;
  static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int ACK = 1;
  private static final int WIDE = 1 << 30;
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /// One frame as it came.
  record Frame(int type, int flags, int stream, ByteBuffer payload) {
    byte[] bytes() {
      byte[] bytes = new byte[payload.capacity()];
      payload.get(0, bytes);
      return bytes;
    }

    boolean endsStream() {
      return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);

  private Frames(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /// Begins to speak, knowing that the other end speaks HTTP/2.
  static Frames ofClient(Socket socket) throws IOException {
    Frames frames = new Frames(socket);
    frames.out.write(PREFACE);
    frames.greet();
    return frames;
  }

  /// Expects that the other end begins so.
  static Frames ofService(Socket socket) throws IOException {
    Frames frames = new Frames(socket);
    byte[] begin = frames.in.readNBytes(PREFACE.length);
    if (!Arrays.equals(begin, PREFACE)) {
      throw new IOException("not HTTP/2: " + new String(begin, StandardCharsets.ISO_8859_1));
    }
    frames.greet();
    return frames;
  }

  private void greet() throws IOException {
    // 4 is the window that each stream begins with.
    write(SETTINGS, 0, 0, ByteBuffer.allocate(6).putShort((short) 4).putInt(WIDE).array());
    write(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(WIDE).array());
  }

  /// The next frame that is about a stream or the connection's end, or null once there is none.
  @Nullable Frame next() throws IOException {
    while (true) {
      Frame frame = read();
      if (frame == null) {
        return null;
      }
      switch (frame.type()) {
        case SETTINGS, PING -> {
          if ((frame.flags() & ACK) == 0) {
            byte[] echo = frame.type() == PING ? frame.bytes() : new byte[0];
            write(frame.type(), ACK, 0, echo);
          }
        }
        case DATA, HEADERS, RESET, GO_AWAY -> {
          return frame;
        }
        default -> {} // windows, and what is new
      }
    }
  }

  private @Nullable Frame read() throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    int length = first << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = in.readNBytes(length);
    if (payload.length < length) {
      throw new EOFException("the connection ended within a frame");
    }
    return new Frame(type, flags, stream, ByteBuffer.wrap(payload));
  }

  /// The fields of a frame of headers. To be asked of each, in the order they came.
  Map<String, String> fields(Frame frame) throws IOException {
    if ((frame.flags() & ~(END_STREAM | END_HEADERS)) != 0 || (frame.flags() & END_HEADERS) == 0) {
      throw new IOException("padded, with a priority, or in parts: flags " + frame.flags());
    }
    try {
      Http2Headers headers =
          decoder.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.bytes()));
      Map<String, String> fields = new LinkedHashMap<>();
      for (Map.Entry<CharSequence, CharSequence> each : headers) {
        fields.merge(
            each.getKey().toString(),
            each.getValue().toString(),
            (before, more) -> before + ", " + more);
      }
      return fields;
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  /// @param fields those with a colon first
  synchronized void headers(int stream, Map<String, String> fields, boolean end)
      throws IOException {
    Http2Headers headers = new DefaultHttp2Headers(false);
    fields.forEach(headers::add);
    ByteBuf block = Unpooled.buffer();
    try {
      encoder.encodeHeaders(stream, headers, block);
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
    write(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, ByteBufUtil.getBytes(block));
  }

  void data(int stream, byte[] bytes, boolean end) throws IOException {
    write(DATA, end ? END_STREAM : 0, stream, bytes);
  }

  private synchronized void write(int type, int flags, int stream, byte[] payload)
      throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.put((byte) (payload.length >> 16)).putShort((short) payload.length);
    frame.put((byte) type).put((byte) flags).putInt(stream).put(payload);
    out.write(frame.array());
    out.flush();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
