package dev.banyan.acceptance;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A network between one process and a server: it passes bytes until it is cut, and then nothing
/// more, as a pulled cable does: no connection is closed, and none comes about.
///
/// Safe for use by many threads. One virtual thread serves each direction of a connection.
final class Relay implements AutoCloseable {
  private final int target;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  private Relay(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 128);
    Thread.ofVirtual().name("relay").start(this::accept);
  }

  static Relay to(int port) throws IOException {
    return new Relay(port);
  }

  int port() {
    return listener.getLocalPort();
  }

  /// From now on nothing comes through.
  void cut() {
    cut = true;
  }

  /// Lets new connections through again; those that were cut are reset.
  void heal() throws IOException {
    for (Socket socket : open) {
      try (socket) {
        socket.setSoLinger(true, 0);
      } catch (SocketException e) {
        assert socket.isClosed() : e; // its other end has gone meanwhile
      }
    }
    cut = false;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        open.add(client);
        if (!cut) {
          connect(client);
        }
      }
    } catch (IOException e) {
      assert listener.isClosed() : e;
    }
  }

  /// A server that is not there refuses whoever comes by this way, too.
  private void connect(Socket client) throws IOException {
    try {
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      open.add(server);
      // A cable holds nothing back until an earlier segment was acknowledged.
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread.startVirtualThread(() -> pass(client, server));
      Thread.startVirtualThread(() -> pass(server, client));
    } catch (ConnectException e) {
      client.close();
    }
  }

  private void pass(Socket from, Socket to) {
    byte[] bytes = new byte[16_384];
    try (from;
        to) {
      for (int read; (read = from.getInputStream().read(bytes)) >= 0; ) {
        if (cut) {
          // Neither on nor back: the other end waits, as it would at a cable that is cut.
          Thread.sleep(Long.MAX_VALUE);
        }
        to.getOutputStream().write(bytes, 0, read);
      }
    } catch (IOException e) {
      assert from.isClosed() || to.isClosed() || cut : e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
