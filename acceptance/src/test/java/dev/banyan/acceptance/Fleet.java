package dev.banyan.acceptance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Three replicas of a gateway, each a process with a network of its own to one PostgreSQL, in
/// front of a legacy and a candidate.
final class Fleet implements AutoCloseable {
  private static final int SIZE = 3;
  static final String FAMILY = "items";

  final Postgres postgres;
  final Sides sides;
  final List<Relay> relays = new ArrayList<>();
  final List<Banyan> replicas = new ArrayList<>();

  private Fleet() throws IOException {
    postgres = Postgres.start();
    sides = Sides.open();
  }

  /// @param more lines for the family `items`
  static Fleet serving(String... more) throws Exception {
    Fleet fleet = new Fleet();
    try {
      for (int i = 0; i < SIZE; i++) {
        Relay relay = Relay.to(fleet.postgres.port());
        fleet.relays.add(relay);
        fleet.replicas.add(Banyan.serving(store(relay, i) + fleet.sides.items(more)));
      }
      Await.until("one of the replicas decides", () -> fleet.controllers().size() == 1);
      return fleet;
    } catch (Exception | AssertionError e) {
      fleet.close();
      throw e;
    }
  }

  private static String store(Relay relay, int number) {
    return """
    store:
      url: jdbc:postgresql://127.0.0.1:%d/postgres
      user: postgres
      password: postgres
      replica: replica-%d
    """
        .formatted(relay.port(), number);
  }

  Control control(int replica) {
    return replicas.get(replica).control();
  }

  /// The replicas that take themselves for the controller, by number.
  List<Integer> controllers() throws IOException, InterruptedException {
    List<Integer> deciding = new ArrayList<>();
    for (int i = 0; i < SIZE; i++) {
      if (replicas.get(i).isAnswering() && isController(i)) {
        deciding.add(i);
      }
    }
    return deciding;
  }

  private boolean isController(int replica) throws IOException, InterruptedException {
    for (JsonNode each : control(replica).status().path("replicas")) {
      if (each.path("self").asBoolean() && each.path("controller").asBoolean()) {
        return true;
      }
    }
    return false;
  }

  /// Brings the family to `canary 100%` without proof, and waits until all replicas steer by it.
  void canary() throws Exception {
    while (!control(0).phase(FAMILY).equals("canary 100%")) {
      control(0).promote(FAMILY, "force", "true").done();
    }
    awaitPhase("canary 100%");
  }

  void awaitPhase(String phase) throws Exception {
    for (int i = 0; i < SIZE; i++) {
      int replica = i;
      if (replicas.get(i).isAnswering()) {
        Await.until(
            "replica " + i + " is in " + phase, () -> control(replica).phase(FAMILY).equals(phase));
      }
    }
  }

  @Override
  public void close() throws IOException {
    for (Banyan replica : replicas) {
      replica.close();
    }
    for (Relay relay : relays) {
      relay.close();
    }
    sides.close();
    postgres.close();
  }
}
