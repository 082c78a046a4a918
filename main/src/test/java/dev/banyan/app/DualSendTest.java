package dev.banyan.app;

import static dev.banyan.dual.EntryState.ACCEPTED;
import static dev.banyan.dual.EntryState.INDETERMINATE;
import static dev.banyan.dual.EntryState.PARKED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.RowAgreement;
import dev.banyan.dual.DirtyKeys;
import dev.banyan.dual.Entry;
import dev.banyan.dual.Outbox;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.store.sqlite.SqliteStore;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Writes to both sides over real sockets and a real store.
class DualSendTest {
  @TempDir Path folder;
  private SqliteStore store;
  private KeyedService legacy;
  private KeyedService candidate;
  private DualRig rig;

  @BeforeEach
  void open() throws Exception {
    store = SqliteStore.open(folder.resolve("data"));
    legacy = new KeyedService("legacy");
    candidate = new KeyedService("candidate");
    start("touches: [\"path:id\"], tries: 3, body: 1KiB");
  }

  private void start(String options) throws Exception {
    rig = new DualRig(folder, store.outbox(), legacy, candidate, options);
  }

  @AfterEach
  void close() {
    rig.close();
    legacy.close();
    candidate.close();
    store.close();
  }

  @Test
  void theOwnersAnswerComesBackUnchangedAndTheOtherSideGetsTheSameRequest() throws Exception {
    HttpResponse<String> answer = rig.post("ann", "/things/1?q=%20x", "one");

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo("legacy one");
    assertThat(answer.headers().allValues("x-served-by")).containsExactly("legacy");
    rig.drained();
    KeyedService.Seen first = legacy.seen.getFirst();
    assertThat(first.key()).hasSizeGreaterThan(20);
    assertThat(candidate.seen).containsExactly(first);
    assertThat(legacy.seen).hasSize(1);
  }

  @Test
  void theClientsOwnKeyGoesToBothSides() throws Exception {
    rig.send(rig.request("ann", "/things/1", "one").header("Idempotency-Key", "\"mine\""));
    rig.drained();
    assertThat(legacy.seen).extracting(KeyedService.Seen::key).containsExactly("\"mine\"");
    assertThat(candidate.seen).extracting(KeyedService.Seen::key).containsExactly("\"mine\"");
  }

  @Test
  void whatTheOwnerRefusesIsNotSentAndWhatOnlyReadsIsNotKept() throws Exception {
    legacy.refusing = seen -> seen.method().equals("POST") ? 422 : null;
    assertThat(rig.post("ann", "/things/1", "bad").statusCode()).isEqualTo(422);
    rig.drained();
    rig.send(rig.request("ann", "/things/1", "").GET());

    assertThat(candidate.seen).isEmpty();
    assertThat(rig.store.dirty("things")).contains("path:id=1");
  }

