package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Severity;
import dev.banyan.migration.Weight;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where clients' writes end up, over real sockets.
class WriteCopiesTest {
  private static final Weight HALF = Weight.parse("50%");
  private static final List<Phase> COMPARING =
      List.of(
          new Phase.Shadow(),
          new Phase.Canary(HALF),
          new Phase.Reads(),
          new Phase.Writes(HALF),
          new Phase.Canary(Weight.FULL));
  private static final List<String> METHODS = List.of("POST", "PUT", "DELETE", "PATCH", "PURGE");

  @TempDir Path folder;

  private Rows legacy;
  private Rows candidate;
  private Rows box;

  @BeforeEach
  void start() throws Exception {
    legacy = new Rows(1);
    candidate = new Rows(5_001);
    box = new Rows(9_001);
  }

  @AfterEach
  void stop() {
    legacy.close();
    candidate.close();
    box.close();
  }

  private String yaml(String shadow, String boxUrl) {
    return """
    services:
      legacy: { url: "http://127.0.0.1:%d" }
      new: { url: "http://127.0.0.1:%d" }
      box: { url: "%s" }
    families:
      things:
        candidate: new
        sticky: header:x-unit
        shadow: { %s }
        routes:
          - /things
          - /things/{id}
          - { route: POST /search, safe: true }
          - { route: GET /export, safe: false }
    shadow: { lag: 1m }
    """
        .formatted(legacy.port(), candidate.port(), boxUrl, shadow);
  }

  private String yaml(String shadow) {
    return yaml(shadow, "http://127.0.0.1:" + box.port());
  }

  private WriteRig rig(String shadow) throws Exception {
    WriteRig rig = new WriteRig(folder, yaml(shadow), InetAddress::getAllByName);
    rig.in(new Phase.Shadow());
    return rig;
  }

  private static final String SANDBOX = "writes: sandbox, sandbox: box";

