package dev.banyan.proxy.transport;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

/// A certificate authority of the tests' own.
final class Authority {
  private final X509Bundle root;

  Authority() throws Exception {
    root =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=Tests of Banyan")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
  }

  /// Its certificate as a file, with words around it as such files have.
  Path file(Path folder) throws Exception {
    Path file = Files.createTempFile(folder, "ca", ".pem");
    return Files.writeString(file, "# trusted by tests\n" + root.getCertificatePEM() + "\n");
  }

  /// A certificate for a name and for 127.0.0.1.
  X509Bundle issue(String name) throws Exception {
    return certificate(name).addSanIpAddress("127.0.0.1").buildIssuedBy(root);
  }

  /// A certificate for a name only.
  X509Bundle issueForNameOnly(String name) throws Exception {
    return certificate(name).buildIssuedBy(root);
  }

  X509Bundle issueExpired(String name) throws Exception {
    Instant now = Instant.now();
    return certificate(name)
        .addSanIpAddress("127.0.0.1")
        .notBefore(now.minus(Duration.ofDays(30)))
        .notAfter(now.minus(Duration.ofDays(2)))
        .buildIssuedBy(root);
  }

  private static CertificateBuilder certificate(String name) {
    return new CertificateBuilder()
        .ecp256()
        .subject("CN=" + name)
        .addSanDnsName(name)
        .addExtendedKeyUsageServerAuth();
  }

  /// Sockets of the JDK's TLS that show a certificate.
  static ServerSocketFactory sockets(X509Bundle certificate) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
    return context.getServerSocketFactory();
  }
}
