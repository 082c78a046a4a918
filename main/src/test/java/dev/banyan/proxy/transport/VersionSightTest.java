package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.shadow.ShadowOptions;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionSightTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private static final Duration LAG = Duration.ofSeconds(20);

  private final List<String> told = new ArrayList<>();
  private final VersionSight sight = sight("x-version");
  private long now = 5;

  private VersionSight sight(String header) {
    return new VersionSight(
        ServiceBuilder.service("users", 1).versionHeader(header).build(),
        (service, version) -> told.add(service + " " + version));
  }

  private static HttpHeaders saying(String version) {
    return new DefaultHttpHeaders().add("X-Version", version);
  }

  private void answered(String version) {
    sight.answered(saying(version), now);
  }

  @Test
  void tellsOfAVersionWhenItComesAndOnceASecondAfterThat() {
    answered("1");
    answered("1");
    now += SECOND - 1;
    answered("1");
    assertThat(told).containsExactly("users 1");
    now += 1;
    answered("1");
    answered("1");
    assertThat(told).containsExactly("users 1", "users 1");
  }

  @Test
  void versionsThatAlternateAreEachToldOnceASecond() {
    for (int i = 0; i < 100; i++) {
      answered("1");
      answered("2");
    }
    assertThat(told).containsExactly("users 1", "users 2");
    now += SECOND;
    answered("2");
    answered("1");
    assertThat(told).endsWith("users 2", "users 1").hasSize(4);
  }

  @Test
  void aHeaderThatDiffersEachTimeIsToldNoMoreThanSomeTimesASecond() {
    for (int i = 0; i < 1_000; i++) {
      answered("v" + i);
    }
    assertThat(told).hasSize(16);
    now += SECOND;
    answered("w");
    assertThat(told).hasSize(17).endsWith("users w");
  }

  @Test
  void whatIsMissingEmptyOrTooLongIsNoVersion() {
    sight.answered(new DefaultHttpHeaders(), now);
    answered("");
    answered("x".repeat(129));
    assertThat(told).isEmpty();
    answered("x".repeat(128));
    assertThat(told).hasSize(1);
  }

  @Test
  void aServiceWithoutSuchAHeaderIsNotLookedAt() {
    VersionSight none =
        new VersionSight(
            ServiceBuilder.service("users", 1).build(), (_, version) -> told.add(version));
    none.answered(saying("1"), now);
    assertThat(told).isEmpty();
  }

  @Test
  void versionsAreSeenInClientsAnswersAndInThoseThatNobodyWaitsFor() throws Exception {
    try (Backend legacy = versioned("7");
        Backend candidate = versioned("8");
        ShadowedRig shadowed =
            new ShadowedRig(
                new ShadowOptions(1 << 20, 1 << 16, 8, Duration.ofSeconds(20), LAG),
                exchange -> {},
                Runnable::run,
                new Rig.Builder()
                    .service(at(legacy, "legacy"))
                    .service(at(candidate, "candidate")));
        Client client = shadowed.rig.client()) {
      assertThat(client.get("/f/a").answer()).startsWith("200 ");
      Rig.until(() -> shadowed.rig.versions.size() == 2);
      assertThat(shadowed.rig.versions).containsExactly("legacy 7", "candidate 8");
    }
  }

  private static Backend versioned(String version) throws IOException {
    String head = "HTTP/1.1 200 OK\r\nX-Version: " + version + "\r\nContent-Length: 0\r\n\r\n";
    return new Backend((request, connection) -> connection.send(head));
  }

  private static ServiceOptions at(Backend backend, String name) {
    return ServiceBuilder.service(name, backend.port()).versionHeader("x-version").build();
  }

  @Test
  void recognizingVersionsAllocatesNothing() {
    HttpHeaders one = saying("1");
    HttpHeaders two = saying("2");
    HttpHeaders none = new DefaultHttpHeaders().add("content-type", "text/plain");
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    int rounds = 50_000;
    recognize(one, two, none, rounds);
    long before = threads.getCurrentThreadAllocatedBytes();
    recognize(one, two, none, rounds);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    // A single object for each round would be 16 bytes or more.
    assertThat(allocated).isLessThan(rounds);
  }

  private void recognize(HttpHeaders one, HttpHeaders two, HttpHeaders none, int rounds) {
    for (int i = 0; i < rounds; i++) {
      sight.answered(one, now);
      sight.answered(two, now);
      sight.answered(none, now);
    }
  }
}
