package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// TLS towards clients and towards services, and HTTP/2 all the way.
@ExtendWith(Transcripts.class)
final class TlsIT {
  private static final int PATIENCE_MILLIS = 30_000;

  @TempDir Path folder;
  private Authority authority;

  @BeforeEach
  void trustNobodyElse() throws Exception {
    authority = new Authority();
  }

  /// The keys that make the gateway show what lies in the folder.
  private String tls() {
    return "tls: { certificate: %1$s/tls.crt, key: %1$s/tls.key }\n".formatted(folder);
  }

  private static String legacy(Backend backend) {
    return "services: { legacy: { url: %s, response_timeout: 10s } }\n".formatted(backend.url());
  }

  /// A connection of HTTP/1.1 that remembers what it was shown.
  private record Secured(SSLSocket socket, MessageReader in) implements AutoCloseable {
    static Secured to(Banyan banyan, SSLContext trust) throws IOException {
      SSLSocket socket =
          (SSLSocket)
              trust
                  .getSocketFactory()
                  .createSocket(InetAddress.getLoopbackAddress(), banyan.port());
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.startHandshake();
      return new Secured(socket, new MessageReader(socket.getInputStream()));
    }

    String shown() throws IOException {
      X509Certificate own = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return own.getSubjectX500Principal().getName();
    }

    Message get(String target) throws IOException {
      String request = "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return in.answer(false);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static String shown(Banyan banyan, SSLContext trust) throws IOException {
    try (Secured fresh = Secured.to(banyan, trust)) {
      assertThat(fresh.get("/fresh").status()).isEqualTo(200);
      return fresh.shown();
    }
  }

  @Test
  void servesHttpsInBothVersionsAndTheJvmWarnsOfNothing() throws Exception {
    authority.put(folder, "gateway.test");
    try (Backend backend = Backend.named("legacy");
        Banyan banyan = Banyan.serving(tls() + legacy(backend));
        HttpClient client = HttpClient.newBuilder().sslContext(authority.trusted()).build()) {
      URI where = URI.create("https://127.0.0.1:" + banyan.port() + "/items/1");
      for (HttpClient.Version version :
          List.of(HttpClient.Version.HTTP_1_1, HttpClient.Version.HTTP_2)) {
        HttpRequest request = HttpRequest.newBuilder(where).version(version).build();
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"target\":\"/items/1\"}");
      }
      assertThat(backend.count(request -> "https".equals(request.header("x-forwarded-proto"))))
          .isEqualTo(2);
      // The JVM's own words have no date.
      assertThat(banyan.stderr().lines()).isNotEmpty().allMatch(line -> line.startsWith("20"));
    }
  }

