package dev.banyan.proxy.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.proxy.FrontTls;
import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions.Tls;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A tunnel of which one end, or each, speaks TLS.
class TlsTunnelTest {
  enum Secured {
    FRONT,
    BACK,
    BOTH;

    boolean front() {
      return this != BACK;
    }

    boolean back() {
      return this != FRONT;
    }
  }

  @TempDir static Path folder;
  private static Authority authority;
  private static Path ca;
  private static FrontTls front;

  @BeforeAll
  static void makeAuthority() throws Exception {
    authority = new Authority();
    ca = authority.file(folder);
    front = TestCertificate.in(folder, "front");
  }

  /// What was accepted last, below TLS where there is TLS.
  private final AtomicReference<Socket> accepted = new AtomicReference<>();

  private Backend backend(Secured secured, Backend.Script script) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(authority.issue("localhost").toKeyManagerFactory().getKeyManagers(), null, null);
    return new Backend(script, new Accepting(secured.back() ? context : null));
  }

  /// Sockets of TLS upon others that can be reset without a word of TLS.
  private final class Accepting extends ServerSocketFactory {
    private final @Nullable SSLContext context;

    Accepting(@Nullable SSLContext context) {
      this.context = context;
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress at)
        throws IOException {
      return new ServerSocket(port, backlog, at) {
        @Override
        public Socket accept() throws IOException {
          Socket raw = super.accept();
          accepted.set(raw);
          return context == null
              ? raw
              : context.getSocketFactory().createSocket(raw, InputStream.nullInputStream(), true);
        }
      };
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
      return createServerSocket(port, 50);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
      return createServerSocket(port, backlog, InetAddress.getLoopbackAddress());
    }
  }

  private static Rig rig(Secured secured, Backend backend) {
    ServiceBuilder service =
        secured.back()
            ? ServiceBuilder.service("legacy", "https://localhost:" + backend.port())
                .verified(new Tls(ca, null, true))
            : ServiceBuilder.service("legacy", backend.port());
    Rig.Builder rig = new Rig.Builder().service(service.build());
    return (secured.front() ? rig.tls(front) : rig).start();
  }

  /// A client whose tunnel stands.
  private static final class Upgraded implements AutoCloseable {
    final Socket socket;
    final InputStream in;

    Upgraded(Rig rig, Secured secured) throws Exception {
      socket = secured.front() ? TestCertificate.connect(rig, "http/1.1") : plain(rig);
      in = new BufferedInputStream(socket.getInputStream());
      send(
          "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n"
              .getBytes(ISO_8859_1));
      Message head = Message.readHead(in);
      assertThat(head == null ? 0 : head.status()).isEqualTo(101);
    }

    private static Socket plain(Rig rig) throws IOException {
      Socket socket = new Socket();
      socket.connect(rig.gateway.address(), 5_000);
      socket.setSoTimeout(15_000);
      return socket;
    }

    void send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void passesBytesBothWays(Secured secured) throws Exception {
    byte[] bytes = TunnelTest.random(2_000_000, 11);
    try (Backend legacy = backend(secured, TunnelTest::echo);
        Rig rig = rig(secured, legacy);
        Upgraded client = new Upgraded(rig, secured)) {
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  client.send(bytes);
                } catch (IOException e) {
                  rig.ends.add("cannot send: " + e);
                }
              });
      assertThat(Arrays.equals(client.in.readNBytes(bytes.length), bytes)).isTrue();
      writer.join();
      assertThat(rig.ends).isEmpty();
    }
  }

  /// Over TLS an end that is not told is one that somebody may have cut off: reading throws then.
  @ParameterizedTest
  @EnumSource
  void passesTheBackendsEndOnInOrderBehindItsLastBytes(Secured secured) throws Exception {
    byte[] all = TunnelTest.random(1_000_000, 12);
    try (Backend legacy =
            backend(
                secured,
                (_, connection) -> {
                  connection.send(TunnelTest.AGREED);
                  connection.out.write(all);
                  connection.socket.shutdownOutput();
                  connection.in.readAllBytes();
                });
        Rig rig = rig(secured, legacy);
        Upgraded client = new Upgraded(rig, secured)) {
      assertThat(Arrays.equals(client.in.readAllBytes(), all)).isTrue();
      client.socket.close();
      Rig.until(() -> rig.ends.contains("answered 101"));
      Rig.until(() -> rig.gateway.levels().tunnels() == 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void passesTheClientsEndOnInOrderBehindItsLastBytes(Secured secured) throws Exception {
    byte[] all = TunnelTest.random(1_000_000, 13);
    AtomicInteger received = new AtomicInteger();
    List<String> end = new CopyOnWriteArrayList<>();
    try (Backend legacy =
            backend(
                secured,
                (_, connection) -> {
                  connection.send(TunnelTest.AGREED);
                  try {
                    received.set(connection.in.readAllBytes().length);
                    end.add("in order");
                  } catch (IOException e) {
                    end.add(e.toString());
                  }
                });
        Rig rig = rig(secured, legacy);
        Upgraded client = new Upgraded(rig, secured)) {
      client.send(all);
      client.socket.shutdownOutput();
      Rig.until(() -> !end.isEmpty());
      assertThat(end).containsExactly("in order");
      assertThat(received).hasValue(all.length);
      Rig.until(() -> rig.ends.contains("answered 101"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBackendsResetIsNotTakenForAnEnd(Secured secured) throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    try (Backend legacy =
            backend(
                secured,
                (_, connection) -> {
                  connection.send(TunnelTest.AGREED + "some");
                  TunnelTest.await(stop);
                  Socket raw = Objects.requireNonNull(accepted.get());
                  raw.setSoLinger(true, 0);
                  raw.close();
                });
        Rig rig = rig(secured, legacy);
        Upgraded client = new Upgraded(rig, secured)) {
      assertThat(TunnelTest.read(client.in, 4)).isEqualTo("some");
      stop.countDown();
      assertThatThrownBy(client.in::read).isInstanceOf(IOException.class);
      Rig.until(() -> rig.ends.contains("broken-off 101"));
    }
  }
}