  @Test
  void eachUnitsWritesArriveInTheirOrder() throws Exception {
    candidate.gate = new CountDownLatch(1); // they pile up
    Map<String, List<String>> sent = new ConcurrentHashMap<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (String unit : List.of("ann", "bob", "eve", "joe")) {
        all.add(
            clients.submit(() -> {
              for (int i = 0; i < 25; i++) {
                rig.post(unit, "/things/" + i, unit + i);
              }
              return null;
            }));
        sent.put(unit, IntStream.range(0, 25).mapToObj(i -> unit + i).toList());
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    WriteRig.until(() -> rig.entries().size() == 100);
    candidate.gate.countDown();
    rig.drained();

    assertThat(candidate.done.stream().collect(Collectors.groupingBy(body -> body.substring(0, 3))))
        .isEqualTo(sent);
  }

  @Test
  void aSideThatIsAwayForAWhileCatchesUpInOrder() throws Exception {
    candidate.stop();
    for (int i = 0; i < 10; i++) {
      assertThat(rig.post("ann", "/things/1", "n" + i).statusCode()).isEqualTo(201);
    }
    assertThat(rig.entries())
        .extracting(Entry.Listed::state)
        .contains(ACCEPTED)
        .doesNotContain(PARKED);
    candidate.start();
    rig.drained();
    assertThat(candidate.done).isEqualTo(legacy.done).hasSize(10);
  }

  @Test
  void whatTheOtherSideRefusesIsParkedAndHoldsItsUnitOnly() throws Exception {
    candidate.refusing = seen -> seen.body().equals("bad") ? 422 : null;
    rig.post("ann", "/things/1", "bad");
    rig.post("ann", "/things/1", "after");
    rig.post("bob", "/things/2", "other");
    WriteRig.until(() -> candidate.done.contains("other") && rig.entries().size() == 2);
    WriteRig.until(() -> rig.entries().getFirst().state() == PARKED);

    Entry.Listed parked = rig.entries().getFirst();
    assertThat(parked.says()).isEqualTo("the candidate answered 422");
    assertThat(rig.entries()).extracting(Entry.Listed::state).containsExactly(PARKED, ACCEPTED);
    assertThat(candidate.done).containsExactly("other");

    candidate.refusing = _ -> null;
    retry(parked.seq());
    rig.drained();
    assertThat(candidate.done).containsExactly("other", "bad", "after");
  }

  private void retry(long seq) {
    Outbox.Settled settled = rig.outbox().settling(seq, true, _ -> false);
    assertThat(settled).isInstanceOf(Outbox.Settled.Done.class);
    rig.outbox().retry(((Outbox.Settled.Done) settled).entry());
  }

  @Test
  void failuresAreTriedABoundedNumberOfTimesByTheSameKey() throws Exception {
    candidate.refusing = _ -> 500;
    rig.post("ann", "/things/1", "one");
    Entry.Listed parked = rig.only(PARKED);

    assertThat(parked.tries()).isEqualTo(3);
    assertThat(candidate.seen).hasSize(3);
    assertThat(candidate.seen).extracting(KeyedService.Seen::key).containsOnly(parked.key());
  }

  @Test
  void aConflictCountsAsDoneOnlyWhereTheSideMayHaveHadTheKey() throws Exception {
    candidate.refusing = _ -> 409;
    rig.post("ann", "/things/1", "taken");
    assertThat(rig.only(PARKED).tries()).isEqualTo(1);
    rig.outbox().discard(rig.entries().getFirst());

    candidate.seen.clear();
    rig.send(rig.request("ann", "/things/1", "again").header("Idempotency-Key", "mine"));
    rig.drained();
    assertThat(candidate.seen).hasSize(3); // it may have been under way
  }

  @Test
  void anOwnerThatFallsLeavesAnIndeterminateEntryThatNobodySends() throws Exception {
    legacy.falls = true;
    assertThat(rig.post("ann", "/things/1", "one").statusCode()).isEqualTo(502);
    Entry.Listed entry = rig.only(INDETERMINATE);
    legacy.falls = false;
    rig.post("ann", "/things/2", "two");
    WriteRig.until(() -> rig.entries().size() == 1);

    assertThat(candidate.done).containsExactly("two");
    assertThat(rig.outbox().settling(entry.seq(), true, _ -> false))
        .isInstanceOf(Outbox.Settled.Refused.class);
    rig.outbox().discard(entry);
    assertThat(rig.store.dirty("things")).contains("path:id=1");
  }

  @Test
  void anIdempotentOwnerThatFallsIsAskedAgainByTheSameKey() throws Exception {
    rig.close();
    start("idempotent: true");
    legacy.falls = true;
    assertThat(rig.post("ann", "/things/1", "one").statusCode()).isEqualTo(502);
    legacy.falls = false;
    rig.drained();

    assertThat(legacy.done).containsExactly("one");
    assertThat(candidate.done).containsExactly("one");
    assertThat(legacy.seen)
        .extracting(KeyedService.Seen::key)
        .containsOnly(candidate.seen.getFirst().key());
  }

  @Test
  void aBodyThatIsTooLongIsRefusedAndNothingIsForwarded() throws Exception {
    HttpResponse<String> answer = rig.post("ann", "/things/1", "x".repeat(1025));
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("body-not-kept");
    assertThat(legacy.seen).isEmpty();
    assertThat(rig.post("ann", "/things/1", "x".repeat(1024)).statusCode()).isEqualTo(201);
  }

  @Test
  void aBodyThatIsTooLongGoesToItsOwnerAloneWhereThatIsAskedFor() throws Exception {
    rig.close();
    start("larger: dirty, body: 1KiB, touches: [\"path:id\"]");
    compared();
    String body = "x".repeat(300_000);
    assertThat(rig.post("ann", "/things/1", body).body()).isEqualTo("legacy " + body);
    assertThat(legacy.done).containsExactly(body);
    assertThat(rig.entries()).isEmpty();
    assertThat(rig.store.dirty("things")).containsExactly(DirtyKeys.WHOLE);
  }

  private void compared() {
    rig.dual.dirtyKeys().agreed("things", rig.dual.dirtyKeys().cut());
    assertThat(rig.store.dirty("things")).isEmpty();
  }

  @Test
  void theGateHoldsFromBeforeTheForwardingUntilTheRowsAreCompared() throws Exception {
    WriteRig.until(() -> counts().whole());
    compared();
    WriteRig.until(() -> counts().dirty() == 0);
    legacy.gate = new CountDownLatch(1);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> waiting =
          clients.submit(() -> rig.post("ann", "/things/1", "one"));
      WriteRig.until(() -> counts().underWay() == 1);
      assertThat(counts().dirty()).isEqualTo(1);
      legacy.gate.countDown();
      assertThat(waiting.get().statusCode()).isEqualTo(201);
    }
    rig.drained();
    WriteRig.until(() -> counts().underWay() == 0);
    assertThat(counts().dirty()).isEqualTo(1);
    compared();
    WriteRig.until(() -> counts().dirty() == 0);
  }

  private RowAgreement.Counts counts() {
    RowAgreement.Counts counts = ((RowAgreement.Sent) rig.dual.of("things")).counts();
    return counts == null ? new RowAgreement.Counts(-1, -1, -1, -1, false, null) : counts;
  }

  @Test
  void afterTheOwnerHasChangedTheDirectionTurnsOnceTheOutboxIsEmpty() throws Exception {
    candidate.stop();
    rig.post("ann", "/things/1", "old");
    rig.in(DualRig.writes());
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<HttpResponse<String>> next = clients.submit(() -> rig.post("ann", "/things/1", "new"));
      candidate.start();
      assertThat(next.get().body()).isEqualTo("candidate new");
    }
    rig.drained();

    assertThat(candidate.done).containsExactly("old", "new");
    assertThat(legacy.done).containsExactly("old", "new");
    assertThat(rig.store.isOnItsWayTo("things", Side.LEGACY)).isFalse();
  }

  @Test
  void inLegacyAndInRetiredWritesGoToTheirOwnerAlone() throws Exception {
    rig.in(new Phase.Legacy());
    rig.post("ann", "/things/1", "one");
    rig.in(new Phase.Retired());
    rig.post("ann", "/things/1", "two");
    assertThat(legacy.done).containsExactly("one");
    assertThat(candidate.done).containsExactly("two");
    assertThat(rig.entries()).isEmpty();
  }
}
