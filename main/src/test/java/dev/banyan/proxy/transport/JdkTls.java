package dev.banyan.proxy.transport;

import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions.Tls;
import io.netty.handler.ssl.OpenSsl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;

/// A program of its own, for Netty decides once for each program whether there is a BoringSSL: asks
/// a gateway over TLS, in each version of HTTP, for what a backend has that speaks TLS too.
final class JdkTls {
  private JdkTls() {}

  /// @param arguments a folder for certificates
  public static void main(String... arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Authority authority = new Authority();
    Tls trusting = new Tls(authority.file(folder), null, true);
    try (Backend legacy =
            new Backend(
                (request, connection) -> connection.ok("secured " + request.target()),
                Authority.sockets(authority.issue("localhost")));
        Rig rig =
            new Rig.Builder()
                .service(
                    ServiceBuilder.service("legacy", "https://localhost:" + legacy.port())
                        .verified(trusting)
                        .build())
                .tls(TestCertificate.in(folder, "front"))
                .start()) {
      List<String> said = new ArrayList<>();
      said.add("BoringSSL " + OpenSsl.isAvailable());
      try (SSLSocket socket = TestCertificate.connect(rig, "http/1.1")) {
        said.add(socket.getApplicationProtocol() + " " + TlsTest.get(socket, "/one"));
      }
      try (SSLSocket socket = TestCertificate.connect(rig, "h2", "http/1.1");
          Http2Client client = new Http2Client(socket)) {
        said.add(socket.getApplicationProtocol() + " " + client.get("/two").text());
      }
      System.out.println(String.join(", ", said));
    }
  }
}
