package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.RoutingTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReloadTest {

  @Test
  void changesServicesUnderLoadWithoutLosingARequest() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig rig = Rig.of(legacy, candidate).in(new Phase.Reads()).eventLoops(2).start();
        Load load = new Load(rig)) {
      for (int i = 0; i < 100; i++) {
        // A changed option and a changed address both make new pools.
        Backend now = i % 2 == 0 ? legacy : candidate;
        rig.services.publish(
            Map.of(
                "legacy", patient("legacy", legacy, 100 + i),
                "candidate", patient("candidate", now, 100 + i)));
        load.untilMore(20);
      }
      assertThat(load.wrong).isEmpty();
    }
  }

  @Test
  void sendsNothingToTheCandidateThatIsDecidedAfterARollback() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig rig = Rig.of(legacy, candidate).in(new Phase.Reads()).eventLoops(2).start();
        Load load = new Load(rig);
        Client client = rig.client()) {
      RoutingTable up = rig.table.inForce();
      FamilyRoutes family = up.families().getFirst();
      RoutingTable down = up.with(family.in(new Phase.Legacy(), 8));
      for (int i = 0; i < 200; i++) {
        rig.table.publish(up);
        assertThat(client.get("/f/x").answer()).isEqualTo("200 candidate /f/x");
        rig.table.publish(down);
        assertThat(client.get("/f/x").answer()).isEqualTo("200 legacy /f/x");
      }
      load.untilMore(20);
      assertThat(load.wrong).isEmpty();
    }
  }

  @Test
  void closesTheIdleConnectionsOfAServiceThatIsGone() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig rig = Rig.of(legacy, candidate).in(new Phase.Reads()).start();
        Client client = rig.client()) {
      assertThat(client.get("/f/x").answer()).isEqualTo("200 candidate /f/x");
      rig.services.publish(Map.of("legacy", legacy.as("legacy")));
      Rig.until(() -> candidate.ended.get() == 1);
      assertThat(client.get("/f/x").answer()).isEqualTo("200 legacy /f/x"); // the net's answer
    }
  }

  private static ServiceOptions patient(String name, Backend backend, int connections) {
    return ServiceBuilder.service(name, backend.port()).connections(connections).build();
  }

  /// Clients that ask all the time and note every answer that is not a 200.
  private static final class Load implements AutoCloseable {
    final List<String> wrong = new CopyOnWriteArrayList<>();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();

    Load(Rig rig) {
      for (int i = 0; i < 4; i++) {
        threads.add(Thread.ofVirtual().start(() -> ask(rig)));
      }
    }

    private void ask(Rig rig) {
      try (Client client = rig.client()) {
        while (!stop.get()) {
          String answer = client.get("/f/load").answer();
          if (!answer.startsWith("200 ")) {
            wrong.add(answer);
          }
          answers.incrementAndGet();
        }
      } catch (Exception e) {
        wrong.add(e.toString());
      }
    }

    void untilMore(int count) throws InterruptedException {
      long goal = answers.get() + count;
      Rig.until(() -> answers.get() >= goal || !wrong.isEmpty());
    }

    @Override
    public void close() {
      stop.set(true);
      for (Thread thread : threads) {
        assertThat(joined(thread)).isTrue();
      }
    }

    private static boolean joined(Thread thread) {
      try {
        return thread.join(Duration.ofSeconds(20));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
