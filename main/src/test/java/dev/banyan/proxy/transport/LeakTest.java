package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Phase;
import dev.banyan.proxy.Capture;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LeakTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);

  private final List<String> leaks = new CopyOnWriteArrayList<>();
  private final AtomicInteger turns = new AtomicInteger();
  private Level before = Level.SIMPLE;

  @BeforeEach
  void watch() {
    // The detector tells its listener only what it logs too; the log is not for a leak made on
    // purpose.
    LOG.setAdditive(false);
    before = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(Level.PARANOID);
    ByteBufUtil.setLeakListener((type, records) -> leaks.add(type + ": " + records));
  }

  @AfterEach
  void stopWatching() {
    ResourceLeakDetector.setLevel(before);
    LOG.setAdditive(true);
  }

  /// Keeps every second capture to its end and lets go of the others on the way.
  private final class Fickle implements Capture {
    private final int turn = turns.incrementAndGet();

    @Override
    public boolean admit(boolean request, int bytes) {
      return turn % 2 == 0;
    }

    @Override
    public void complete(Request request, Leg.Answered primary) {
      request.body().release();
      primary.response().body().release();
    }

    @Override
    public void abandon(Reason reason) {
      // Nothing is held here.
    }
  }

  @Test
  void givesEveryBufferBack() throws Exception {
    Backend.Script faults =
        (request, connection) -> {
          request.requestBody();
          switch (request.target()) {
            case "/f/fail" -> connection.status(500, "x".repeat(5_000));
            case "/f/reset" -> connection.reset();
            case "/f/tunnel" -> {
              connection.send(TunnelTest.AGREED + "x".repeat(20_000));
              connection.in.read();
              connection.reset();
            }
            case "/f/half" -> {
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nhalf");
              connection.reset();
            }
            default -> connection.ok("y".repeat(100_000));
          }
        };
    try (Backend legacy = new Backend(faults);
        Backend candidate = new Backend(faults);
        Rig rig =
            Rig.of(legacy, candidate)
                .in(new Phase.Reads())
                .tee((decision, id) -> new Fickle())
                .start()) {
      for (int i = 0; i < 40; i++) {
        for (String target :
            List.of("/f/ok", "/f/fail", "/f/reset", "/f/half", "/f/leave", "/f/tunnel")) {
          ask(rig, target, i);
        }
      }
    }
    collect();
    assertThat(leaks).isEmpty();
    leakOne(); // and the detector would have told
    collect();
    assertThat(leaks).isNotEmpty();
  }

  private static void ask(Rig rig, String target, int turn) {
    try (Client client = rig.client()) {
      client.post("/search", "z".repeat(turn * 1_000)).answer();
      if (target.equals("/f/tunnel")) {
        client.get(target, "Connection: Upgrade", "Upgrade: chat").send("early".repeat(turn));
      } else {
        client.get(target);
      }
      if (!target.equals("/f/leave")) {
        client.answer();
      }
    } catch (IOException e) {
      assertThat(target).isIn("/f/half", "/f/tunnel");
    }
  }

  private static void leakOne() {
    for (int i = 0; i < 50; i++) {
      ByteBuf lost = ByteBufAllocator.DEFAULT.directBuffer(64);
      lost.writeByte(i);
    }
  }

  /// Leaks are found when a later buffer is taken after the collector has seen the lost one.
  private void collect() throws InterruptedException {
    for (int i = 0; i < 10; i++) {
      System.gc();
      Thread.sleep(20);
      ByteBufAllocator.DEFAULT.directBuffer(64).release();
    }
  }
}
