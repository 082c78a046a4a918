package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.banyan.proxy.CertificateFiles;
import dev.banyan.proxy.FrontTls;
import io.netty.handler.ssl.OpenSsl;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// TLS towards clients: versions, ALPN, and certificates that change.
class TlsTest {
  @TempDir private Path folder;

  @Test
  void servesHttp11AndTellsTheBackendOfTls() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).tls(TestCertificate.in(folder, "one")).start();
        SSLSocket socket = TestCertificate.connect(rig, "http/1.1")) {
      assertThat(get(socket, "/f/a")).isEqualTo("legacy /f/a");
      assertThat(get(socket, "/f/b")).isEqualTo("legacy /f/b");
      assertThat(legacy.seen.getFirst().all("x-forwarded-proto")).containsExactly("https");
      assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
    }
  }

  @Test
  void servesHttp2WhereTheClientAsksForIt() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).tls(TestCertificate.in(folder, "one")).start();
        SSLSocket socket = TestCertificate.connect(rig, "h2", "http/1.1")) {
      assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
      try (Http2Client client = new Http2Client(socket)) {
        assertThat(client.get("/f/a").text()).isEqualTo("legacy /f/a");
      }
      assertThat(legacy.seen.getFirst().all("x-forwarded-proto")).containsExactly("https");
    }
  }

  @Test
  void runsOnBoringSslWhereItIsMadeFor() {
    String machine = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    assumeTrue(machine.equals("Linux amd64"), "there may be no library for " + machine);
    assertThat(OpenSsl.isAvailable()).isTrue();
  }

  @Test
  void theJdksTlsServesWhereThereIsNoOther() throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dio.netty.handler.ssl.noOpenSsl=true",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                JdkTls.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor()).as(said).isZero();
    assertThat(said).contains("BoringSSL false, http/1.1 secured /one, h2 secured /two");
  }

  @Test
  void refusesTls12WhereOnly13IsWanted() throws Exception {
    FrontTls files = TestCertificate.in(folder, "one");
    FrontTls only13 = new FrontTls(files.certificate(), files.key(), true);
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).tls(only13).start();
        SSLSocket socket = TestCertificate.connect(rig, "http/1.1")) {
      assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
      assertThatThrownBy(() -> TestCertificate.connectWith(rig, "TLSv1.2"))
          .isInstanceOf(SSLHandshakeException.class);
    }
  }

  @Test
  void plainHttpOnAPortOfTlsIsClosedAndCounted() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).tls(TestCertificate.in(folder, "one")).start();
        Client client = rig.client()) {
      client.get("/f/a");
      client.socket.getInputStream().readAllBytes(); // an alert, perhaps
      Rig.until(() -> rig.ends.contains("refused 400"));
      assertThat(legacy.seen).isEmpty();
    }
  }

  @Test
  void aHandshakeThatDoesNotComeIsCutOff() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig =
            Rig.legacyAt(legacy)
                .options(Bounds.of(bounds -> bounds.headerTime = Duration.ofMillis(200)))
                .tls(TestCertificate.in(folder, "one"))
                .start();
        Client client = rig.client()) {
      assertThat(client.isEnded()).isTrue();
      Rig.until(() -> rig.ends.contains("limit header-time"));
    }
  }

  @Test
  void newConnectionsGetANewCertificateAndOldOnesStay() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).tls(TestCertificate.in(folder, "one")).start();
        SSLSocket before = TestCertificate.connect(rig, "http/1.1")) {
      assertThat(rig.gateway.renewCertificate()).isFalse();
      TestCertificate.in(folder, "two");
      assertThat(rig.gateway.renewCertificate()).isTrue();

      try (SSLSocket after = TestCertificate.connect(rig, "http/1.1")) {
        assertThat(TestCertificate.shown(after)).isEqualTo("CN=two");
        assertThat(get(after, "/f/a")).isEqualTo("legacy /f/a");
      }
      assertThat(TestCertificate.shown(before)).isEqualTo("CN=one");
      assertThat(get(before, "/f/b")).isEqualTo("legacy /f/b");
    }
  }

  @Test
  void aBadNewPairIsToldOfOnceAndTheOldStays() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).tls(TestCertificate.in(folder, "one")).start()) {
      Path key = folder.resolve("tls.key");
      Files.writeString(key, "nothing");
      assertThatThrownBy(rig.gateway::renewCertificate)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(key.toString())
          .hasMessageContaining("no private key");
      assertThat(rig.gateway.renewCertificate()).isFalse();
      try (SSLSocket socket = TestCertificate.connect(rig, "http/1.1")) {
        assertThat(TestCertificate.shown(socket)).isEqualTo("CN=one");
      }
    }
  }

  @Test
  void aKeyOfAnotherCertificateIsRefusedWithBothNames() throws Exception {
    FrontTls files = TestCertificate.in(folder, "one");
    String certificate = Files.readString(files.certificate());
    TestCertificate.in(folder, "two");
    Files.writeString(files.certificate(), certificate);
    assertThatThrownBy(() -> new CertificateFiles(files).read())
        .hasMessageContaining(files.key() + " is not the key of the certificate in")
        .hasMessageContaining(files.certificate().toString());
  }

  @Test
  void aMissingFileIsNamed() {
    FrontTls files = new FrontTls(folder.resolve("none.crt"), folder.resolve("none.key"), false);
    assertThatThrownBy(() -> new CertificateFiles(files).read())
        .hasMessage(files.certificate() + " does not exist");
  }

  static String get(SSLSocket socket, String target) throws IOException {
    String request = "GET " + target + " HTTP/1.1\r\nHost: shop\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    Message head = Message.readHead(new BufferedInputStream(socket.getInputStream()));
    assertThat(head).isNotNull();
    return Objects.requireNonNull(head).answerText();
  }
}
