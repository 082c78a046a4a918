package dev.banyan.bench.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/// What is wrong with a candidate. Each runs as a small server in a process of its own.
enum Fault {
  /// Nothing: what the others are measured against, and against itself to see what chance does.
  NONE {
    @Override
    void answer(OutputStream out, Socket socket) throws IOException {
      well(out);
    }
  },
  /// Takes connections and requests, and never answers.
  BLACK_HOLE {
    @Override
    void answer(OutputStream out, Socket socket) {
      // The next read waits for good.
    }
  },
  /// Its queue of connections is full, so that the system answers no SYN.
  SYN_NOT_ANSWERED {
    @Override
    void answer(OutputStream out, Socket socket) {
      throw new IllegalStateException("it accepts nothing");
    }

    @Override
    void serve(int port) throws IOException {
      ServerSocket full = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
      fill(full);
      ready();
      while (true) {
        LockSupport.park(full);
      }
    }
  },
  RESETTING {
    @Override
    void answer(OutputStream out, Socket socket) throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  },
  A_BYTE_A_SECOND {
    @Override
    void answer(OutputStream out, Socket socket) throws IOException {
      send(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
      while (true) {
        send(out, "x");
        LockSupport.parkNanos(1_000_000_000L);
      }
    }
  },
  FAILING {
    @Override
    void answer(OutputStream out, Socket socket) throws IOException {
      send(out, "HTTP/1.1 500 Broken\r\nContent-Length: 6\r\n\r\nbroken");
    }
  },
  ENDLESS {
    @Override
    void answer(OutputStream out, Socket socket) throws IOException {
      send(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
      while (true) {
        send(out, chunk);
      }
    }
  },
  /// The legacy answers in less than a millisecond.
  TEN_TIMES_SLOWER {
    @Override
    void answer(OutputStream out, Socket socket) throws IOException {
      LockSupport.parkNanos(10_000_000L);
      well(out);
    }
  };

  /// More connections than any system lets wait at a queue of one.
  private static final int PLENTY = 64;

  /// What the process says once it does what it is to do.
  static final String READY = "ready";

  private static final byte[] WELL =
      ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 300\r\n\r\n"
              + new String(Upstream.body(300), StandardCharsets.US_ASCII))
          .getBytes(StandardCharsets.US_ASCII);

  private static final int UNANSWERED_MILLIS = 300;

  /// Its key in the JSON.
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  abstract void answer(OutputStream out, Socket socket) throws IOException;

  /// Takes connections for as long as the process runs.
  void serve(int port) throws IOException {
    try (ServerSocket server = new ServerSocket(port, 1_024, InetAddress.getLoopbackAddress())) {
      ready();
      while (true) {
        Socket socket = server.accept();
        var _ = Thread.ofVirtual().start(() -> serve(socket));
      }
    }
  }

  private static void ready() {
    System.out.println(READY);
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      // The load sends no bodies: a request ends with its head.
      int matched = 0;
      for (int c = in.read(); c >= 0; c = in.read()) {
        matched = c == "\r\n\r\n".charAt(matched) ? matched + 1 : c == '\r' ? 1 : 0;
        if (matched == 4) {
          matched = 0;
          answer(out, socket);
        }
      }
    } catch (IOException e) {
      // Banyan cut the connection off, or the fault did: both are what is to happen here.
      return;
    }
  }

  /// As the legacy answers.
  private static void well(OutputStream out) throws IOException {
    out.write(WELL);
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void fill(ServerSocket full) throws IOException {
    InetSocketAddress address = (InetSocketAddress) full.getLocalSocketAddress();
    for (int i = 0; i < PLENTY; i++) {
      try {
        // Open for as long as the process runs: it waits in the queue that nobody takes it from.
        new Socket().connect(address, UNANSWERED_MILLIS);
      } catch (SocketTimeoutException e) {
        return;
      }
    }
    throw new IOException("the queue takes everything");
  }
}
