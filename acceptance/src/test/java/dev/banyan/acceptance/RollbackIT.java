package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Transcripts.class)
final class RollbackIT {
  /// A thousand with `-Dflips=1000`.
  private static final int FLIPS = Integer.getInteger("flips", 300);

  private static final int CONNECTIONS = 3;
  private static final int ASKED_IN_EACH_WINDOW = 4;
  private static final Duration BOUND = Duration.ofSeconds(30);

  /// The time between the return of a rollback and the next promotion: in it, nothing that a client
  /// begins to ask may reach the candidate.
  ///
  /// Windows are numbered from 1. Only the thread that flips opens and closes them; clients and
  /// backends read.
  private static final class Window {
    static final String HEADER = "X-Window";
    private static final int CLOSED = 0;

    private final AtomicInteger open = new AtomicInteger(CLOSED);
    private final Semaphore asked = new Semaphore(0);
    private final Queue<String> trespasses = new ConcurrentLinkedQueue<>();
    private int number;

    /// A request on its way: it carries the number of the window that it was begun in.
    void ask(Client client, long count) throws IOException {
      int begun = open.get();
      Message answer =
          client.get(
              "/items/" + count,
              Map.of("X-User", "user-" + count, HEADER, Integer.toString(begun)));
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).contains("/items/" + count + "\"");
      if (begun != CLOSED && open.get() == begun) {
        asked.release();
        if (!answer.server().equals("legacy")) {
          trespasses.add("in window " + begun + " the " + answer.server() + " answered " + count);
        }
      }
    }

    /// The candidate's behaviour: it notes what should not have come.
    Reply trespass(Message request) {
      int begun = Integer.parseInt(request.headers().getOrDefault("x-window", "0"));
      if (begun != CLOSED && open.get() == begun) {
        trespasses.add("in window " + begun + " the candidate was asked " + request.first());
      }
      return Reply.plain(request);
    }

    void stayOpenForSomeRequests() throws InterruptedException {
      asked.drainPermits();
      open.set(++number);
      boolean enough = asked.tryAcquire(ASKED_IN_EACH_WINDOW, BOUND.toSeconds(), TimeUnit.SECONDS);
      open.set(CLOSED);
      assertThat(enough).as("requests are answered in window %s", number).isTrue();
    }
  }

  @Test
  void flipsUnderLoadFailNoRequestAndNeverLetOneThroughAfterTheRollback() throws Exception {
    Window window = new Window();
    try (Sides sides = Sides.open();
        Banyan banyan =
            Banyan.serving(sides.items("steps: [100%]", "auto: off", "shadow: { again: 0% }"))) {
      sides.candidate().behave(window::trespass);
      new Ladder(banyan, "items", Sides.ITEMS).reach("canary 100%");
      Control control = banyan.control();
      Load load = Load.on(banyan.port(), CONNECTIONS, window::ask);
      try (load) {
        for (int flip = 0; flip < FLIPS; flip++) {
          control.rollback("items").done();
          window.stayOpenForSomeRequests();
          Await.until("the family is in canary again", () -> climb(control));
        }
      }

      assertThat(List.copyOf(window.trespasses)).isEmpty();
      assertThat(load.failures()).isEmpty();
      assertThat(sides.candidate().count()).as("requests of the candidate").isGreaterThan(FLIPS);
      assertThat(control.ledger())
          .filteredOn(entry -> entry.path("kind").asString("").equals("rollback"))
          .hasSize(FLIPS);
      assertThat(control.verify().path("ok").asBoolean()).isTrue();
    }
  }

  /// One attempt to get up to the canary; where the gate wants more evidence, the load is bringing
  /// it.
  private static boolean climb(Control control) throws Exception {
    Control.Answer answer = control.promote("items");
    if (answer.status() == 200) {
      return answer.json().path("phase").asString("").equals("canary");
    }
    assertThat(answer.code()).isEqualTo("gate-refused");
    return false;
  }

  @Test
  void answersUnderWayEndWhereTheyBegan() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan =
            Banyan.serving(
                sides
                    .items("steps: [100%]")
                    .replace("response_timeout: 1s", "response_timeout: 20s"))) {
      new Ladder(banyan, "items", Sides.ITEMS).reach("canary 100%");
      sides
          .candidate()
          .behave(request -> new Reply.Late(Duration.ofSeconds(2), Reply.plain(request)));
      long before = sides.candidate().count();
      Queue<Message> answers = new ConcurrentLinkedQueue<>();
      Thread slow =
          Thread.startVirtualThread(() -> {
            try (Client client = banyan.client()) {
              answers.add(client.get("/items/slow"));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      Await.until("the candidate is at work", () -> sides.candidate().count() > before);

      banyan.control().rollback("items").done();
      slow.join();

      assertThat(answers).hasSize(1);
      assertThat(answers.element().status()).isEqualTo(200);
      assertThat(answers.element().server()).isEqualTo("candidate");
    }
  }
}
