package dev.banyan.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventStreamTest {
  private final EventFeed feed = new EventFeed();
  private final FakeOperations operations = new FakeOperations(feed);
  private ControlServer server;

  @BeforeEach
  void start() throws IOException {
    ControlOptions options =
        new ControlOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null);
    server = ControlServer.start(options, new Guard(options), operations, feed, List.of());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void tellsFamiliesAndDecisionsAsTheyChange() throws Exception {
    try (Follower follower = new Follower()) {
      operations.put(FakeOperations.shadowed("users"));
      assertThat(follower.next("event:")).isEqualTo("event: family");
      assertThat(follower.next("data:")).startsWith("data: {\"name\":\"users\",");

      operations.hold(new Change.Hold("users", "lunch", "ann", null));
      assertThat(follower.next("data:")).contains("\"held\":\"lunch\"");
      assertThat(follower.next("event:")).isEqualTo("event: ledger");
      assertThat(follower.next("data:")).contains("\"kind\":\"hold\"");
    }
  }

  @Test
  void endsWhenTheServerStops() throws Exception {
    try (Follower follower = new Follower()) {
      server.close();

      assertThat(follower.end()).as("the stream's last chunk").isTrue();
    }
  }

  @Test
  void cutsOffAFollowerThatDoesNotReadAndSparesTheOthers() throws Exception {
    try (Socket stuck = connect();
        Follower lively = new Follower()) {
      awaitFollowers(2);
      FamilyView family = FakeOperations.shadowed("u".repeat(100_000));
      while (feed.followers() > 1) {
        feed.publish(new Event.FamilyChanged(family));
        lively.next("data:");
      }

      feed.publish(new Event.FamilyChanged(FakeOperations.shadowed("after")));
      assertThat(lively.next("data: {\"name\":\"after\"")).isNotEmpty();
      assertThat(stuck.isConnected()).isTrue();
    }
  }

  @Test
  void letsInOnlyAsManyAsThereIsRoomFor() throws Exception {
    List<Follower> followers = new ArrayList<>();
    try {
      for (int i = 0; i < EventFeed.FOLLOWERS; i++) {
        followers.add(new Follower());
      }
      awaitFollowers(EventFeed.FOLLOWERS);
      try (Socket oneMore = connect();
          BufferedReader reader = reader(oneMore)) {
        assertThat(reader.readLine()).startsWith("HTTP/1.1 503");
      }
    } finally {
      for (Follower follower : followers) {
        follower.close();
      }
    }
  }

  private void awaitFollowers(int wanted) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (feed.followers() != wanted) {
      assertThat(System.nanoTime()).as("waited for followers in vain").isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(server.address());
    socket
        .getOutputStream()
        .write(
            "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  /// Reads the stream line by line; chunk sizes are lines of their own and match nothing.
  private final class Follower implements AutoCloseable {
    private final Socket socket = connect();
    private final BufferedReader reader = reader(socket);

    Follower() throws IOException {
      next(": banyan");
    }

    String next(String prefix) throws IOException {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith(prefix)) {
          return line;
        }
      }
      throw new IOException("the stream ended before a line with " + prefix);
    }

    /// Whether the stream ends in order, with an empty chunk.
    boolean end() throws IOException {
      String last = "";
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        last = line.isEmpty() ? last : line;
      }
      return last.equals("0");
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
