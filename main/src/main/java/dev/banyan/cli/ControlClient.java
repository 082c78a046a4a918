package dev.banyan.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Talks to the control plane. Whatever keeps it from getting an answer ends the command with
/// [ExitCode#UNREACHABLE] and a sentence that says where it looked.
final class ControlClient implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final Duration READING = Duration.ofMinutes(10);

  /// Three times the pause after which the control plane shows that it lives.
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(ControlClient.class);
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private final HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build();
  private final URI base;
  private final @Nullable String token;

  ControlClient(URI base, @Nullable String token) {
    this.base = base;
    this.token = token;
  }

  Answer get(String path) {
    return answer(request(path).timeout(ANSWER).GET().build());
  }

  /// The same of what reads the whole ledger.
  Answer getPatiently(String path) {
    return answer(request(path).timeout(READING).GET().build());
  }

  /// Has every line of an answer, as they come.
  ///
  /// @return why there is none; empty where all were had
  Optional<Answer> lines(String path, Consumer<String> line) {
    HttpRequest request = request(path).timeout(ANSWER).GET().build();
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      if (response.statusCode() >= 300) {
        try (InputStream body = response.body()) {
          return Optional.of(refused(response.statusCode(), MAPPER.readTree(body)));
        }
      }
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        for (String each = reader.readLine(); each != null; each = reader.readLine()) {
          line.accept(each);
        }
      }
      return Optional.empty();
    } catch (JacksonException e) {
      throw notJson(e);
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(e);
    }
  }

  Answer post(String path, Map<String, ?> body) {
    return post(path, body, ANSWER);
  }

  /// The same of what may take long.
  Answer postPatiently(String path, Map<String, ?> body) {
    return post(path, body, READING);
  }

  private Answer post(String path, Map<String, ?> body, Duration patience) {
    return answer(
        request(path)
            .timeout(patience)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(MAPPER.writeValueAsString(body)))
            .build());
  }

  /// The path of a family, with whatever characters its name has.
  static String family(String name) {
    return "/api/v1/families/" + segment(name);
  }

  /// A name as one segment of a path.
  static String segment(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// Calls `changed` whenever the control plane tells that something happened, until it goes away
  /// or falls silent, which ends the command.
  void follow(Runnable changed) {
    HttpRequest request = request("/api/v1/events").timeout(ANSWER).GET().build();
    // An empty one marks the end. A bound would only make the reader wait: lines are few and short.
    BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      // The stream itself knows no time limit, and a control plane whose machine is gone ends
      // nothing.
      Thread.ofVirtual().start(() -> read(response.body(), lines));
      while (true) {
        Optional<String> line = lines.poll(SILENCE.toSeconds(), TimeUnit.SECONDS);
        if (line == null) {
          throw ended("has been silent for " + SILENCE.toSeconds() + " s");
        }
        if (line.isEmpty()) {
          throw ended("has ended the stream of events");
        }
        // An event ends with an empty line; behind the last of those that have come already, one
        // look at the present shows them all. The first, a comment, comes at once, so that nothing
        // between the caller's own look and the stream's beginning is missed.
        if (line.get().isEmpty() && lines.isEmpty()) {
          changed.run();
        }
      }
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(e);
    }
  }

  private static void read(InputStream body, BlockingQueue<Optional<String>> lines) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(Optional.of(line));
      }
    } catch (IOException e) {
      LOG.debug("the stream of events broke off", e);
    } finally {
      lines.add(Optional.empty());
    }
  }

  private CommandFailedException ended(String how) {
    return new CommandFailedException(
        ExitCode.UNREACHABLE, "the control plane at " + base + " " + how);
  }

  private HttpRequest.Builder request(String path) {
    String root = base.toString();
    String trimmed = root.endsWith("/") ? root.substring(0, root.length() - 1) : root;
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(trimmed + path));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return request;
  }

  private Answer answer(HttpRequest request) {
    try {
      HttpResponse<String> response =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      JsonNode document = MAPPER.readTree(response.body());
      if (response.statusCode() < 300) {
        return new Answer.Given(document);
      }
      return refused(response.statusCode(), document);
    } catch (JacksonException e) {
      throw notJson(e);
    } catch (IOException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(e);
    }
  }

  private Answer refused(int status, JsonNode document) {
    if (document.has("code")) {
      return new Answer.Refused(document);
    }
    throw stranger(status);
  }

  private CommandFailedException stranger(int status) {
    return new CommandFailedException(
        ExitCode.UNREACHABLE,
        "what answers at "
            + base
            + " (status "
            + status
            + ") is not Banyan's control plane; name"
            + " the right one with --control URL or BANYAN_CONTROL");
  }

  private CommandFailedException notJson(JacksonException cause) {
    CommandFailedException failure =
        new CommandFailedException(
            ExitCode.UNREACHABLE,
            "what answers at "
                + base
                + " does not speak JSON, so it is not Banyan's control plane;"
                + " name the right one with --control URL or BANYAN_CONTROL");
    failure.initCause(cause);
    return failure;
  }

  private CommandFailedException unreachable(Exception cause) {
    String why = cause.getMessage() == null ? "" : ": " + cause.getMessage();
    CommandFailedException failure =
        new CommandFailedException(
            ExitCode.UNREACHABLE,
            "cannot reach the control plane at "
                + base
                + why
                + "; is 'banyan run' running? Name another with --control URL or BANYAN_CONTROL");
    failure.initCause(cause);
    return failure;
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
