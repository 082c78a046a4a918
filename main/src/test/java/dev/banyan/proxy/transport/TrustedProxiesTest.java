package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.proxy.TrustedProxies;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrustedProxiesTest {
  private static TrustedProxies trusting(String... networks) {
    return new TrustedProxies(Arrays.stream(networks).map(TrustedProxies.Network::parse).toList());
  }

  private static String client(String... fields) {
    return trusting("10.0.0.0/8", "2001:db8::/32").clientBehind(List.of(fields), "10.0.0.1");
  }

  @Test
  void theClientIsTheLastAddressThatIsNoTrustedProxy() {
    assertThat(client("203.0.113.7")).isEqualTo("203.0.113.7");
    assertThat(client("203.0.113.7, 10.1.1.1")).isEqualTo("203.0.113.7");
    assertThat(client("203.0.113.7", "10.1.1.1 ,10.1.1.2")).isEqualTo("203.0.113.7");
    assertThat(client("10.1.1.1, 10.1.1.2")).as("all are proxies").isEqualTo("10.1.1.1");
    assertThat(client()).as("the proxy speaks for itself").isEqualTo("10.0.0.1");
  }

  @Test
  void whatAClientWritesItselfIsNotReached() {
    assertThat(client("1.1.1.1, 203.0.113.7")).isEqualTo("203.0.113.7");
    assertThat(client("1.1.1.1", "10.9.9.9, 203.0.113.7", "10.1.1.1")).isEqualTo("203.0.113.7");
    assertThat(client("10.1.1.1, 203.0.113.7, 10.1.1.2")).isEqualTo("203.0.113.7");
  }

  @Test
  void readsPortsAndBothFormsOfIpv6() {
    assertThat(client("203.0.113.7:5678, 10.1.1.1:80")).isEqualTo("203.0.113.7");
    assertThat(client("[2001:db9::1]:443, [2001:db8::9]")).isEqualTo("2001:db9:0:0:0:0:0:1");
    assertThat(client("2001:db9::1, 2001:db8::9")).isEqualTo("2001:db9:0:0:0:0:0:1");
    assertThat(client("203.0.113.7, ::ffff:10.1.1.1")).isEqualTo("203.0.113.7");
  }

  @Test
  void whatIsNoAddressEndsTheSearchAtTheProxyThatWroteAfterIt() {
    for (String junk :
        List.of(
            "unknown",
            "",
            "1.2.3",
            "1.2.3.4.5",
            "999.1.1.1",
            "a:b",
            "::1%eth0",
            "[::1",
            ":",
            "10.1.1.1:x",
            "_hidden",
            "localhost",
            "0x7f.1",
            ":::",
            "1.2.3.4:123456")) {
      assertThat(client("203.0.113.7, " + junk + ", 10.1.1.1")).as(junk).isEqualTo("10.1.1.1");
      assertThat(client("203.0.113.7, " + junk)).as(junk).isEqualTo("10.0.0.1");
    }
  }

  private static Message seenBy(Rig rig, Backend legacy, String... fields) throws IOException {
    try (Client client = rig.client()) {
      assertThat(client.get("/", fields).answer()).startsWith("200");
    }
    return legacy.seen.getLast();
  }

  @Test
  void anUntrustedPeersWordIsReplaced() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Rig rig = Rig.legacyAt(legacy).options(o -> o.trusting(trusting("10.0.0.0/8"))).start()) {
      Message seen =
          seenBy(
              rig,
              legacy,
              "X-Forwarded-For: 203.0.113.7",
              "X-Forwarded-Proto: https",
              "X-Forwarded-Host: bank",
              "X-Forwarded-Port: 443",
              "Forwarded: for=203.0.113.7",
              "X-Banyan-Shadow: 1",
              "x-banyan-anything: 1");
      assertThat(seen.all("x-forwarded-for")).containsExactly("127.0.0.1");
      assertThat(seen.all("x-forwarded-proto")).containsExactly("http");
      assertThat(seen.all("x-forwarded-host")).containsExactly("shop");
      assertThat(seen.all("x-forwarded-port")).isEmpty();
      assertThat(seen.all("forwarded")).isEmpty();
      assertThat(seen.fields())
          .noneMatch(field -> field.toLowerCase(Locale.ROOT).startsWith("x-banyan"));
    }
  }

  @Test
  void aTrustedPeersWordIsGoneOnWith() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Rig rig = Rig.legacyAt(legacy).options(o -> o.trusting(trusting("127.0.0.0/8"))).start()) {
      Message seen =
          seenBy(
              rig,
              legacy,
              "X-Forwarded-For: 6.6.6.6",
              "X-Forwarded-For: 203.0.113.7, 127.0.0.9",
              "X-Forwarded-Proto: https",
              "X-Forwarded-Host: bank:8443",
              "X-Forwarded-Port: 8443",
              "Forwarded: for=6.6.6.6",
              "X-Forwarded-Prefix: /p",
              "X-Banyan-Shadow: 1");
      assertThat(seen.all("x-forwarded-for"))
          .containsExactly("6.6.6.6, 203.0.113.7, 127.0.0.9, 127.0.0.1");
      assertThat(seen.all("x-forwarded-proto")).containsExactly("https");
      assertThat(seen.all("x-forwarded-host")).containsExactly("bank:8443");
      assertThat(seen.all("x-forwarded-port")).containsExactly("8443");
      assertThat(seen.all("forwarded")).isEmpty();
      assertThat(seen.all("x-forwarded-prefix")).isEmpty();
      assertThat(seen.all("x-banyan-shadow")).isEmpty();
      assertThat(seen.all("via")).containsExactly("1.1 banyan");
    }
  }

  @Test
  void ofATrustedPeersWordWhatCannotBeTrueIsReplaced() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Rig rig = Rig.legacyAt(legacy).options(o -> o.trusting(trusting("127.0.0.1"))).start()) {
      Message seen =
          seenBy(
              rig,
              legacy,
              "X-Forwarded-Proto: gopher",
              "X-Forwarded-Host: a, b",
              "X-Forwarded-Port: 70000");
      assertThat(seen.all("x-forwarded-for")).containsExactly("127.0.0.1");
      assertThat(seen.all("x-forwarded-proto")).containsExactly("http");
      assertThat(seen.all("x-forwarded-host")).containsExactly("shop");
      assertThat(seen.all("x-forwarded-port")).isEmpty();
      Message twice = seenBy(rig, legacy, "X-Forwarded-Proto: http", "X-Forwarded-Proto: https");
      assertThat(twice.all("x-forwarded-proto")).containsExactly("http");
    }
  }

  /// Half of all addresses are on the candidate: behind a trusted proxy each client has its own.
  @Test
  void theStickyUnitIsTheClientBehindTheProxy() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Backend candidate = Backend.echoing("new");
        Rig rig =
            Rig.of(legacy, candidate)
                .in(new Phase.Canary(Weight.parse("50%")))
                .sticky("ip")
                .options(o -> o.trusting(trusting("127.0.0.1")))
                .start();
        Client proxy = rig.client()) {
      Set<String> sides = new HashSet<>();
      for (int i = 0; i < 40; i++) {
        String first = proxy.get("/f/1", "X-Forwarded-For: 203.0.113." + i).answer();
        String again =
            proxy.get("/f/1", "X-Forwarded-For: 9.9.9." + (i + 1) + ", 203.0.113." + i).answer();
        assertThat(again).as("what the client wrote itself does not move it").isEqualTo(first);
        sides.add(Objects.requireNonNull(first).substring(0, 7));
      }
      assertThat(sides).hasSize(2);
    }
  }
}