  @Test
  void newConnectionsAreShownWhatTheFilesHoldNowAndOldOnesGoOn() throws Exception {
    authority.put(folder, "first.test");
    SSLContext trust = authority.trusted();
    try (Backend backend = Backend.named("legacy");
        Banyan banyan = Banyan.serving(tls() + legacy(backend));
        Secured old = Secured.to(banyan, trust);
        Http2Client oldHttp2 = Http2Client.secured(banyan.port(), trust)) {
      assertThat(old.shown()).isEqualTo("CN=first.test");
      assertThat(old.get("/before").status()).isEqualTo(200);

      authority.put(folder, "second.test");
      // Without its cache a client resumes no session, in which nothing is shown.
      Await.until(
          "the new one is shown",
          () -> shown(banyan, authority.trusted()).equals("CN=second.test"));

      assertThat(old.get("/after").status()).isEqualTo(200);
      assertThat(oldHttp2.get("/after").get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
      Await.until("it is in the ledger", () -> lastReason(banyan).contains("new certificate"));
      assertThat(lastReason(banyan)).startsWith("loaded");
    }
  }

  @Test
  void aPairThatIsUnfitIsRefusedLoudlyAndTheOldOneStays() throws Exception {
    authority.put(folder, "first.test");
    try (Backend backend = Backend.named("legacy");
        Banyan banyan = Banyan.serving(tls() + legacy(backend))) {
      Authority.replace(
          folder.resolve("tls.key"), authority.issue("another.test").getPrivateKeyPEM());

      Await.until("it is in the ledger", () -> lastReason(banyan).contains("refused"));
      assertThat(lastReason(banyan)).contains("tls.key", "is not the key of");
      assertThat(banyan.stderr()).contains("tls.key", "is not the key of", "stays");
      assertThat(shown(banyan, authority.trusted())).isEqualTo("CN=first.test");

      authority.put(folder, "second.test");
      Await.until(
          "the mended pair is shown",
          () -> shown(banyan, authority.trusted()).equals("CN=second.test"));
    }
  }

  private static String lastReason(Banyan banyan) throws Exception {
    return banyan.control().ledger().getLast().path("reason").asString("");
  }

  @Test
  void checkAndRunNameTheFileThatIsUnfit() throws Exception {
    authority.put(folder, "gateway.test");
    Path key = folder.resolve("tls.key");
    Path file =
        Files.writeString(
            folder.resolve("banyan.yaml"),
            """
            listen: 127.0.0.1:0
            control: { listen: 127.0.0.1:0 }
            tls: { certificate: tls.crt, key: tls.key }
            services: { legacy: { url: http://127.0.0.1:3000 } }
            """);
    assertThat(Program.run("check", file.toString()).exit()).isZero();

    Files.writeString(key, authority.issue("another.test").getPrivateKeyPEM());
    expectRefusal(file, "is not the key of");
    Files.delete(key);
    expectRefusal(file, "does not exist");
  }

  private void expectRefusal(Path file, String why) throws Exception {
    for (Program.Ended ended :
        new Program.Ended[] {
          Program.run("check", file.toString()),
          Program.run("run", file.toString(), "--data", folder.resolve("data").toString())
        }) {
      assertThat(ended.exit()).as(ended.said()).isEqualTo(1);
      assertThat(ended.said()).contains(folder.resolve("tls.key").toString(), why);
      assertThat(ended.said()).doesNotContain("serving on", "\tat ");
    }
  }

  @Test
  void aServiceAtHttpsIsAskedIfItsAuthorityIsTheOneThatTheFileNames() throws Exception {
    Path ours = authority.file(folder);
    Path others = new Authority().file(folder);
    try (Backend backend =
        Backend.secured("legacy", Authority.sockets(authority.issue("users.test")))) {
      String config = "services: { legacy: { url: %s, tls: { ca: %s%s } } }\n";
      String wrong = config.formatted(backend.url(), others, "");
      try (Banyan banyan = Banyan.serving(wrong);
          Client client = banyan.client()) {
        Message refused = client.get("/items/1");
        assertThat(refused.status()).isEqualTo(502);
        assertThat(refused.body()).contains("backend-unreachable").doesNotContain("certif");
        assertThat(backend.count()).isZero();
        Await.passes(
            () -> assertThat(banyan.stderr()).contains("legacy", "certificate is not accepted"));

        banyan.replace(config.formatted(backend.url(), ours, ""));
        Await.until("it is trusted", () -> client.get("/items/1").status() == 200);
        banyan.replace(config.formatted(backend.url(), ours, ", server_name: users.test"));
        reload(banyan);
        assertThat(client.get("/items/2").server()).isEqualTo("legacy");
        banyan.replace(config.formatted(backend.url(), ours, ", server_name: others.test"));
        reload(banyan);
        assertThat(client.get("/items/3").status()).isEqualTo(502);
      }
    }
  }

  private static void reload(Banyan banyan) throws Exception {
    JsonNode done = banyan.control().post("/api/v1/reload", "{}").done().json();
    assertThat(done.path("lastError").isNull()).as("%s", done).isTrue();
  }

  @Test
  void grpcPassesWithItsTrailersWithTlsAndWithout() throws Exception {
    authority.put(folder, "gateway.test");
    try (GrpcService service = new GrpcService()) {
      String config = "services: { legacy: { url: %s, protocol: h2c } }\n".formatted(service.url());
      try (Banyan banyan = Banyan.serving(config);
          Http2Client client = Http2Client.plain(banyan.port())) {
        expectGrpc(client);
      }
      try (Banyan banyan = Banyan.serving(tls() + config);
          Http2Client client = Http2Client.secured(banyan.port(), authority.trusted())) {
        expectGrpc(client);
      }
      assertThat(service.heads())
          .hasSize(4)
          .allSatisfy(head ->
              assertThat(head)
                  .containsEntry(":method", "POST")
                  .containsEntry(":authority", "127.0.0.1")
                  .containsEntry("te", "trailers")
                  .containsEntry("content-type", "application/grpc"));
    }
  }

  private static void expectGrpc(Http2Client client) throws Exception {
    Map<String, String> head = Map.of("content-type", "application/grpc", "te", "trailers");
    String message = "\0\0\0\0\5hello";
    Http2Client.Answer answer =
        client.send("POST", "/shop.Items/Get", head, message).get(30, TimeUnit.SECONDS);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.head()).containsEntry("content-type", "application/grpc");
    assertThat(answer.body()).isEqualTo(message);
    assertThat(answer.trailers())
        .containsOnly(Map.entry("grpc-status", "0"), Map.entry("x-count", "1"));

    Http2Client.Answer failed =
        client.send("POST", "/shop.Items/Fail", head, message).get(30, TimeUnit.SECONDS);
    assertThat(failed.head()).containsEntry("grpc-status", "13");
    assertThat(failed.body()).isEmpty();
  }
}
