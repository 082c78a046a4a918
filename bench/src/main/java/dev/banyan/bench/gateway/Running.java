package dev.banyan.bench.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/// A proxy that was started.
///
/// @param port where it is to serve, on 127.0.0.1
/// @param control the port of Banyan's control API; 0 for others
/// @param secured whether it speaks TLS on its port
record Running(Child child, int port, int control, boolean secured) implements AutoCloseable {
  private static final long PATIENCE_NANOS = 30_000_000_000L;
  private static final int SILENCE_MILLIS = 5_000;

  String url(String path) {
    return (secured ? "https" : "http") + "://127.0.0.1:" + port + path;
  }

  /// Waits until a request comes back with 200.
  ///
  /// @throws IOException when that takes longer than half a minute, or the process has ended
  void awaitAnswer(String path) throws IOException {
    awaitAnswer(port, path, secured);
  }

  /// Waits until the control plane, which comes up after the gateway, says that all is up.
  void awaitControl() throws IOException {
    awaitAnswer(control, "/readyz", false);
  }

  private void awaitAnswer(int where, String path, boolean tls) throws IOException {
    long from = System.nanoTime();
    while (!answers(where, path, tls)) {
      if (!child.process().isAlive() || System.nanoTime() - from > PATIENCE_NANOS) {
        throw new IOException("no answer on port " + where + ": " + child.said());
      }
      LockSupport.parkNanos(500_000);
    }
  }

  private static boolean answers(int where, String path, boolean tls) {
    try (Socket socket = connect(where, tls)) {
      socket.setSoTimeout(SILENCE_MILLIS);
      String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      byte[] start = in.readNBytes("HTTP/1.1 200".length());
      return new String(start, StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
    } catch (IOException e) {
      // Not up yet; whoever waits gives up in time.
      return false;
    }
  }

  private static Socket connect(int where, boolean tls) throws IOException {
    return tls
        ? Certificate.trusting().createSocket(InetAddress.getLoopbackAddress(), where)
        : new Socket(InetAddress.getLoopbackAddress(), where);
  }

  @Override
  public void close() {
    child.close();
  }
}
