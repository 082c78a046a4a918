package dev.banyan.acceptance;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocket;

/// A throw-away service on a port of its own, with scripted behaviour. It counts every request and
/// remembers the first [#REMEMBERED].
///
/// Safe for use by many threads. One virtual thread serves each connection.
final class Backend implements AutoCloseable {
  static final int REMEMBERED = 50_000;

  /// One request, and when its last byte had come.
  record Received(Message request, long nanos) {}

  private final String name;
  private final ServerSocketFactory sockets;
  private final int port;
  private final AtomicLong count = new AtomicLong();
  private final ConcurrentLinkedQueue<Received> received = new ConcurrentLinkedQueue<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Function<Message, Reply> script = Reply::plain;
  private volatile ServerSocket listener;

  private Backend(String name, ServerSocketFactory sockets) throws IOException {
    this.name = name;
    this.sockets = sockets;
    this.listener = listen(0);
    this.port = listener.getLocalPort();
    serve(listener);
  }

  /// A backend that answers [Reply#plain] and names itself in the header `Server`.
  static Backend named(String name) throws IOException {
    return new Backend(name, ServerSocketFactory.getDefault());
  }

  /// The same on sockets of TLS.
  static Backend secured(String name, ServerSocketFactory sockets) throws IOException {
    return new Backend(name, sockets);
  }

  Backend behave(Function<Message, Reply> next) {
    script = next;
    return this;
  }

  int port() {
    return port;
  }

  /// A connection past the gateway.
  Client client() {
    return new Client(port);
  }

  String url() {
    return (listener instanceof SSLServerSocket ? "https" : "http") + "://127.0.0.1:" + port;
  }

  /// How many requests have come so far.
  long count() {
    return count.get();
  }

  /// How many of the remembered requests are of this kind.
  long count(Predicate<Message> kind) {
    return received.stream().filter(each -> kind.test(each.request())).count();
  }

  /// The requests remembered, in the order they came.
  List<Received> received() {
    return List.copyOf(received);
  }

  /// From now on connections are refused, and those that are open are reset.
  void refuse() throws IOException {
    listener.close();
    for (Socket socket : open) {
      reset(socket);
    }
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (accepts() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
  }

  /// The kernel goes on for a moment while another thread still waits for the next connection.
  private boolean accepts() {
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /// Listens on the same port again.
  void accept() throws IOException {
    listener = listen(port);
    serve(listener);
  }

  @Override
  public void close() throws IOException {
    refuse();
  }

  private ServerSocket listen(int port) throws IOException {
    ServerSocket socket = sockets.createServerSocket();
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    return socket;
  }

  private void serve(ServerSocket socket) {
    Thread.ofVirtual()
        .name(name)
        .start(() -> {
          try {
            while (true) {
              Socket connection = socket.accept();
              Thread.ofVirtual().start(() -> converse(connection));
            }
          } catch (IOException e) {
            // The listener was closed: there is nothing more to accept.
            assert socket.isClosed() : e;
          }
        });
  }

  private void converse(Socket socket) {
    open.add(socket);
    try (socket) {
      socket.setTcpNoDelay(true);
      MessageReader in = new MessageReader(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      for (Message next = in.request(); next != null; next = in.request()) {
        if (count.getAndIncrement() < REMEMBERED) {
          received.add(new Received(next, System.nanoTime()));
        }
        perform(script.apply(next), next, socket, in, out);
      }
    } catch (IOException e) {
      // The other end went away, or the script said so: both are part of a connection's life.
      assert socket.isClosed() : e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  private void perform(
      Reply reply, Message request, Socket socket, MessageReader in, OutputStream out)
      throws IOException, InterruptedException {
    switch (reply) {
      case Reply.Whole whole -> out.write(bytes(whole, request.method().equals("HEAD")));
      case Reply.Late late -> {
        Thread.sleep(late.by());
        perform(late.then(), request, socket, in, out);
      }
      case Reply.Hang() -> in.drain();
      case Reply.Reset() -> reset(socket);
      case Reply.Half() -> {
        out.write(head(200, "Content-Type: text/plain\r\nContent-Length: 2000\r\n"));
        out.write("half of it".repeat(100).getBytes(StandardCharsets.US_ASCII));
        // A reset overtakes what was just sent; the pause lets the first half arrive.
        Thread.sleep(20);
        reset(socket);
      }
      case Reply.Tunnel() -> {
        out.write(
            ("HTTP/1.1 101 Switching Protocols\r\nServer: "
                    + name
                    + "\r\n"
                    + "Connection: Upgrade\r\nUpgrade: "
                    + request.header("upgrade")
                    + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        socket.getInputStream().transferTo(out);
        socket.shutdownOutput();
      }
      case Reply.Events(BlockingQueue<String> words) -> {
        out.write(head(200, "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"));
        while (true) {
          String event = "data: " + words.take() + "\n\n";
          out.write(
              (Integer.toHexString(event.length()) + "\r\n" + event + "\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
        }
      }
      case Reply.Endless() -> {
        out.write(head(200, "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n"));
        byte[] chunk = ("2000\r\n" + "x".repeat(0x2000) + "\r\n").getBytes(StandardCharsets.UTF_8);
        while (true) {
          out.write(chunk);
          Thread.sleep(1);
        }
      }
    }
  }

  private byte[] bytes(Reply.Whole whole, boolean head) {
    StringBuilder text = new StringBuilder(256);
    whole.headers().forEach((key, value) -> text.append(key + ": " + value + "\r\n"));
    byte[] body = whole.body().getBytes(StandardCharsets.UTF_8);
    if (whole.status() != 204) {
      text.append("Content-Length: " + body.length + "\r\n");
    }
    byte[] start = head(whole.status(), text.toString());
    if (head) {
      return start;
    }
    byte[] all = new byte[start.length + body.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(body, 0, all, start.length, body.length);
    return all;
  }

  private byte[] head(int status, String headers) {
    return ("HTTP/1.1 " + status + " Scripted\r\nServer: " + name + "\r\n" + headers + "\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void reset(Socket socket) throws IOException {
    if (!socket.isClosed()) {
      // Zero seconds of linger turn the close into a reset.
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }
}
