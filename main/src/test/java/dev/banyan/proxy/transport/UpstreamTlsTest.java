package dev.banyan.proxy.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.proxy.ServiceAddresses;
import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.proxy.ServiceOptions.Protocol;
import dev.banyan.proxy.ServiceOptions.Tls;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpstreamTlsTest {
  @TempDir static Path folder;
  private static Authority authority;
  private static Path ca;

  @BeforeAll
  static void makeAuthority() throws Exception {
    authority = new Authority();
    ca = authority.file(folder);
  }

  private static Backend secured(X509Bundle certificate) throws Exception {
    return new Backend(
        (request, connection) -> connection.ok("secured " + request.target()),
        Authority.sockets(certificate));
  }

  private static ServiceBuilder service(int port, String host, Tls tls) {
    return ServiceBuilder.service("legacy", "https://" + host + ":" + port).verified(tls);
  }

  private static Rig rig(ServiceOptions options) {
    return new Rig.Builder().service(options).start();
  }

  private static String asked(Rig rig) throws IOException {
    try (Client client = rig.client()) {
      return client.get("/a").answer();
    }
  }

  @Test
  void speaksToAVerifiedBackendAndKeepsTheConnection() throws Exception {
    try (Backend backend = secured(authority.issue("localhost"));
        Rig rig = rig(service(backend.port(), "localhost", new Tls(ca, null, true)).build())) {
      assertThat(asked(rig)).isEqualTo("200 secured /a");
      assertThat(asked(rig)).isEqualTo("200 secured /a");
      assertThat(backend.accepted).hasValue(1);
    }
  }

  @Test
  void asksForTheNameOfTheUrlOrForTheOneThatIsSet() throws Exception {
    List<String> names = new CopyOnWriteArrayList<>();
    Backend.Script telling =
        (request, connection) -> {
          names.add(asked(((SSLSocket) connection.socket).getSession()));
          connection.ok("x");
        };
    try (Backend backend =
        new Backend(telling, Authority.sockets(authority.issue("users.internal")))) {
      Tls named = new Tls(ca, "users.internal", true);
      try (Rig rig = rig(service(backend.port(), "127.0.0.1", named).build())) {
        assertThat(asked(rig)).isEqualTo("200 x");
      }
      try (Rig rig = rig(service(backend.port(), "127.0.0.1", new Tls(ca, null, true)).build())) {
        assertThat(asked(rig)).isEqualTo("200 x");
      }
    }
    assertThat(names).containsExactly("users.internal", "none");
  }

  private static String asked(SSLSession session) {
    List<SNIServerName> names = ((ExtendedSSLSession) session).getRequestedServerNames();
    return names.isEmpty() ? "none" : new String(names.getFirst().getEncoded(), US_ASCII);
  }

  @Test
  void refusesAnUnknownAuthorityAndSaysSoToOperatorsOnly() throws Exception {
    try (Backend backend = secured(authority.issue("localhost"));
        Rig rig = rig(service(backend.port(), "localhost", new Tls(null, null, true)).build())) {
      assertThat(asked(rig))
          .startsWith("502 ")
          .contains("backend-unreachable")
          .doesNotContain("certificate");
      assertThat(rig.outcomes).containsExactly("legacy CONNECT");
      assertThat(rig.details)
          .singleElement()
          .asString()
          .startsWith("UNSENT")
          .contains("unknown authority");
      assertThat(backend.seen).isEmpty();
    }
  }

  @Test
  void saysWhatIsWrongWithACertificateOfAnAuthorityWithTheSameNameAndAnotherKey() throws Exception {
    Tls trusting = new Tls(new Authority().file(folder), null, true);
    try (Backend backend = secured(authority.issue("localhost"));
        Rig rig = rig(service(backend.port(), "localhost", trusting).build())) {
      assertThat(asked(rig)).startsWith("502 ");
      assertThat(rig.details)
          .singleElement()
          .asString()
          .contains("its certificate is not accepted", "signature");
    }
  }

  @Test
  void aFailureWithoutWordsIsCalledByItsKind() {
    assertThat(BackendTls.describe(new ClosedChannelException()))
        .isEqualTo("ClosedChannelException");
  }

  @Test
  void refusesAWrongNameAndAnExpiredCertificate() throws Exception {
    Tls trusting = new Tls(ca, null, true);
    try (Backend backend = secured(authority.issueForNameOnly("elsewhere.internal"));
        Rig rig = rig(service(backend.port(), "localhost", trusting).build())) {
      assertThat(asked(rig)).startsWith("502 ");
      assertThat(rig.details).singleElement().asString().contains("localhost", "not accepted");
    }
    try (Backend backend = secured(authority.issueForNameOnly("localhost"));
        Rig rig = rig(service(backend.port(), "127.0.0.1", trusting).build())) {
      assertThat(asked(rig)).startsWith("502 ");
      assertThat(rig.details).singleElement().asString().contains("127.0.0.1", "not accepted");
    }
    try (Backend backend = secured(authority.issueExpired("localhost"));
        Rig rig = rig(service(backend.port(), "localhost", trusting).build())) {
      assertThat(asked(rig)).startsWith("502 ");
      assertThat(rig.details).singleElement().asString().contains("has expired");
    }
  }

  @Test
  void takesAnyCertificateWhereVerifyIsOff() throws Exception {
    try (Backend backend = secured(authority.issueExpired("elsewhere.internal"));
        Rig rig = rig(service(backend.port(), "localhost", new Tls(null, null, false)).build())) {
      assertThat(asked(rig)).isEqualTo("200 secured /a");
    }
  }

  @Test
  void doesNotWaitForAHandshakeLongerThanForAConnection() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Rig rig =
            rig(
                service(silent.getLocalPort(), "localhost", new Tls(ca, null, true))
                    .connectTimeout(Duration.ofMillis(300))
                    .build())) {
      assertThat(asked(rig)).startsWith("502 ").contains("backend-unreachable");
      assertThat(rig.details).singleElement().asString().startsWith("UNSENT");
    }
  }

  @Test
  void failsAtOnceWhereThePeerSpeaksNoTls() throws Exception {
    try (ServerSocket plain = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Rig rig =
            rig(service(plain.getLocalPort(), "localhost", new Tls(ca, null, true)).build())) {
      Thread.ofVirtual().start(() -> answerPlainly(plain));
      assertThat(asked(rig)).startsWith("502 ");
      assertThat(rig.outcomes).containsExactly("legacy CONNECT");
      assertThat(rig.details).singleElement().asString().startsWith("UNSENT");
    }
  }

  private static void answerPlainly(ServerSocket server) {
    try (Socket client = server.accept()) {
      client.getOutputStream().write("HTTP/1.1 400 X\r\n\r\n".getBytes(US_ASCII));
      client.getInputStream().readAllBytes();
    } catch (IOException e) {
      assertThat(e).isNotNull(); // the gateway has closed it, as it must
    }
  }

  @Test
  void resumesTheSessionOfAnEarlierConnection() throws Exception {
    List<Long> made = new CopyOnWriteArrayList<>();
    Backend.Script closing =
        (request, connection) -> {
          made.add(((SSLSocket) connection.socket).getSession().getCreationTime());
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        };
    try (Backend backend = new Backend(closing, Authority.sockets(authority.issue("localhost")));
        Rig rig = rig(service(backend.port(), "localhost", new Tls(ca, null, true)).build())) {
      for (int i = 0; i < 3; i++) {
        assertThat(asked(rig)).isEqualTo("200 ");
        Thread.sleep(5); // so that sessions made anew have other times
      }
    }
    assertThat(made).hasSize(3);
    assertThat(made.get(2)).isIn(made.get(0), made.get(1));
  }

  @Test
  void saysWhichFileOfCertificatesCannotBeUsedAndWhy() throws Exception {
    Path absent = folder.resolve("absent.pem");
    Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing here");
    Services services = new Services(Map.of());
    ServiceOptions plain = ServiceBuilder.service("legacy", 1).build();
    services.publish(Map.of("legacy", plain));

    assertThatThrownBy(() -> services.publish(using(absent)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("legacy")
        .hasMessageContaining("there is no file " + absent);
    assertThatThrownBy(() -> services.publish(using(empty)))
        .hasMessageContaining(empty + " holds no PEM certificate");
    assertThat(services.all()).extracting(ServiceAddresses::options).containsExactly(plain);
  }

  private static Map<String, ServiceOptions> using(Path file) {
    return Map.of("legacy", service(1, "localhost", new Tls(file, null, true)).build());
  }

  // ---- HTTP/2 over TLS

  private static SslContext http2Server(X509Bundle certificate, @Nullable String protocol)
      throws Exception {
    SslContextBuilder builder =
        SslContextBuilder.forServer(certificate.toKeyManagerFactory()).sslProvider(SslProvider.JDK);
    if (protocol != null) {
      builder.applicationProtocolConfig(
          new ApplicationProtocolConfig(
              ApplicationProtocolConfig.Protocol.ALPN,
              SelectorFailureBehavior.NO_ADVERTISE,
              SelectedListenerFailureBehavior.ACCEPT,
              protocol));
    }
    return builder.build();
  }

  @Test
  void speaksHttp2WhereThePeerAgrees() throws Exception {
    SslContext tls = http2Server(authority.issue("localhost"), "h2");
    try (Http2Backend backend =
            new Http2Backend(
                call -> call.ok(call.header(":scheme") + " " + call.header(":authority")),
                Http2Settings.defaultSettings(),
                tls);
        Rig rig =
            rig(
                service(backend.port(), "localhost", new Tls(ca, null, true))
                    .speaking(Protocol.H2)
                    .build())) {
      assertThat(asked(rig)).isEqualTo("200 https shop");
      assertThat(asked(rig)).isEqualTo("200 https shop");
      assertThat(backend.accepted).hasValue(1);
    }
  }

  @Test
  void refusesAPeerThatDoesNotAgreeToHttp2() throws Exception {
    SslContext tls = http2Server(authority.issue("localhost"), null);
    try (Http2Backend backend =
            new Http2Backend(call -> call.ok("x"), Http2Settings.defaultSettings(), tls);
        Rig rig =
            rig(
                service(backend.port(), "localhost", new Tls(ca, null, true))
                    .speaking(Protocol.H2)
                    .build())) {
      assertThat(asked(rig)).startsWith("502 ").contains("backend-unreachable");
      assertThat(rig.details).singleElement().asString().startsWith("UNSENT").contains("ALPN");
    }
  }
}