  /// Sends writes of all kinds from several clients while the family moves through phases.
  private static int writeWhileItMoves(WriteRig rig, List<Phase> phases) throws Exception {
    int clients = 4;
    int each = 60;
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> load = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        int number = i;
        Callable<Void> work =
            () -> {
              for (int n = 0; n < each; n++) {
                String method = METHODS.get(n % METHODS.size());
                String path =
                    n % 7 == 6 ? "/export" : method.equals("POST") ? "/things" : "/things/1";
                HttpRequest.Builder request =
                    rig.request(path.equals("/export") ? "GET" : method, path, "{\"n\":1}")
                        .header("X-N", number + "-" + n)
                        .header("X-Unit", "u" + (n % 20));
                assertThat(rig.send(request).statusCode()).isLessThan(500);
              }
              return null;
            };
        load.add(threads.submit(work));
      }
      Future<?> moving =
          threads.submit(() -> {
            for (int i = 0; !done.get(); i++) {
              rig.in(phases.get(i % phases.size()));
              Thread.sleep(3);
            }
            return null;
          });
      try {
        for (Future<?> client : load) {
          client.get();
        }
      } finally {
        done.set(true);
      }
      moving.get();
    }
    rig.settled();
    return clients * each;
  }

  private static Map<String, Integer> numbers(Rows service) {
    Map<String, Integer> times = new HashMap<>();
    for (Rows.Seen seen : service.writes()) {
      times.merge(Objects.requireNonNull(seen.header("X-n")), 1, Integer::sum);
    }
    return times;
  }

  @Test
  void withoutADeclarationNoWriteReachesAnyServiceButItsAuthority() throws Exception {
    List<Phase> all = new ArrayList<>(COMPARING);
    all.add(new Phase.Legacy());
    all.add(new Phase.Retired());
    try (WriteRig rig = rig("sample: 100%")) {
      int sent = writeWhileItMoves(rig, all);

      Map<String, Integer> times = numbers(legacy);
      numbers(candidate).forEach((number, more) -> times.merge(number, more, Integer::sum));
      assertThat(times).hasSize(sent).allSatisfy((number, seen) -> assertThat(seen).isEqualTo(1));
      assertThat(legacy.writes()).isNotEmpty();
      assertThat(candidate.writes()).isNotEmpty();
      assertThat(box.seen).isEmpty();
      assertThat(legacy.seen).noneMatch(seen -> seen.header("X-banyan-shadow") != null);
      assertThat(candidate.seen).noneMatch(seen -> seen.header("X-banyan-shadow") != null);
    }
  }

  @Test
  void writesThatGoNowhereElseAreCounted() throws Exception {
    try (WriteRig rig = rig("sample: 0%")) {
      for (String method : METHODS) {
        rig.send(method, "/things", "{\"n\":1}");
      }
      rig.send("GET", "/export", "");
      rig.send("GET", "/things/1", "");
      assertThat(rig.evidence().skipped()).containsExactly(Map.entry("write-blocked", 6L));

      rig.book.reset("things", Instant.EPOCH);
      rig.send("POST", "/things", "{\"n\":1}");
      rig.in(new Phase.Legacy());
      rig.send("POST", "/things", "{\"n\":1}");
      assertThat(rig.evidence().skipped()).containsExactly(Map.entry("write-blocked", 1L));
    }
  }

  @Test
  void onlyTheSandboxGetsCopiesAndOneOfEachSampledWriteOfTheLegacy() throws Exception {
    try (WriteRig rig = rig(SANDBOX)) {
      int sent = writeWhileItMoves(rig, COMPARING);

      Set<String> legacys = numbers(legacy).keySet();
      Set<String> candidates = numbers(candidate).keySet();
      Map<String, Integer> copies = numbers(box);
      assertThat(legacys.size() + candidates.size()).isEqualTo(sent);
      assertThat(copies.keySet()).isSubsetOf(legacys).doesNotContainAnyElementsOf(candidates);
      assertThat(copies.values()).allMatch(times -> times == 1);
      long dropped =
          rig.shadow.counts("things").dropped().values().stream().mapToLong(Long::longValue).sum();
      assertThat(copies.size() + dropped).isEqualTo(legacys.size());
      assertThat(candidate.writes()).noneMatch(seen -> seen.header("X-banyan-shadow") != null);
      assertThat(legacy.writes()).noneMatch(seen -> seen.header("X-banyan-shadow") != null);
      Set<String> keys = new HashSet<>();
      assertThat(box.writes())
          .isNotEmpty()
          .allMatch(seen -> "1".equals(seen.header("X-banyan-shadow")))
          .allMatch(seen -> keys.add(Objects.requireNonNull(seen.header("Idempotency-key"))));
    }
  }

  @Test
  void whatTheRouteCallsAReadIsOne() throws Exception {
    try (WriteRig rig = rig(SANDBOX)) {
      rig.send("POST", "/search", "{\"q\":1}");
      rig.send("GET", "/export", "");
      rig.settled();
      assertThat(candidate.seen).extracting(Rows.Seen::target).containsExactly("/search");
      assertThat(box.seen).extracting(Rows.Seen::target).containsExactly("/export");
    }
  }

  @Test
  void aReadThatNamesAnotherMethodIsNoneForTheCandidate() throws Exception {
    try (WriteRig rig = rig("writes: blocked")) {
      rig.send(rig.request("POST", "/search", "{}").header("X-HTTP-Method-Override", "DELETE"));
      rig.send(rig.request("GET", "/things/1", "").header("X-HTTP-Method-Override", "DELETE"));
      rig.send(rig.request("HEAD", "/things/1", "").header("X-Method-Override", "PUT"));
      rig.send("POST", "/search", "{\"after\":1}");
      rig.settled();
      assertThat(candidate.seen).extracting(Rows.Seen::body).containsExactly("{\"after\":1}");
    }
  }

  private static String id(String location) {
    return location.substring(location.lastIndexOf('/') + 1);
  }

  private static String create(WriteRig rig, String body) throws Exception {
    return id(rig.send("POST", "/things", body).headers().firstValue("location").orElseThrow());
  }

  private static List<String> differences(ParityEvidence evidence) {
    return evidence.endpoints().stream()
        .flatMap(endpoint ->
            endpoint.differences().stream()
                .map(each -> endpoint.endpoint() + " " + each.where() + " " + each.kind()))
        .toList();
  }

  @Test
  void aLifeWithDisjointIdsShowsNoDifference() throws Exception {
    try (WriteRig rig = rig(SANDBOX)) {
      String first = create(rig, "{\"name\":\"a\"}");
      rig.settled(); // otherwise an effect is read while the legacy is ahead, which proves nothing
      String second = create(rig, "{\"name\":\"b\",\"thingId\":" + first + "}");
      rig.settled();
      rig.send("PUT", "/things/" + second, "{\"name\":\"c\",\"thing\":{\"id\":" + first + "}}");
      rig.settled();
      rig.send("DELETE", "/things/" + first, "");
      ParityEvidence evidence = rig.settled();

      assertThat(differences(evidence)).isEmpty();
      assertThat(evidence.matched()).isEqualTo(4);
      assertThat(evidence.skipped()).isEmpty();
      assertThat(box.rows)
          .containsExactly(
              Map.entry("9002", "{\"id\":9002,\"name\":\"c\",\"thing\":{\"id\":9001}}"));
      assertThat(box.of("GET"))
          .extracting(Rows.Seen::target)
          .containsExactly("/things/9001", "/things/9002", "/things/9002", "/things/9001");
      assertThat(candidate.seen)
          .as("a sandboxed family's writes are not the candidate's")
          .isEmpty();
    }
  }

  @Test
  void aRowThatIsKeptAfterItsDeletionIsFoundByItsEffect() throws Exception {
    box.keepsWhatIsDeleted = true;
    try (WriteRig rig = rig(SANDBOX)) {
      rig.send("DELETE", "/things/" + create(rig, "{\"name\":\"a\"}"), "");
      assertThat(differences(rig.settled()))
          .containsExactly("DELETE /things/{id} effect:status value");
    }
  }

  @Test
  void aSwappedReferenceIsFoundByItsEffect() throws Exception {
    box.confusesOwners = true;
    try (WriteRig rig = rig(SANDBOX)) {
      String owner = create(rig, "{\"name\":\"a\"}");
      create(rig, "{\"name\":\"b\",\"thingId\":" + owner + "}");
      assertThat(differences(rig.settled()))
          .containsExactly("POST /things effect:body:$.thingId value");
    }
  }

  @Test
  void aClientsOwnKeyIsReplacedAndItsRepetitionKeepsTheCopysKey() throws Exception {
    try (WriteRig rig = rig(SANDBOX)) {
      for (int i = 0; i < 2; i++) {
        rig.send(
            rig.request("POST", "/things", "{\"name\":\"a\"}")
                .header("Idempotency-Key", "mine")
                .header("X-Request-Id", "r" + i));
      }
      rig.send(rig.request("POST", "/things", "{\"name\":\"a\"}").header("X-Request-Id", "r1"));
      rig.settled();
      List<String> keys =
          box.of("POST").stream().map(each -> each.header("Idempotency-key")).toList();
      assertThat(keys).hasSize(3).doesNotContain("mine", "r1");
      assertThat(keys.get(0)).isEqualTo(keys.get(1)).isNotEqualTo(keys.get(2)).hasSize(43);
      assertThat(legacy.of("POST"))
          .extracting(each -> each.header("Idempotency-key"))
          .containsExactly("mine", "mine", null);
    }
  }

  @Test
  void aSandboxWhoseNameIsTheLegacysAddressGetsNothing() throws Exception {
    try (WriteRig rig =
        new WriteRig(
            folder,
            yaml(SANDBOX, "http://box.test:" + legacy.port()),
            host -> new InetAddress[] {InetAddress.ofLiteral("::1")})) {
      rig.in(new Phase.Shadow());
      create(rig, "{\"name\":\"a\"}");
      ParityEvidence evidence = rig.settled();
      assertThat(legacy.of("POST")).hasSize(1);
      assertThat(evidence.skipped()).containsExactly(Map.entry("sandbox-is-live", 1L));
      assertThat(rig.shadow.counts("things").dropped())
          .containsExactly(Map.entry("sandbox-is-live", 1L));
    }
  }

  @Test
  void aSandboxWhoseNameIsNotKnownGetsNothing() throws Exception {
    try (WriteRig rig =
        new WriteRig(
            folder,
            yaml(SANDBOX, "http://box.test:" + box.port()),
            host -> {
              throw new UnknownHostException(host);
            })) {
      rig.in(new Phase.Shadow());
      create(rig, "{\"name\":\"a\"}");
      assertThat(rig.settled().skipped()).containsExactly(Map.entry("sandbox-is-live", 1L));
      assertThat(box.seen).isEmpty();
    }
  }

  @Test
  void whatIsNoSandboxAnyMoreAfterAReloadGetsNothingEvenBeforeTheRoutesChange() throws Exception {
    try (WriteRig rig = rig(SANDBOX)) {
      create(rig, "{\"name\":\"a\"}");
      rig.settled();
      rig.reload(yaml("writes: blocked"));
      create(rig, "{\"name\":\"b\"}");
      assertThat(rig.settled().skipped()).containsExactly(Map.entry("sandbox-is-live", 1L));
      assertThat(box.of("POST")).hasSize(1);
    }
  }

  // ---- dry runs

  @Test
  void aCandidateThatHonoursDryRunsIsAskedOnceAndComparedWithoutIds() throws Exception {
    candidate.word = "honoured";
    candidate.honours = true;
    try (WriteRig rig = rig("writes: dry-run")) {
      create(rig, "{\"name\":\"a\"}");
      create(rig, "{\"name\":\"b\"}");
      ParityEvidence evidence = rig.settled();
      assertThat(differences(evidence)).isEmpty();
      assertThat(evidence.matched()).isEqualTo(2);
      assertThat(candidate.of("OPTIONS")).hasSize(1);
      assertThat(candidate.of("POST"))
          .hasSize(2)
          .allMatch(seen -> "1".equals(seen.header("Banyan-dry-run")));
      assertThat(candidate.rows).isEmpty();

      rig.book.reset("things", Instant.EPOCH);
      create(rig, "{\"name\":\"c\"}");
      rig.settled();
      assertThat(candidate.of("OPTIONS")).as("asked again after a reset").hasSize(2);
      rig.reload(yaml("writes: dry-run"));
      create(rig, "{\"name\":\"d\"}");
      rig.settled();
      assertThat(candidate.of("OPTIONS")).as("asked again after a reload").hasSize(3);
    }
  }

  @Test
  void aCandidateThatDoesNotSaySoGetsNoWrite() throws Exception {
    candidate.word = "what?";
    try (WriteRig rig = rig("writes: dry-run")) {
      create(rig, "{\"name\":\"a\"}");
      create(rig, "{\"name\":\"b\"}");
      assertThat(rig.settled().skipped()).containsExactly(Map.entry("dry-run-not-honoured", 2L));
      assertThat(candidate.writes()).isEmpty();
      assertThat(candidate.of("OPTIONS")).isNotEmpty();
    }
  }

  @Test
  void aCandidateThatBreaksItsWordGetsNoMoreWritesUntilAReset() throws Exception {
    candidate.word = "honoured";
    try (WriteRig rig = rig("writes: dry-run")) {
      create(rig, "{\"name\":\"a\"}");
      ParityEvidence broken = rig.settled();
      assertThat(differences(broken)).contains("POST /things dry-run missing");
      assertThat(broken.endpoints().getFirst().differences().getFirst().severity())
          .isEqualTo(Severity.BREAKING);
      create(rig, "{\"name\":\"b\"}");
      rig.send("PUT", "/things/1", "{\"name\":\"c\"}");
      rig.settled();
      rig.reload(yaml("writes: dry-run"));
      create(rig, "{\"name\":\"d\"}");
      assertThat(rig.settled().skipped()).containsExactly(Map.entry("dry-run-not-honoured", 3L));
      assertThat(candidate.writes()).hasSize(1);

      candidate.honours = true;
      rig.book.reset("things", Instant.EPOCH);
      create(rig, "{\"name\":\"e\"}");
      assertThat(rig.settled().matched()).isEqualTo(1);
      assertThat(candidate.writes()).hasSize(2);
    }
  }
}
