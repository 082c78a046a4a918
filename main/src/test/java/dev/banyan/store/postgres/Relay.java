package dev.banyan.store.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A network between two programs that can be cut: then bytes vanish, and nobody is told.
final class Relay implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile boolean cut;

  Relay(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /// From now on nothing gets through.
  void cut() {
    cut = true;
  }

  /// New connections get through again; the old ones are lost.
  void mend() throws IOException {
    cut = false;
    for (Socket socket : open) {
      socket.close();
    }
    open.clear();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        open.add(client);
        if (!cut) {
          Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
          open.add(upstream);
          Thread.ofVirtual().start(() -> pass(client, upstream));
          Thread.ofVirtual().start(() -> pass(upstream, client));
        }
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void pass(Socket from, Socket to) {
    byte[] buffer = new byte[8_192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int n;
      while ((n = in.read(buffer)) >= 0) {
        if (!cut) {
          out.write(buffer, 0, n);
        }
      }
    } catch (IOException lost) {
      // So is the other half, by the closing of both.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    mend();
  }
}
