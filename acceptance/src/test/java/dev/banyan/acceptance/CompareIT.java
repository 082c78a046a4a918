package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;

/// `banyan compare` from outside: two running systems, a file of requests, an exit code.
final class CompareIT {
  private static final String READS =
      """
      # three reads
      GET /users/1
      GET /users/2
      GET /orders?page=2
        Accept: application/json
      """;

  private static final String SESSION =
      """
      POST /notes
      {"text": "first"}

      GET /notes/{{notes.id}}
      PUT /notes/{{notes.id}}
      {"text": "second"}

      DELETE /notes/{{notes.id}}
      GET /notes/{{notes.id}}
      """;

  @TempDir Path directory;

  private Sides sides;

  @BeforeEach
  void open() throws IOException {
    sides = Sides.open();
  }

  @AfterEach
  void close() throws IOException {
    sides.close();
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private Program.Ended compare(Path requests, String... more) throws Exception {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("compare", sides.legacy().url(), sides.candidate().url()));
    words.addAll(List.of("--requests", requests.toString()));
    words.addAll(List.of(more));
    return Program.run(words.toArray(String[]::new));
  }

  @Test
  void equalSidesExitWithZero() throws Exception {
    Program.Ended ended = compare(file("reads.list", READS), "-o", "json");

    assertThat(ended.exit()).as(ended.said()).isZero();
    JsonNode report = Control.json(ended.stdout());
    assertThat(report.path("compared").asLong()).isEqualTo(3);
    assertThat(report.path("matched").asLong()).isEqualTo(3);
    assertThat(report.path("parity").path("coverage").asDouble()).isEqualTo(1);
    assertThat(sides.legacy().count()).isEqualTo(3);
    assertThat(sides.candidate().count()).isEqualTo(3);
  }

