package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// 100 files in a row, each of which moves 100 routes: 10,000 edits, with promotions and rollbacks
/// between them, under load and with long-lived connections open on both sides.
@ExtendWith(Transcripts.class)
final class EditsIT {
  private static final int RELOADS = 100;
  private static final int ROUTES = 100;
  private static final int CONNECTIONS = 6;
  private static final int FLIP_EVERY = 10;
  private static final int WARM = 20;
  private static final int ASKED_IN_EACH_EDITION = 20;
  private static final long HEAP_MAY_GROW = 12L << 20;
  private static final String LEGACY = "legacy";
  private static final String CANDIDATE = "candidate";

  /// What the table may be from a moment on, until the next one: while a change is under way, it is
  /// the old or the new.
  private static final class Moment {
    private final Set<Integer> editions;
    private final Set<String> items;
    private volatile @Nullable Moment next;

    Moment(Set<Integer> editions, Set<String> items) {
      this.editions = editions;
      this.items = items;
    }
  }

  private volatile Moment now = new Moment(Set.of(0), Set.of(LEGACY));

  private void become(Set<Integer> editions, Set<String> items) {
    Moment next = new Moment(editions, items);
    now.next = next;
    now = next;
  }

  /// Each route is nobody's, of the family `left` that stays on the legacy, or of `right` that is
  /// on the candidate; and in the next edition it is the next one's.
  private static int place(int route, int edition) {
    return (route + edition) % 3;
  }

  private static String side(int route, int edition) {
    return place(route, edition) == 2 ? CANDIDATE : LEGACY;
  }

  private static String config(Sides sides, int edition) {
    return sides.items("steps: [100%]", "auto: off").replace("_timeout: 1s", "_timeout: 20s")
        + moving("left", 1, edition)
        + moving("right", 2, edition);
  }

  private static String moving(String family, int place, int edition) {
    String routes =
        routes(place, edition)
            .mapToObj(route -> "\"GET /moving" + route + "/{id}\"")
            .collect(Collectors.joining(", ", "\"GET /" + family + "/{id}\", ", ""));
    return Sides.family(family, "steps: [100%]", "auto: off")
        .replaceFirst("routes: \\[.*]", "routes: [" + routes + "]");
  }

  private static IntStream routes(int place, int edition) {
    return IntStream.range(0, ROUTES).filter(route -> place(route, edition) == place);
  }

  /// By turns a route that moves, a read of the family that is flipped, and a write of it.
  private void ask(Client client, long number) throws IOException {
    int route = (int) (number % ROUTES);
    boolean moves = number / ROUTES % 2 == 0;
    boolean writes = !moves && number % 8 == 0;
    String target =
        moves ? "/moving" + route + "/" + number : writes ? "/items" : "/items/" + number;
    Moment begun = now;
    Message answer =
        writes
            ? client.post(target, "{\"n\":" + number + "}")
            : client.get(target, Map.of("X-User", "user-" + number));
    assertThat(answer.status()).as(target).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"target\":\"" + target + "\"}");
    Set<String> allowed = new TreeSet<>();
    for (Moment each = begun; each != null; each = each.next) {
      if (moves) {
        each.editions.forEach(edition -> allowed.add(side(route, edition)));
      } else {
        allowed.addAll(writes ? Set.of(LEGACY) : each.items);
      }
    }
    assertThat(allowed).as("sides that may answer %s", target).contains(answer.server());
  }

  @Test
  void tenThousandEditsUnderLoadFailNoRequestAndBreakNoStream() throws Exception {
    try (Sides sides = Sides.open()) {
      BlockingQueue<String> ofLegacy = LongLived.speaking(sides.legacy());
      BlockingQueue<String> ofCandidate = LongLived.speaking(sides.candidate());
      try (Banyan banyan = Banyan.serving(config(sides, 0))) {
        try (LongLived old = new LongLived(banyan, LEGACY, ofLegacy)) {
          new Ladder(banyan, "items", Sides.ITEMS).reach("canary 100%");
          new Ladder(banyan, "right", EditsIT::right).reach("canary 100%");
          become(Set.of(0), Set.of(CANDIDATE));
          try (LongLived fresh = new LongLived(banyan, CANDIDATE, ofCandidate)) {
            edit(banyan, sides, List.of(old, fresh));
            expectNothingWrong(banyan);
          }
        }
      }
    }
  }

  /// Reads from every route that `right` begins with, by turns.
  private static void right(Client client, long number) throws IOException {
    List<String> places =
        Stream.concat(Stream.of("/right/"), routes(2, 0).mapToObj(route -> "/moving" + route + "/"))
            .toList();
    String target = places.get((int) (number % places.size())) + number;
    client.get(target, Map.of("X-User", "user-" + number));
  }

  private void edit(Banyan banyan, Sides sides, List<LongLived> open) throws Exception {
    Control control = banyan.control();
    long warm = 0;
    Load load = Load.on(banyan.port(), CONNECTIONS, this::ask);
    try (load) {
      for (int edition = 1; edition <= RELOADS; edition++) {
        Set<String> items = now.items;
        become(Set.of(edition - 1, edition), items);
        banyan.replace(config(sides, edition));
        control.post("/api/v1/reload", "{}").done();
        become(Set.of(edition), items);
        for (LongLived each : open) {
          each.goOn();
        }
        if (edition % FLIP_EVERY == 0) {
          flip(control, edition);
        }
        long before = load.done();
        Await.until(
            "requests go on",
            () -> load.done() > before + ASKED_IN_EACH_EDITION || !load.failures().isEmpty());
        assertThat(load.failures()).isEmpty();
        if (edition == WARM) {
          warm = heap(banyan);
        }
      }
      assertThat(heap(banyan)).as("heap in use at the end").isLessThan(warm + HEAP_MAY_GROW);
    }
    assertThat(load.failures()).isEmpty();
  }

  private void flip(Control control, int edition) throws Exception {
    Set<Integer> editions = Set.of(edition);
    become(editions, Set.of(LEGACY, CANDIDATE));
    control.rollback("items").done();
    become(editions, Set.of(LEGACY));
    Await.until(
        "the family is in canary again",
        () -> {
          become(editions, Set.of(LEGACY, CANDIDATE));
          Control.Answer answer = control.promote("items");
          boolean up = answer.json().path("phase").asString("").equals("canary");
          become(editions, Set.of(up ? CANDIDATE : LEGACY));
          assertThat(up || answer.status() == 200 || answer.code().equals("gate-refused"))
              .as("%s", answer)
              .isTrue();
          return up;
        });
  }

  /// Bytes of the heap that are in use once all garbage is gone.
  private static long heap(Banyan banyan) throws Exception {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Program.Ended ended =
        Program.run(List.of(jcmd, Long.toString(banyan.pid()), "GC.run"), environment -> {});
    assertThat(ended.exit()).as(ended.said()).isZero();
    return banyan
        .control()
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static void expectNothingWrong(Banyan banyan) throws Exception {
    Control control = banyan.control();
    String metrics = control.get("/metrics").body();
    assertThat(metrics)
        .contains("banyan_tunnels 2")
        .doesNotContain("status=\"5xx\"", "banyan_requests_unfinished_total{");
    assertThat(control.metric("banyan_requests_sent_twice_total")).isEqualTo("0.0");
    assertThat(control.status().path("config").path("lastError").isNull()).isTrue();
    assertThat(control.ledger())
        .filteredOn(entry -> entry.path("reason").asString("").startsWith("loaded "))
        .hasSizeGreaterThanOrEqualTo(RELOADS);
    assertThat(control.verify().path("ok").asBoolean()).isTrue();
  }
}
