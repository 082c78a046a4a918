package dev.banyan.acceptance;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/// A certificate authority of a test's own. Safe for use by many threads.
final class Authority {
  private final X509Bundle root;

  Authority() throws Exception {
    root =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=Acceptance tests of Banyan")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
  }

  /// A certificate for a name and for 127.0.0.1.
  X509Bundle issue(String name) throws Exception {
    return new CertificateBuilder()
        .ecp256()
        .subject("CN=" + name)
        .addSanDnsName(name)
        .addSanIpAddress("127.0.0.1")
        .addExtendedKeyUsageServerAuth()
        .buildIssuedBy(root);
  }

  /// Its own certificate, for those who are to trust it.
  Path file(Path folder) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "ca", ".pem"), root.getCertificatePEM());
  }

  /// What a client needs that trusts it and nobody else.
  SSLContext trusted() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {root.toTrustManager()}, null);
    return context;
  }

  /// Issues a certificate and puts it into the files `tls.crt` and `tls.key` of a folder.
  X509Bundle put(Path folder, String name) throws Exception {
    X509Bundle issued = issue(name);
    replace(folder.resolve("tls.crt"), issued.getCertificatePathPEM());
    replace(folder.resolve("tls.key"), issued.getPrivateKeyPEM());
    return issued;
  }

  /// Sockets of a service that shows a certificate.
  static ServerSocketFactory sockets(X509Bundle certificate) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
    return context.getServerSocketFactory();
  }

  /// Puts a file in the place of another at once.
  static void replace(Path file, String text) throws IOException {
    Path draft = Files.writeString(file.resolveSibling(file.getFileName() + ".new"), text);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