  @Test
  void differencesExitWithOneAndAreTheSameInEveryFile() throws Exception {
    sides
        .legacy()
        .behave(request -> Reply.json(200, "{\"id\":1,\"name\":\"<b>\",\"of\":\"legacy\"}"));
    sides
        .candidate()
        .behave(request -> Reply.json(200, "{\"id\":\"1\",\"name\":\"<b>\",\"of\":\"legacy\"}"));
    Path json = directory.resolve("r.json");
    Path html = directory.resolve("r.html");
    Path junit = directory.resolve("r.xml");
    Path sarif = directory.resolve("r.sarif");

    Program.Ended ended =
        compare(
            file("reads.list", READS),
            "--report=" + json,
            "--html=" + html,
            "--junit=" + junit,
            "--sarif=" + sarif);

    assertThat(ended.exit()).as(ended.said()).isEqualTo(1);
    assertThat(ended.stdout()).contains("GET /users/{id}", "breaking, type at body $.id");
    JsonNode report = Control.json(Files.readString(json));
    assertThat(report.path("mismatched").asLong()).isEqualTo(3);
    assertThat(
            report
                .path("endpoints")
                .valueStream()
                .flatMap(each -> each.path("differences").valueStream())
                .map(each -> each.path("kind").stringValue() + " " + each.path("field").asString()))
        .containsOnly("type $.id");
    assertThat(Files.readString(html)).startsWith("<!doctype html>").contains("$.id");
    Element suite =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(Files.readString(junit))))
            .getDocumentElement();
    assertThat(suite.getAttribute("failures"))
        .isEqualTo(Integer.toString(report.path("endpoints").size()));
    assertThat(
            Control.json(Files.readString(sarif))
                .path("runs")
                .path(0)
                .path("results")
                .valueStream()
                .map(each -> each.path("ruleId").stringValue()))
        .containsOnly("breaking/type/body");
  }

  @Test
  void whatIsLessSevereThanToldExitsWithZero() throws Exception {
    sides.behave(request -> Reply.json(200, "{\"id\":1}"));
    sides.candidate().behave(request -> Reply.json(200, "{\"id\":1,\"more\":2}"));
    Path reads = file("reads.list", READS);

    assertThat(compare(reads).exit()).isEqualTo(1);
    assertThat(compare(reads, "--fail-on=breaking").exit()).isZero();
  }

  @Test
  void aSideThatCanNotBeReachedExitsWithThreeAndWritesNothing() throws Exception {
    sides.candidate().refuse();
    Path json = directory.resolve("r.json");

    Program.Ended ended = compare(file("reads.list", READS), "--report=" + json);

    assertThat(ended.exit()).as(ended.said()).isEqualTo(3);
    assertThat(ended.stderr()).contains(sides.candidate().url());
    assertThat(json).doesNotExist();
  }

  @Test
  void aFileThatCanNotBeReadExitsWithTwoAndNamesThePlace() throws Exception {
    Program.Ended broken = compare(file("broken.har", "{\"log\": {\"entries\": [{\"requ"));
    assertThat(broken.exit()).as(broken.said()).isEqualTo(2);
    assertThat(broken.stderr()).contains("broken.har");
    assertThat(compare(directory.resolve("none.har")).exit()).isEqualTo(2);
    assertThat(compare(file("reads.list", READS), "--html=" + directory).exit()).isEqualTo(2);
    assertThat(Program.run("compare", sides.legacy().url()).exit()).isEqualTo(2);
    assertThat(sides.legacy().count()).isZero();
  }

  @Test
  void comparingNothingExitsWithOneAndSaysWhy() throws Exception {
    Program.Ended ended = compare(file("session.list", SESSION.substring(0, 30)));

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.stderr())
        .contains("nothing was compared", "write-not-allowed 1 (--writes sends them)");
    assertThat(sides.legacy().count()).isZero();
  }

  @Test
  void aSessionFollowsTheIdsOfEachSide() throws Exception {
    sides.legacy().behave(new Notes(100, true));
    sides.candidate().behave(new Notes(7_000, true));

    Program.Ended ended = compare(file("session.list", SESSION), "--writes", "-o", "json");

    assertThat(ended.exit()).as(ended.said()).isZero();
    assertThat(Control.json(ended.stdout()).path("compared").asLong()).isEqualTo(5);
    assertThat(sides.candidate().count(each -> each.target().equals("/notes/7000"))).isPositive();
    assertThat(sides.candidate().count(each -> each.target().equals("/notes/100"))).isZero();
  }

  @Test
  void aDeletionThatLeavesTheRowIsFoundByItsEffect() throws Exception {
    sides.legacy().behave(new Notes(100, true));
    sides.candidate().behave(new Notes(7_000, false));

    Program.Ended ended = compare(file("session.list", SESSION), "--writes");

    assertThat(ended.exit()).isEqualTo(1);
    assertThat(ended.stdout()).contains("DELETE /notes/{id}", "effect");
  }

  @Test
  void theDemosServicesAreAlikeUntilFaultsArePlanted() throws Exception {
    Path session =
        file(
            "shop.list",
            """
            GET /users?page=1&limit=20
            GET /orders/5
            GET /products/by-sku/TEA%2FGREEN-4
            POST /users
            {"name": "New", "email": "new@shop.example"}

            GET /users/{{users.id}}
            POST /orders
            {"userId": {{users.id}}, "productId": 7, "quantity": 2}

            PATCH /orders/{{orders.id}}
            {"note": "Ring twice"}

            DELETE /orders/{{orders.id}}
            DELETE /users/{{users.id}}
            """);

    Program.Ended alike = comparePair("none", session);
    assertThat(alike.exit()).as(alike.said()).isZero();
    assertThat(alike.stdout()).contains("9 of 9 answers match");
    Program.Ended planted = comparePair("id-as-string,date-without-zone", session);
    assertThat(planted.exit()).isEqualTo(1);
    assertThat(planted.stdout()).contains("type at body $.id", "value at body $.placedAt");
  }

  /// Compares the demo's two services, each over rows of its own.
  private static Program.Ended comparePair(String faults, Path session) throws Exception {
    List<String> command = new ArrayList<>(Program.banyan());
    command.set(
        command.size() - 1, Program.repository().resolve("demo/target/banyan-demo.jar").toString());
    command.addAll(List.of("demo", "pair", "--legacy-port=0", "--candidate-port=0"));
    command.addAll(List.of("--faults", faults));
    Process pair =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var said = pair.inputReader()) {
      String ready = String.valueOf(said.readLine());
      Matcher urls = Pattern.compile("legacy on (\\S+), candidate on (\\S+)").matcher(ready);
      assertThat(urls.find()).as(ready).isTrue();
      return Program.run(
          "compare",
          urls.group(1),
          urls.group(2),
          "--requests=" + session,
          "--writes",
          "--pair-noise");
    } finally {
      // It ends with its input, and takes its database with it.
      pair.outputWriter().close();
      assertThat(pair.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  /// A service that keeps notes, under ids of its own.
  private static final class Notes implements Function<Message, Reply> {
    private static final Pattern TEXT = Pattern.compile("\"text\":\\s*\"(.*?)\"");

    private final Map<Integer, String> rows = new TreeMap<>();
    private final boolean deletes;
    private int next;

    Notes(int first, boolean deletes) {
      this.next = first;
      this.deletes = deletes;
    }

    @Override
    public synchronized Reply apply(Message request) {
      String last = request.target().substring(request.target().lastIndexOf('/') + 1);
      return last.equals("notes") ? all(request) : one(request, Integer.parseInt(last));
    }

    private Reply all(Message request) {
      if (request.method().equals("POST")) {
        rows.put(next, text(request));
        return Reply.json(201, note(next++));
      }
      Stream<String> notes = rows.keySet().stream().map(this::note);
      return Reply.json(200, notes.toList().toString());
    }

    private Reply one(Message request, int id) {
      if (!rows.containsKey(id)) {
        return Reply.json(404, "{\"error\":\"no such note\"}");
      }
      switch (request.method()) {
        case "PUT" -> rows.put(id, text(request));
        case "DELETE" -> {
          if (deletes) {
            rows.remove(id);
          }
          return new Reply.Whole(204, Map.of(), "");
        }
        default -> {
          // A read changes nothing.
        }
      }
      return Reply.json(200, note(id));
    }

    private String note(int id) {
      return "{\"id\":" + id + ",\"text\":\"" + rows.getOrDefault(id, "") + "\"}";
    }

    private static String text(Message request) {
      Matcher text = TEXT.matcher(request.body());
      return text.find() ? text.group(1) : "";
    }
  }
}
