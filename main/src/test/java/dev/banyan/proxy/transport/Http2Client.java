package dev.banyan.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A client of HTTP/2 that writes frames as it is told, right or wrong, and reads what comes.
final class Http2Client implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;

  /// One frame as it came.
  @SuppressWarnings("ArrayRecordComponent") // read and dropped, never compared
  record Frame(int type, int flags, int stream, byte[] payload) {
    /// The number that a RST_STREAM begins with.
    int number() {
      return Unpooled.wrappedBuffer(payload).getInt(0);
    }

    int goAwayLast() {
      return Unpooled.wrappedBuffer(payload).getInt(0);
    }

    int goAwayCode() {
      return Unpooled.wrappedBuffer(payload).getInt(4);
    }

    boolean ends() {
      return type <= HEADERS && (flags & END_STREAM) != 0;
    }
  }

  /// What came on one stream.
  static final class Answer {
    final List<Http2Headers> blocks = new ArrayList<>();
    final ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean ended;
    int reset = -1;

    int status() {
      return Integer.parseInt(String.valueOf(blocks.getFirst().status()));
    }

    @Nullable String header(String name) {
      CharSequence value = blocks.getFirst().get(name);
      return value == null ? null : value.toString();
    }

    String text() {
      return body.toString(StandardCharsets.ISO_8859_1);
    }
  }

  final Socket socket;
  final TreeMap<Integer, Answer> answers = new TreeMap<>();
  @Nullable Frame goAway;
  final List<Integer> goAways = new ArrayList<>();
  boolean ended;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
  private int next = 1;

  /// Whether what was received is acknowledged with more window.
  boolean opensWindows = true;

  Http2Client(InetSocketAddress gateway) throws IOException {
    this(connected(gateway));
  }

  Http2Client(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(15_000);
    in = new DataInputStream(socket.getInputStream());
    write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
  }

  private static Socket connected(InetSocketAddress gateway) throws IOException {
    Socket socket = new Socket();
    socket.connect(gateway, 5_000);
    return socket;
  }

  // ---- sending

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  static byte[] frameBytes(int type, int flags, int stream, byte[] payload) {
    ByteBuf frame = Unpooled.buffer(9 + payload.length);
    frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    frame.writeBytes(payload);
    byte[] bytes = new byte[frame.readableBytes()];
    frame.readBytes(bytes);
    return bytes;
  }

  void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    write(frameBytes(type, flags, stream, payload));
  }

  /// Fields as literals that nobody remembers, exactly as they are given.
  static byte[] block(String... namesAndValues) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      block.write(0);
      literal(block, namesAndValues[i]);
      literal(block, namesAndValues[i + 1]);
    }
    return block.toByteArray();
  }

  private static void literal(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      block.write(bytes.length);
    } else {
      block.write(127);
      int rest = bytes.length - 127;
      while (rest >= 128) {
        block.write(rest % 128 + 128);
        rest /= 128;
      }
      block.write(rest);
    }
    block.writeBytes(bytes);
  }

  static String[] head(String method, String path, String... more) {
    String[] all = new String[8 + more.length];
    String[] pseudo = {":method", method, ":scheme", "http", ":authority", "shop", ":path", path};
    System.arraycopy(pseudo, 0, all, 0, 8);
    System.arraycopy(more, 0, all, 8, more.length);
    return all;
  }

  /// Begins a request with these fields.
  int open(boolean ends, String... namesAndValues) throws IOException {
    int stream = next;
    next += 2;
    frame(HEADERS, END_HEADERS | (ends ? END_STREAM : 0), stream, block(namesAndValues));
    return stream;
  }

  Answer get(String path, String... more) throws IOException {
    return answer(open(true, head("GET", path, more)));
  }

  void data(int stream, String text, boolean ends) throws IOException {
    frame(DATA, ends ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  // ---- receiving

  /// Reads until a stream has ended, by its end or a reset.
  Answer answer(int stream) throws IOException {
    while (true) {
      Answer answer = answers.get(stream);
      if (answer != null && (answer.ended || answer.reset >= 0)) {
        return answer;
      }
      if (read() == null) {
        throw new EOFException("the connection ended before stream " + stream);
      }
    }
  }

  /// Reads to the end of the connection.
  ///
  /// @return the code of the last GOAWAY, or -1
  int readToEnd() throws IOException {
    while (read() != null) {
      // all of it
    }
    Frame last = goAway;
    return last == null ? -1 : last.goAwayCode();
  }

  Frame next() throws IOException {
    Frame frame = read();
    if (frame == null) {
      throw new EOFException("the connection ended");
    }
    return frame;
  }

  /// The next frame, or null at the end of the connection.
  @Nullable Frame read() throws IOException {
    Frame frame;
    try {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int stream = in.readInt();
      frame = new Frame(type, flags, stream, in.readNBytes(length));
    } catch (EOFException | SocketException e) {
      ended = true;
      return null;
    }
    take(frame);
    return frame;
  }

  private void take(Frame frame) throws IOException {
    Answer answer = answers.computeIfAbsent(frame.stream(), stream -> new Answer());
    switch (frame.type()) {
      case HEADERS -> answer.blocks.add(decoded(frame));
      case DATA -> {
        answer.body.writeBytes(frame.payload());
        if (opensWindows && frame.payload().length > 0) {
          window(0, frame.payload().length);
          if (!frame.ends()) {
            window(frame.stream(), frame.payload().length);
          }
        }
      }
      case RST_STREAM -> answer.reset = frame.number();
      case SETTINGS -> {
        if ((frame.flags() & ACK) == 0) {
          frame(SETTINGS, ACK, 0, new byte[0]);
        }
      }
      case PING -> {
        if ((frame.flags() & ACK) == 0) {
          frame(PING, ACK, 0, frame.payload());
        }
      }
      case GOAWAY -> {
        goAway = frame;
        goAways.add(frame.goAwayLast());
      }
      default -> {
        // of no interest
      }
    }
    answer.ended |= frame.ends();
  }

  void window(int stream, int bytes) throws IOException {
    try {
      frame(WINDOW_UPDATE, 0, stream, number(bytes));
    } catch (SocketException e) {
      ended = true; // it was closed behind the frame that is being read
    }
  }

  static byte[] number(int value) {
    return new byte[] {
      (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
    };
  }

  private Http2Headers decoded(Frame frame) throws IOException {
    try {
      return decoder.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload()));
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
