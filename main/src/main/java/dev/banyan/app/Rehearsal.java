package dev.banyan.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A short life of the whole program, which the build has the JDK watch: what it learns (the
/// classes, how they are linked, which methods are hot) goes into the file that `./banyan` starts
/// from.
///
/// Serves a family in shadow between two backends of its own, lets every command and page be asked
/// once, and stops in order. Uses free ports of the loopback address and a temporary folder that it
/// removes. Exits with 1, and says why, when any of it fails: the next start is then a slow one.
final class Rehearsal {
  /// Enough for the hot methods to show; it takes a second or two.
  private static final int REQUESTS = 2_000;

  private static final Pattern SERVING = Pattern.compile("serving on (\\S+), control on (\\S+)");

  private static final String LEGACY =
      """
      {"id": 7, "name": "rehearsal", "tags": ["a", "b"], "price": 12.50, "at": "2026-01-01T00:00:00Z"}
      """;

  /// The same in other bytes, so that the comparison has to read it.
  private static final String CANDIDATE =
      """
      {"name":"rehearsal","id":7,"price":12.5,"tags":["a","b"],"at":"2026-01-01T00:00:00Z"}
      """;

  private Rehearsal() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("banyan-rehearsal");
    HttpServer legacy = backend(LEGACY);
    HttpServer candidate = backend(CANDIDATE);
    int code = 0;
    try {
      Path file = folder.resolve("banyan.yaml");
      Files.writeString(file, config(legacy, candidate));
      perform(file, folder.resolve("data"));
    } catch (IOException e) {
      System.err.println("banyan: the rehearsal failed: " + e.getMessage());
      code = 1;
    } finally {
      legacy.stop(0);
      candidate.stop(0);
      remove(folder);
    }
    System.exit(code);
  }

  private static String config(HttpServer legacy, HttpServer candidate) {
    return """
    listen: 127.0.0.1:0
    control: { listen: "127.0.0.1:0" }
    services:
      legacy: { url: "http://127.0.0.1:%d" }
      candidate: { url: "http://127.0.0.1:%d" }
    families:
      things: { routes: ["/things", "/things/{id}"], candidate: candidate }
    """
        .formatted(legacy.getAddress().getPort(), candidate.getAddress().getPort());
  }

  private static HttpServer backend(String answer) throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer server = HttpServer.create(anyPort, 0);
    byte[] body = answer.getBytes(StandardCharsets.UTF_8);
    server.createContext("/", exchange -> answer(exchange, body));
    server.start();
    return server;
  }

  private static void answer(HttpExchange exchange, byte[] body) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static void perform(Path file, Path data) throws IOException, InterruptedException {
    PipedReader pipe = new PipedReader();
    PrintWriter told = new PrintWriter(new PipedWriter(pipe), true);
    String[] run = {"run", file.toString(), "--data", data.toString()};
    Thread program = Thread.ofPlatform().name("rehearsal").start(() -> live(run, told));
    try (BufferedReader lines = new BufferedReader(pipe)) {
      String first = lines.readLine();
      Matcher serving = SERVING.matcher(first == null ? "" : first);
      if (!serving.find()) {
        throw new IOException("it did not come to serve");
      }
      visit(serving.group(1), serving.group(2));
    } finally {
      program.interrupt();
      program.join();
    }
  }

  private static void live(String[] run, PrintWriter told) {
    try (told) {
      Main.run(run, told, new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }
  }

  private static void visit(String gateway, String control)
      throws IOException, InterruptedException {
    ask(control, "promote", "things", "--reason", "rehearsal");
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (int i = 0; i < REQUESTS; i++) {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(URI.create("http://" + gateway + "/things/" + i));
        if (i % 10 == 0) {
          request.POST(HttpRequest.BodyPublishers.ofString(LEGACY));
        }
        expect200(client, request);
      }
      for (String page : List.of("/", "/metrics", "/api/v1/status")) {
        expect200(client, HttpRequest.newBuilder(URI.create(control + page)));
      }
    }
    ask(control, "status");
    ask(control, "explain", "things");
    ask(control, "parity", "things");
    ask(control, "ledger", "show");
  }

  private static void expect200(HttpClient client, HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpRequest asked = request.version(HttpClient.Version.HTTP_1_1).build();
    int status = client.send(asked, HttpResponse.BodyHandlers.discarding()).statusCode();
    if (status != 200) {
      throw new IOException(asked.uri() + " answered " + status);
    }
  }

  /// What a command says is of no interest, only that it ran; the rollout's gates may refuse.
  private static void ask(String control, String... words) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    String[] command =
        Stream.concat(Stream.of("--control", control), Stream.of(words)).toArray(String[]::new);
    Main.run(command, nowhere, nowhere);
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> left = Files.walk(folder)) {
      for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
