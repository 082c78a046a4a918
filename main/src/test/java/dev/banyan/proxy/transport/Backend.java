package dev.banyan.proxy.transport;

import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/// A backend written by hand: reads requests off a socket and answers as its script says.
final class Backend implements AutoCloseable {
  /// Answers one request, or does something worse.
  interface Script {
    void answer(Message request, Connection connection) throws IOException;
  }

  /// One connection, as a script sees it.
  static final class Connection {
    final Socket socket;
    final InputStream in;
    final OutputStream out;

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    void ok(String body) throws IOException {
      send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    void status(int status, String body) throws IOException {
      send("HTTP/1.1 " + status + " X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    /// Ends the connection by a reset.
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }

  private final ServerSocket server;
  private final Script script;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  final List<Message> seen = new CopyOnWriteArrayList<>();
  final AtomicInteger accepted = new AtomicInteger();
  final AtomicInteger ended = new AtomicInteger();

  Backend(Script script) throws IOException {
    this(script, ServerSocketFactory.getDefault(), InetAddress.getLoopbackAddress());
  }

  /// A backend behind other sockets than plain ones.
  Backend(Script script, ServerSocketFactory sockets) throws IOException {
    this(script, sockets, InetAddress.getLoopbackAddress());
  }

  Backend(Script script, InetAddress at) throws IOException {
    this(script, ServerSocketFactory.getDefault(), at);
  }

  private Backend(Script script, ServerSocketFactory sockets, InetAddress at) throws IOException {
    this.script = script;
    this.server = sockets.createServerSocket(0, 200, at);
    Thread.ofVirtual().start(this::accept);
  }

  static Backend echoing(String name) throws IOException {
    return new Backend((request, connection) -> connection.ok(name + " " + request.target()));
  }

  /// A port where nobody listens.
  static int deadPort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        accepted.incrementAndGet();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      Connection connection = new Connection(socket);
      while (true) {
        Message request = Message.readHead(connection.in);
        if (request == null) {
          break;
        }
        seen.add(request);
        script.answer(request, connection);
      }
    } catch (IOException e) {
      // The gateway went away, which some tests are about: they look at `ended`.
      sockets.remove(socket);
    } finally {
      ended.incrementAndGet();
    }
  }

  int port() {
    return server.getLocalPort();
  }

  ServiceOptions as(String name) {
    return service(name, port());
  }

  /// As a service that is given up soon; for backends that are silent.
  ServiceOptions impatientlyAs(String name) {
    return service(name, port(), Duration.ofMillis(300));
  }

  static ServiceOptions service(String name, int port) {
    return service(name, port, Duration.ofSeconds(20));
  }

  private static ServiceOptions service(String name, int port, Duration responseTimeout) {
    return ServiceBuilder.service(name, port).responseTimeout(responseTimeout).build();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
