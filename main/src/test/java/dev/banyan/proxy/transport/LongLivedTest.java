package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.RoutingTable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What lasts longer than the decision that began it: tunnels and streams of events.
@SuppressWarnings("StringConcatToTextBlock") // what goes over the wire ends its lines with CRLF
class LongLivedTest {

  /// A side that echoes in tunnels, sends an event for each word it is given out of band, and names
  /// itself everywhere.
  private static final class Talker implements AutoCloseable {
    final BlockingQueue<String> words = new LinkedBlockingQueue<>();
    final Backend backend;
    private final String name;

    Talker(String name) throws IOException {
      this.name = name;
      this.backend = new Backend(this::answer);
    }

    private void answer(Message request, Backend.Connection connection) throws IOException {
      if (request.header("upgrade") != null) {
        connection.send(TunnelTest.AGREED + name + ";");
        TunnelTest.echoBytes(connection);
      } else if (request.target().endsWith("/events")) {
        connection.send(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n");
        for (String word = next(); !word.equals("end"); word = next()) {
          String event = event(word);
          connection.send(Integer.toHexString(event.length()) + "\r\n" + event + "\r\n");
        }
        connection.send("0\r\n\r\n");
      } else {
        connection.ok(name);
      }
    }

    String event(String word) {
      return "data: " + name + " " + word + "\n\n";
    }

    private String next() throws IOException {
      try {
        String word = words.poll(20, TimeUnit.SECONDS);
        if (word == null) {
          throw new IOException("nobody has anything to say");
        }
        return word;
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      backend.close();
    }
  }

  /// A tunnel and a stream of events of one client each, on the side that took them.
  private static final class Pair implements AutoCloseable {
    private final Talker side;
    private final Client tunnel;
    private final Client events;
    private int round;

    Pair(Rig rig, Talker side) throws IOException {
      this.side = side;
      tunnel = TunnelTest.upgrade(rig, "/f/socket");
      assertThat(TunnelTest.read(tunnel.in, side.name.length() + 1)).isEqualTo(side.name + ";");
      events = rig.client();
      Message head = events.get("/f/events").head();
      assertThat(head.header("content-type")).isEqualTo("text/event-stream; charset=utf-8");
    }

    /// The backend learns the next word only after the client has had the one before.
    void goOn() throws IOException {
      String word = "word " + ++round;
      tunnel.send(word);
      assertThat(TunnelTest.read(tunnel.in, word.length())).isEqualTo(word);
      side.words.add(word);
      String event = side.event(word);
      assertThat(Message.line(events.in)).isEqualTo(Integer.toHexString(event.length()));
      assertThat(TunnelTest.read(events.in, event.length() + 2)).isEqualTo(event + "\r\n");
    }

    void end() throws IOException {
      side.words.add("end");
      assertThat(TunnelTest.read(events.in, 5)).isEqualTo("0\r\n\r\n");
      tunnel.socket.shutdownOutput();
      assertThat(tunnel.in.read()).isEqualTo(-1);
    }

    @Override
    public void close() throws IOException {
      tunnel.close();
      events.close();
    }
  }

  @Test
  void staysWithTheSideThatTookItWhateverTheTableSays() throws Exception {
    try (Talker legacy = new Talker("legacy");
        Talker candidate = new Talker("candidate");
        Rig rig = Rig.of(legacy.backend, candidate.backend).eventLoops(2).start();
        Pair old = new Pair(rig, legacy)) {
      RoutingTable down = rig.table.inForce();
      FamilyRoutes family = down.families().getFirst();
      RoutingTable up = down.with(family.in(new Phase.Reads(), 8));
      rig.table.publish(up);
      try (Pair fresh = new Pair(rig, candidate);
          Client client = rig.client()) {
        for (int i = 0; i < 100; i++) {
          boolean promoted = i % 2 == 1;
          rig.table.publish(promoted ? up : down);
          old.goOn();
          fresh.goOn();
          assertThat(client.get("/f/x").answer())
              .isEqualTo(promoted ? "200 candidate" : "200 legacy");
        }
        fresh.end();
      }
      old.end();
      Rig.until(() -> rig.ends.size() == 104);
      assertThat(rig.ends).containsOnly("answered 101", "answered 200");
    }
  }

  @Test
  void outlivesTheServiceThatTookIt() throws Exception {
    try (Talker legacy = new Talker("legacy");
        Talker candidate = new Talker("candidate");
        Rig rig = Rig.of(legacy.backend, candidate.backend).in(new Phase.Reads()).start();
        Pair open = new Pair(rig, candidate)) {
      ServiceOptions own = legacy.backend.as("legacy");
      rig.services.publish(Map.of("legacy", own, "candidate", legacy.backend.as("candidate")));
      open.goOn();
      rig.services.publish(Map.of("legacy", own));
      rig.table.publish(RoutingTable.compile("legacy", List.of()));
      for (int i = 0; i < 20; i++) {
        open.goOn();
      }
      assertThat(rig.gateway.levels().tunnels()).isEqualTo(1);
      try (Client client = rig.client()) {
        assertThat(client.get("/f/x").answer()).isEqualTo("200 legacy");
      }
      open.end();
    }
  }

  @Test
  void getsTheTimeToDrain() throws Exception {
    try (Talker legacy = new Talker("legacy");
        Rig rig =
            Rig.legacyAt(legacy.backend)
                .options(Bounds.of(bounds -> bounds.drain = Duration.ofSeconds(20)))
                .start();
        Pair open = new Pair(rig, legacy)) {
      Thread closing = Thread.ofVirtual().start(rig.gateway::close);
      Rig.until(() -> isRefused(rig));
      open.goOn();
      open.end();
      assertThat(closing.join(Duration.ofSeconds(15))).isTrue(); // nothing was cut off
      assertThat(rig.ends).containsExactlyInAnyOrder("answered 101", "answered 200");
    }
  }

  private static boolean isRefused(Rig rig) {
    try (Client client = rig.client()) {
      return client.socket.getPort() == 0;
    } catch (IOException e) {
      return true;
    }
  }
}
