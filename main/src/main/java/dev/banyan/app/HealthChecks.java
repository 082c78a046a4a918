package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.FamilyConfig;
import dev.banyan.cutover.CandidateHealth;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.proxy.ServiceOptions;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Asks candidates by their health paths: at a steady pace while a family of theirs is in `legacy`,
/// and once more when somebody wants it to leave. Safe for use by many threads.
final class HealthChecks implements CandidateHealth, AutoCloseable {
  /// How long a candidate may take to answer.
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /// How long after a look the next one comes.
  static final Duration PAUSE = Duration.ofSeconds(2);

  private static final String STOPPING = "was not waited for: the program is stopping";

  private final ExecutorService asking;

  /// Made when it is first needed: it reads the system's certificates, and a start is not to wait
  /// for that. Guarded by this, as is the next.
  private @Nullable HttpClient client;

  private boolean closed;

  /// What to ask, by family; a family whose candidate declares nothing is not in it.
  private volatile Map<String, URI> urls = Map.of();

  private final Map<URI, Answer> known = new ConcurrentHashMap<>();

  HealthChecks(ExecutorService asking) {
    this.asking = asking;
  }

  private synchronized Optional<HttpClient> client() {
    if (client == null && !closed) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(PATIENCE)
              .executor(asking)
              .build();
    }
    return Optional.ofNullable(client);
  }

  /// Takes the health paths of another configuration.
  void adopt(BanyanConfig config) {
    Map<String, ServiceOptions> services = Banyan.services(config);
    Map<String, URI> next = new HashMap<>();
    for (FamilyConfig family : config.families()) {
      ServiceOptions candidate = services.get(family.candidateService());
      if (candidate != null && candidate.health() != null) {
        next.put(family.name(), URI.create(candidate.url() + candidate.health()));
      }
    }
    urls = Map.copyOf(next);
    known.keySet().retainAll(next.values());
  }

  /// Has the candidates asked of all families in `legacy`, without waiting for them.
  void look(List<FamilyState> states) {
    Map<String, URI> now = urls;
    states.stream()
        .filter(state -> state.phase().name() == Phase.Name.LEGACY)
        .map(state -> now.get(state.family()))
        .filter(url -> url != null)
        .distinct()
        .forEach(url -> asking.execute(() -> known.put(url, ask(url))));
  }

  @Override
  public Answer last(String family) {
    URI url = urls.get(family);
    if (url == null) {
      return new Undeclared();
    }
    Answer answer = known.get(url);
    return answer == null ? new Unasked(url.toString()) : answer;
  }

  @Override
  public Answer ask(String family) {
    URI url = urls.get(family);
    if (url == null) {
      return new Undeclared();
    }
    Answer answer = ask(url);
    known.put(url, answer);
    return answer;
  }

  private Answer ask(URI url) {
    return client()
        .map(client -> ask(client, url))
        .orElseGet(() -> new Silent(url.toString(), STOPPING));
  }

  private static Answer ask(HttpClient client, URI url) {
    HttpRequest request = HttpRequest.newBuilder(url).timeout(PATIENCE).GET().build();
    CompletableFuture<HttpResponse<Void>> answer =
        client.sendAsync(request, HttpResponse.BodyHandlers.discarding());
    try {
      // The request's own patience ends with the head; an endless body must not be waited for.
      int status = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).statusCode();
      return new Answered(url.toString(), status);
    } catch (ExecutionException e) {
      return new Silent(url.toString(), why(e.getCause()));
    } catch (TimeoutException e) {
      return new Silent(url.toString(), why(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Silent(url.toString(), STOPPING);
    } finally {
      answer.cancel(true);
    }
  }

  private static String why(@Nullable Throwable cause) {
    return switch (cause) {
      case TimeoutException _, HttpTimeoutException _ ->
          "was not answered within " + PATIENCE.toSeconds() + " s";
      case ConnectException _ -> "found nothing that listens there";
      case null, default -> "failed: " + cause;
    };
  }

  @Override
  public void close() {
    HttpClient made;
    synchronized (this) {
      closed = true;
      made = client;
    }
    // Not under the lock: it waits for what is under way, and a new question must not wait for it.
    if (made != null) {
      made.shutdownNow();
      made.close();
    }
  }
}
