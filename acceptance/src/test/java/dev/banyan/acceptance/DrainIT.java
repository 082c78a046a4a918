package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A gateway that is asked to stop while it is busy.
@ExtendWith(Transcripts.class)
final class DrainIT {
  private static final int AT_ONCE = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  /// A service that lets nobody's `/held/…` go before it is told to.
  private static Backend holding(CountDownLatch until) throws IOException {
    return Backend.named("legacy")
        .behave(request -> {
          if (request.target().startsWith("/held")) {
            try {
              until.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          return Reply.plain(request);
        });
  }

  private static String config(Backend legacy, String drain) {
    return "limits: { drain: %s }\nservices: { legacy: { url: %s } }\n"
        .formatted(drain, legacy.url());
  }

  /// Requests that the service has and does not answer yet.
  private static List<CompletableFuture<Message>> held(
      Banyan banyan, SocketFactory sockets, int count) {
    List<CompletableFuture<Message>> answers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String target = "/held/" + i;
      answers.add(
          inBackground(() -> {
            try (Client client = new Client(banyan.port(), sockets)) {
              return client.get(target);
            }
          }));
    }
    return answers;
  }

  private interface Work<T> {
    T done() throws Exception;
  }

  private static <T> CompletableFuture<T> inBackground(Work<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.startVirtualThread(() -> {
      try {
        result.complete(work.done());
      } catch (Exception e) {
        result.completeExceptionally(e);
      }
    });
    return result;
  }

  private static <T> T soon(CompletableFuture<T> future) throws Exception {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /// Returns when new connections are refused; until then short requests come and go.
  private static CompletableFuture<Integer> stopUnderLoad(Banyan banyan) throws Exception {
    Load load =
        Load.on(
            banyan.port(),
            4,
            (client, number) -> {
              Message answer = client.get("/short/" + number);
              assertThat(answer.status()).isEqualTo(200);
              assertThat(answer.body()).isEqualTo("{\"target\":\"/short/" + number + "\"}");
            });
    CompletableFuture<Integer> exit;
    try (load) {
      Await.until("they are answered", () -> load.done() > 100);
      exit = inBackground(banyan::stop);
      Await.until("nobody else is let in", banyan::refuses);
    }
    assertThat(load.failures()).noneMatch(DrainIT::isLoss);
    return exit;
  }

  /// A connection that is refused, or ended before an answer began, may be tried elsewhere. An
  /// answer that is wrong or half may not.
  private static boolean isLoss(String failure) {
    return failure.contains("Assert")
        || failure.contains("timed out")
        || failure.contains("within a body")
        || (failure.contains("was complete") && !failure.contains("complete: ''"));
  }

  @Test
  void letsNobodyInAndFinishesWhatItHasBegun() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (Backend legacy = holding(release);
        Banyan banyan = Banyan.serving(config(legacy, "20s"));
        Socket upload = new Socket(InetAddress.getLoopbackAddress(), banyan.port());
        Socket idle = new Socket(InetAddress.getLoopbackAddress(), banyan.port());
        Http2Client http2 = Http2Client.plain(banyan.port())) {
      List<CompletableFuture<Message>> answers = held(banyan, SocketFactory.getDefault(), AT_ONCE);
      CompletableFuture<Http2Client.Answer> stream = http2.get("/held/stream");
      int streamed = http2.begin("POST", "/upload/stream", Map.of(), false);
      http2.go(streamed, "one half, ", false);
      upload.setSoTimeout((int) PATIENCE.toMillis());
      write(upload, "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\none half, ");
      String busy = "banyan_upstream_connections{service=\"legacy\",state=\"busy\"}";
      Await.until(
          "all are under way", () -> banyan.control().metric(busy).equals((AT_ONCE + 3) + ".0"));
      idle.setSoTimeout((int) PATIENCE.toMillis());

      CompletableFuture<Integer> exit = stopUnderLoad(banyan);
      assertThat(idle.getInputStream().read()).as("the end of an unused connection").isEqualTo(-1);
      assertThat(soon(http2.goAway())).as("error of the GOAWAY").isZero();
      assertThat(banyan.control().get("/readyz").status()).isEqualTo(503);
      assertThat(exit).isNotDone();
      assertThat(answers).noneMatch(CompletableFuture::isDone);

      release.countDown();
      write(upload, "two halves");
      http2.go(streamed, "two halves", true);
      for (int i = 0; i < AT_ONCE; i++) {
        Message answer = soon(answers.get(i));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"target\":\"/held/" + i + "\"}");
        assertThat(answer.header("connection")).isEqualTo("close");
      }
      assertThat(new MessageReader(upload.getInputStream()).answer(false).status()).isEqualTo(200);
      assertThat(soon(stream).body()).isEqualTo("{\"target\":\"/held/stream\"}");
      assertThat(soon(http2.answer(streamed)).status()).isEqualTo(200);
      assertThat(legacy.count(request -> request.body().equals("one half, two halves")))
          .as("whole uploads")
          .isEqualTo(2);
      assertThat(soon(exit)).isZero();
      soon(http2.ended());
    }
  }

