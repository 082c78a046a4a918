package dev.banyan.proxy.transport;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// A backend that does by chance what backends do on their worst day, and remembers every request
/// that it has read whole: that one it has run.
final class FaultyBackend implements AutoCloseable {
  /// One run of one request.
  record Run(String id, String side, long number) {}

  /// What all backends of a test remember together.
  static final class Memory {
    final AtomicLong numbers = new AtomicLong();
    final Map<String, ConcurrentLinkedQueue<Run>> runs = new ConcurrentHashMap<>();

    /// Requests of which a backend has read at least the head and then did worse than a 500.
    final Map<String, ConcurrentLinkedQueue<Fault>> faults = new ConcurrentHashMap<>();

    /// Bodies that did not come as they were sent.
    final ConcurrentLinkedQueue<String> garbled = new ConcurrentLinkedQueue<>();

    int runs(String id) {
      ConcurrentLinkedQueue<Run> of = runs.get(id);
      return of == null ? 0 : of.size();
    }

    boolean hasFaulted(String id, Fault fault) {
      ConcurrentLinkedQueue<Fault> of = faults.get(id);
      return of != null && of.contains(fault);
    }
  }

  enum Fault {
    /// Ends the connection in the middle of the request.
    HALF_READ,
    RESET_BEFORE_ANSWER,
    RESET_IN_HEAD,
    RESET_IN_BODY,
    HANG,
    STATUS_500,
    /// Answers well, and ends the connection some time later without having said so.
    CLOSE_AFTER,
    NONE
  }

  private final String side;
  private final Memory memory;
  private final Random random;
  private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  /// While it is out, every connection ends as soon as it is there.
  volatile boolean out;

  FaultyBackend(String side, Memory memory, long seed) throws IOException {
    this.side = side;
    this.memory = memory;
    this.random = new Random(seed);
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private synchronized int dice(int sides) {
    return random.nextInt(sides);
  }

  private void accept() {
    boolean open = true;
    while (open) {
      try {
        Socket socket = server.accept();
        if (out || dice(50) == 0) {
          reset(socket);
        } else {
          sockets.add(socket);
          Thread.ofVirtual().start(() -> serve(socket));
        }
      } catch (IOException e) {
        open = !server.isClosed(); // otherwise the client has left at once
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      Message request;
      while ((request = Message.readHead(in)) != null) {
        if (!answer(request, socket)) {
          return;
        }
      }
    } catch (IOException e) {
      sockets.remove(socket); // the other end has left, which is its right
    }
  }

  private Fault fate() {
    int number = dice(1_000);
    if (number < 20) {
      return Fault.HALF_READ;
    } else if (number < 50) {
      return Fault.RESET_BEFORE_ANSWER;
    } else if (number < 70) {
      return Fault.RESET_IN_HEAD;
    } else if (number < 90) {
      return Fault.RESET_IN_BODY;
    } else if (number < 96) {
      return Fault.HANG;
    } else if (number < 130) {
      return Fault.STATUS_500;
    }
    return number < 190 ? Fault.CLOSE_AFTER : Fault.NONE;
  }

  /// @return whether the connection is still of use
  private boolean answer(Message request, Socket socket) throws IOException {
    String id = String.valueOf(request.header("x-request-id"));
    Fault fate = fate();
    boolean shadow = request.header("x-banyan-shadow") != null;
    if (!shadow && fate != Fault.NONE && fate != Fault.STATUS_500 && fate != Fault.CLOSE_AFTER) {
      memory.faults.computeIfAbsent(id, _ -> new ConcurrentLinkedQueue<>()).add(fate);
    }
    if (fate == Fault.HALF_READ) {
      reset(socket);
      return false;
    }
    String body = new String(request.requestBody(), StandardCharsets.ISO_8859_1);
    String expected = request.header("x-body");
    if (expected != null && !body.equals(id.repeat(Integer.parseInt(expected)))) {
      memory.garbled.add(id);
    }
    long number = memory.numbers.incrementAndGet();
    if (!shadow) {
      memory
          .runs
          .computeIfAbsent(id, _ -> new ConcurrentLinkedQueue<>())
          .add(new Run(id, side, number));
    }
    return answer(fate, number, socket);
  }

  private boolean answer(Fault fate, long number, Socket socket) throws IOException {
    String status = fate == Fault.STATUS_500 ? "500 Broken" : "200 OK";
    String head = "HTTP/1.1 " + status + "\r\nX-Run: " + number + "\r\nContent-Length: 20\r\n\r\n";
    String answer = head + "x".repeat(20);
    switch (fate) {
      case RESET_IN_HEAD -> send(socket, answer.substring(0, 1 + dice(head.length() - 2)));
      case RESET_IN_BODY -> send(socket, answer.substring(0, head.length() + dice(20)));
      case HANG -> {
        return socket.getInputStream().read() >= 0;
      }
      case STATUS_500, CLOSE_AFTER, NONE -> send(socket, answer);
      case HALF_READ, RESET_BEFORE_ANSWER -> {}
    }
    if (fate == Fault.STATUS_500 || fate == Fault.NONE) {
      return true;
    }
    if (fate == Fault.CLOSE_AFTER) {
      pause();
    } else {
      reset(socket);
    }
    return false;
  }

  private void pause() throws IOException {
    try {
      Thread.sleep(dice(4));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /// Ends every connection at once, whatever is on it, as a process does that is killed.
  void crash() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  @Override
  public void close() throws IOException {
    server.close();
    crash();
  }
}
