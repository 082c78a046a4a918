package dev.banyan.app;

import dev.banyan.telemetry.ProcessPage;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Fetches the Prometheus pages of the services.
final class ServicePages implements AutoCloseable {
  static final Duration TIMEOUT = Duration.ofSeconds(2);
  static final int MOST = 1 << 20;

  private final ExecutorService executor;
  private final HttpClient client;

  /// @param executor gives each fetch a thread of its own, which waits
  ServicePages(ExecutorService executor) {
    this.executor = executor;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .executor(executor)
            .build();
  }

  /// Fetches one page, within [#TIMEOUT] and [#MOST] bytes.
  ///
  /// @throws IOException when there is no such page in time
  ProcessPage fetch(URI page) throws IOException {
    Future<ProcessPage> fetching = executor.submit(() -> read(page));
    try {
      return fetching.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no whole page within " + TIMEOUT.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException("the page could not be read: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the program is being stopped", e);
    } finally {
      fetching.cancel(true);
    }
  }

  private ProcessPage read(URI page) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(page).timeout(TIMEOUT).GET().build();
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException("answered with " + response.statusCode());
      }
      byte[] bytes = body.readNBytes(MOST + 1);
      if (bytes.length > MOST) {
        throw new IOException("the page is longer than " + MOST + " bytes");
      }
      return ProcessPage.read(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
