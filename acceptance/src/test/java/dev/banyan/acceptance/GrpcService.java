package dev.banyan.acceptance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A service that speaks HTTP/2 without TLS and answers as gRPC does: 200, each message sent back,
/// and the status behind them in trailers. A call of `…/Fail` gets nothing but a status. One
/// virtual thread serves each connection.
final class GrpcService implements AutoCloseable {
  /// What has come of one. The thread of its connection alone touches it.
  private static final class Call {
    private final Map<String, String> head = new LinkedHashMap<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  }

  private final ServerSocket listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
  private final Queue<Map<String, String>> heads = new ConcurrentLinkedQueue<>();

  GrpcService() throws IOException {
    Thread.startVirtualThread(() -> {
      try {
        while (true) {
          Socket socket = listener.accept();
          open.add(socket);
          Thread.startVirtualThread(() -> serve(socket));
        }
      } catch (IOException e) {
        assert listener.isClosed() : e;
      }
    });
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  /// The heads of the calls that have come.
  Queue<Map<String, String>> heads() {
    return heads;
  }

  private void serve(Socket socket) {
    Map<Integer, Call> calls = new HashMap<>();
    try (Frames frames = Frames.ofService(socket)) {
      for (Frames.Frame frame = frames.next(); frame != null; frame = frames.next()) {
        Call call = calls.computeIfAbsent(frame.stream(), stream -> new Call());
        switch (frame.type()) {
          case Frames.HEADERS -> call.head.putAll(frames.fields(frame));
          case Frames.DATA -> call.body.writeBytes(frame.bytes());
          default -> {} // a call that was given up, or the end of the connection
        }
        if (frame.endsStream()) {
          calls.remove(frame.stream());
          heads.add(call.head);
          answer(frames, frame.stream(), call);
        }
      }
    } catch (IOException e) {
      // The gateway went away, or this service did.
      assert socket.isClosed() : e;
    }
  }

  private static void answer(Frames frames, int stream, Call call) throws IOException {
    Map<String, String> head = new LinkedHashMap<>();
    head.put(":status", "200");
    head.put("content-type", "application/grpc");
    if (call.head.getOrDefault(":path", "").endsWith("/Fail")) {
      head.put("grpc-status", "13");
      frames.headers(stream, head, true);
      return;
    }
    frames.headers(stream, head, false);
    frames.data(stream, call.body.toByteArray(), false);
    frames.headers(stream, Map.of("grpc-status", "0", "x-count", "1"), true);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
