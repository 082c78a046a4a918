package dev.banyan.proxy.transport;

import dev.banyan.proxy.FrontTls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// Certificates made by the JDK's own tool, as files of PEM.
final class TestCertificate {
  private TestCertificate() {}

  /// Writes `tls.crt` and `tls.key` into a folder, in the place of what is there.
  static FrontTls in(Path folder, String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-alias",
                "a",
                "-dname",
                "CN=" + name,
                "-storetype",
                "PKCS12",
                "-storepass",
                "secret",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IOException(said);
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "secret".toCharArray());
    }
    FrontTls files = new FrontTls(folder.resolve("tls.crt"), folder.resolve("tls.key"), false);
    pem(files.certificate(), "CERTIFICATE", keys.getCertificate("a").getEncoded());
    pem(files.key(), "PRIVATE KEY", keys.getKey("a", "secret".toCharArray()).getEncoded());
    return files;
  }

  private static void pem(Path file, String kind, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        file, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
  }

  /// Connects and shakes hands, trusting anybody.
  static SSLSocket connect(Rig rig, String... protocols) throws Exception {
    return connect(rig, new String[] {"TLSv1.3", "TLSv1.2"}, protocols);
  }

  static SSLSocket connectWith(Rig rig, String version) throws Exception {
    return connect(rig, new String[] {version}, new String[] {"http/1.1"});
  }

  private static SSLSocket connect(Rig rig, String[] versions, String[] protocols)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, new SecureRandom());
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
    socket.connect(rig.gateway.address(), 5_000);
    socket.setSoTimeout(15_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(versions);
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  static String shown(SSLSocket socket) throws IOException {
    X509Certificate own = (X509Certificate) socket.getSession().getPeerCertificates()[0];
    return own.getSubjectX500Principal().getName();
  }

  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      // everybody
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      // everybody
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
