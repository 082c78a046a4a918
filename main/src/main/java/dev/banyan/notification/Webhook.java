package dev.banyan.notification;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.json.JsonMapper;

/// Sends notifications over HTTP, each by one POST.
///
/// What is generic is signed as the Standard Webhooks specification (standardwebhooks.com) says:
/// `webhook-id`, `webhook-timestamp` and `webhook-signature` over both and the body. Redirects are
/// not followed, certificates are verified, and no answer's body is looked at. Any thread may send;
/// it waits for [#WHOLE] at most.
final class Webhook implements AutoCloseable {
  static final Duration CONNECT = Duration.ofSeconds(3);
  static final Duration WHOLE = Duration.ofSeconds(10);

  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final int TIMED_OUT = 408;
  private static final int TOO_MANY = 429;

  private final HttpClient client;
  private final InstantSource clock;
  private final Duration whole;

  Webhook(Executor executor, InstantSource clock, Duration whole) {
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .executor(executor)
            .build();
    this.clock = clock;
    this.whole = whole;
  }

  /// Sends once.
  ///
  /// @throws InterruptedException when the thread is to end; it may have been sent
  Answer send(Target target, Notification notification) throws InterruptedException {
    // The client's own time limit ends with the answer's head, and a body may trickle for ever.
    CompletableFuture<HttpResponse<Void>> answer =
        client.sendAsync(request(target, notification), HttpResponse.BodyHandlers.discarding());
    try {
      return read(answer.get(whole.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return new Answer.Failed(
          "gave no answer within " + whole.toSeconds() + " s", Optional.empty());
    } catch (ExecutionException e) {
      return new Answer.Failed(why(e.getCause() == null ? e : e.getCause()), Optional.empty());
    } finally {
      answer.cancel(true);
    }
  }

  private HttpRequest request(Target target, Notification notification) {
    byte[] body = MAPPER.writeValueAsBytes(document(target, notification));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target.url())
            .timeout(whole)
            .header("Content-Type", "application/json")
            .header("User-Agent", "banyan")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    SigningKey key = target.key();
    if (target.format() == Target.Format.JSON && key != null) {
      long timestamp = clock.instant().getEpochSecond();
      request
          .header("webhook-id", notification.id())
          .header("webhook-timestamp", Long.toString(timestamp))
          .header("webhook-signature", key.signature(notification.id(), timestamp, body));
    }
    return request.build();
  }

  private static Map<String, Object> document(Target target, Notification notification) {
    Map<String, Object> document = new LinkedHashMap<>();
    switch (target.format()) {
      case SLACK -> document.put("text", escaped(notification.says()));
      case JSON -> {
        document.put("type", notification.type());
        document.put("timestamp", notification.at().toString());
        Map<String, Object> data = new LinkedHashMap<>();
        if (notification.family() != null) {
          data.put("family", notification.family());
        }
        data.put("says", notification.says());
        data.putAll(notification.details());
        document.put("data", data);
      }
    }
    return document;
  }

  /// Somebody's reason must not call a whole channel, or show a link as something else.
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private Answer read(HttpResponse<Void> response) {
    int status = response.statusCode();
    if (status >= 200 && status < 300) {
      return new Answer.Taken(status);
    }
    if (status < 500 && status != TIMED_OUT && status != TOO_MANY) {
      return new Answer.Refused(status);
    }
    return new Answer.Failed(
        "answered with " + status,
        response
            .headers()
            .firstValue("Retry-After")
            .flatMap(header -> Retries.asked(header, clock.instant())));
  }

  private static String why(Throwable cause) {
    if (cause instanceof HttpConnectTimeoutException) {
      return "no connection within " + CONNECT.toSeconds() + " s";
    }
    String said = cause instanceof IOException ? cause.getMessage() : null;
    return "could not be sent to ("
        + (said == null ? cause.getClass().getSimpleName() : said)
        + ")";
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