  @Test
  void finishesWhatItHasBegunBehindTlsToo() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Authority authority = new Authority();
    authority.put(folder, "gateway.test");
    SSLContext trust = authority.trusted();
    String tls =
        "tls: { certificate: %1$s/tls.crt, key: %1$s/tls.key }\n".formatted(folder.toString());
    try (Backend legacy = holding(release);
        Banyan banyan = Banyan.serving(tls + config(legacy, "20s"));
        Http2Client http2 = Http2Client.secured(banyan.port(), trust);
        HttpClient browser = HttpClient.newBuilder().sslContext(trust).build()) {
      List<CompletableFuture<Message>> answers = held(banyan, trust.getSocketFactory(), 2);
      CompletableFuture<Http2Client.Answer> stream = http2.get("/held/stream");
      URI held = URI.create("https://127.0.0.1:" + banyan.port() + "/held/browser");
      CompletableFuture<HttpResponse<String>> browsed =
          browser.sendAsync(HttpRequest.newBuilder(held).build(), BodyHandlers.ofString());
      Await.until("all are under way", () -> legacy.count() == 4);

      CompletableFuture<Integer> exit = inBackground(banyan::stop);
      Await.until("nobody else is let in", banyan::refuses);
      assertThat(soon(http2.goAway())).as("error of the GOAWAY").isZero();
      release.countDown();

      for (CompletableFuture<Message> each : answers) {
        assertThat(soon(each).status()).isEqualTo(200);
      }
      assertThat(soon(stream).body()).isEqualTo("{\"target\":\"/held/stream\"}");
      assertThat(soon(browsed).version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(soon(browsed).body()).isEqualTo("{\"target\":\"/held/browser\"}");
      assertThat(soon(exit)).isZero();
    }
  }

  @Test
  void cutsOffWhatIsLeftAtTheDeadlineAndStillEndsWell() throws Exception {
    BlockingQueue<String> words = new LinkedBlockingQueue<>();
    try (Backend legacy = Backend.named("legacy");
        Banyan banyan = Banyan.serving(config(legacy, "2s"));
        Http2Client http2 = Http2Client.plain(banyan.port())) {
      legacy.behave(request ->
          switch (request.target()) {
            case "/items/socket" -> new Reply.Tunnel();
            case "/items/events" -> new Reply.Events(words);
            default -> new Reply.Hang();
          });
      try (LongLived open = new LongLived(banyan, "legacy", words)) {
        List<CompletableFuture<Message>> answers =
            held(banyan, SocketFactory.getDefault(), AT_ONCE);
        CompletableFuture<Http2Client.Answer> stream = http2.get("/held/stream");
        Await.until("all are under way", () -> legacy.count() == AT_ONCE + 3);

        CompletableFuture<Integer> exit = inBackground(banyan::stop);
        Await.until("nobody else is let in", banyan::refuses);
        open.goOn();
        open.expectTheEnd();
        assertThat(soon(exit)).isZero();
        for (CompletableFuture<Message> each : answers) {
          assertThat(each)
              .failsWithin(PATIENCE)
              .withThrowableOfType(ExecutionException.class)
              .withCauseInstanceOf(IOException.class);
        }
        assertThat(stream).failsWithin(PATIENCE);
      }
    }
  }
}
