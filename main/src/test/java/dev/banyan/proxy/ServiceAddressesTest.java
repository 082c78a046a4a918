package dev.banyan.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.proxy.Address.State;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceAddressesTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /// What the names are, and how often they were asked for.
  private final Map<String, List<String>> names = new ConcurrentHashMap<>();

  private final AtomicInteger lookUps = new AtomicInteger();

  private ServiceAddresses at(String... urls) {
    ServiceOptions options =
        ServiceBuilder.service("users", 1)
            .at(Arrays.stream(urls).map(URI::create).toList())
            .dnsRefresh(Duration.ofSeconds(30))
            .build();
    return new ServiceAddresses(options, this::find);
  }

  private InetAddress[] find(String host) throws UnknownHostException {
    lookUps.incrementAndGet();
    List<String> found = names.get(host);
    if (found == null) {
      throw new UnknownHostException(host);
    }
    return found.stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
  }

  private static List<String> sockets(ServiceAddresses service) {
    return service.current().stream()
        .map(Address::socket)
        .map(socket -> socket.isUnresolved() ? socket.getHostString() : text(socket))
        .toList();
  }

  private static String text(InetSocketAddress socket) {
    return socket.getAddress().getHostAddress() + " " + socket.getPort();
  }

  private static void lookUp(ServiceAddresses service, long seconds) {
    service.lookUpWhenDue(seconds * SECOND, Runnable::run);
  }

  private static void fail(ServiceAddresses service, Address address, int times, long nanos) {
    for (int i = 0; i < times; i++) {
      service.failed(address, nanos);
    }
  }

  // ---- names

  @Test
  void takesLiteralAddressesAsTheyAre() {
    ServiceAddresses service = at("http://10.0.0.1", "http://[::1]:90", "https://10.0.0.1");
    lookUp(service, 0);
    assertThat(sockets(service))
        .containsExactly("10.0.0.1 80", "0:0:0:0:0:0:0:1 90", "10.0.0.1 443");
    assertThat(lookUps).hasValue(0);
  }

  @Test
  void standsForEveryAddressOfAName() {
    names.put("users.test", List.of("10.0.0.1", "10.0.0.2", "::1"));
    ServiceAddresses service = at("http://users.test:80", "http://10.0.0.9:80");
    assertThat(sockets(service)).containsExactly("users.test", "10.0.0.9 80");
    lookUp(service, 0);
    assertThat(sockets(service))
        .containsExactly("10.0.0.1 80", "10.0.0.2 80", "0:0:0:0:0:0:0:1 80", "10.0.0.9 80");
    assertThat(service.current().getFirst()).hasToString("http://users.test:80 (10.0.0.1)");
    assertThat(service.current().getLast()).hasToString("http://10.0.0.9:80");
  }

  @Test
  void looksNamesUpAgainAndKeepsWhatItKnowsOfAddressesThatStay() {
    names.put("users.test", List.of("10.0.0.1", "10.0.0.2"));
    ServiceAddresses service = at("http://users.test:80");
    lookUp(service, 0);
    List<Address> before = service.current();
    names.put("users.test", List.of("10.0.0.2", "10.0.0.1"));
    lookUp(service, 31);
    assertThat(service.current()).isSameAs(before);

    names.put("users.test", List.of("10.0.0.3", "10.0.0.2"));
    lookUp(service, 32);
    assertThat(lookUps).hasValue(2);
    assertThat(service.current()).isSameAs(before);
    lookUp(service, 62);
    assertThat(sockets(service)).containsExactly("10.0.0.3 80", "10.0.0.2 80");
    assertThat(service.current().get(1)).isSameAs(before.get(1));
  }

  @Test
  void keepsTheKnownAddressesOfANameThatCannotBeLookedUp() {
    names.put("users.test", List.of("10.0.0.1"));
    ServiceAddresses service = at("http://users.test:80", "http://more.test:80");
    lookUp(service, 0);
    assertThat(sockets(service)).containsExactly("10.0.0.1 80", "more.test");
    names.remove("users.test");
    names.put("more.test", List.of("10.0.0.2"));
    lookUp(service, 31);
    assertThat(sockets(service)).containsExactly("10.0.0.1 80", "10.0.0.2 80");
  }

  @Test
  void takesNoMoreAddressesThanItsLimit() {
    names.put(
        "users.test",
        IntStream.range(0, 1_000).mapToObj(i -> "10.0." + i / 250 + "." + i % 250).toList());
    ServiceAddresses service = at("http://users.test:80");
    lookUp(service, 0);
    assertThat(service.current()).hasSize(ServiceAddresses.MOST);
  }

  // ---- ejection

  @Test
  void ejectsAnAddressThatFailsAgainAndAgainForLongerEachTime() {
    ServiceAddresses service = at("http://10.0.0.1", "http://10.0.0.2");
    Address bad = service.current().getFirst();
    fail(service, bad, Address.FAILURES - 1, 0);
    assertThat(bad.state(0)).isEqualTo(State.SERVING);
    fail(service, bad, 1, 0);
    assertThat(bad.state(5 * SECOND - 1)).isEqualTo(State.EJECTED);
    assertThat(bad.state(5 * SECOND)).isEqualTo(State.UNTRIED);
    bad.reached();
    assertThat(bad.state(5 * SECOND)).isEqualTo(State.SERVING);

    fail(service, bad, 1, 5 * SECOND); // one is enough now
    assertThat(bad.state(15 * SECOND - 1)).isEqualTo(State.EJECTED);
    bad.reached();
    assertThat(bad.state(15 * SECOND)).isEqualTo(State.SERVING);
    assertThat(service.ejections()).isEqualTo(2);
  }

  @Test
  void startsOverWithAnAddressThatWasWellForLong() {
    ServiceAddresses service = at("http://10.0.0.1", "http://10.0.0.2");
    Address bad = service.current().getFirst();
    long now = 0;
    for (int i = 0; i < 100; i++) {
      fail(service, bad, 5, now);
      assertThat(bad.isServing(now)).isFalse();
      now += 300 * SECOND; // the longest that it stays out
      bad.reached();
      assertThat(bad.isServing(now)).isTrue();
    }
    bad.answered();
    now += 301 * SECOND;
    fail(service, bad, 5, now);
    bad.reached();
    assertThat(bad.isServing(now + 5 * SECOND)).isTrue();
  }

  @Test
  void anAddressComesBackWhenAConnectionWasMadeAndStaysOutForLongerOtherwise() {
    ServiceAddresses service = at("http://10.0.0.1", "http://10.0.0.2");
    Address bad = service.current().getFirst();
    fail(service, bad, 5, 0);
    assertThat(bad.isToBeTried(5 * SECOND - 1)).isFalse();
    assertThat(bad.isToBeTried(5 * SECOND)).isTrue();
    assertThat(bad.isToBeTried(6 * SECOND)).as("by a second caller").isFalse();
    assertThat(bad.isToBeTried(10 * SECOND)).as("when nobody told of the first").isTrue();
    service.triedInVain(bad, 11 * SECOND);
    assertThat(bad.state(21 * SECOND - 1)).isEqualTo(State.EJECTED);
    assertThat(bad.isToBeTried(21 * SECOND)).isTrue();
    bad.reached();
    assertThat(bad.isServing(21 * SECOND)).isTrue();
    assertThat(bad.isToBeTried(30 * SECOND)).isFalse();
    assertThat(service.ejections()).isEqualTo(1);
  }

  @Test
  void anAddressThatIsOneOfSeveralOfANameServesWhenItWasReached() {
    names.put("both.test", List.of("127.0.0.1", "::1"));
    names.put("one.test", List.of("127.0.0.2"));
    ServiceAddresses service = at("http://both.test:80", "http://one.test:80");
    lookUp(service, 0);
    Address first = service.current().getFirst();
    assertThat(service.current())
        .extracting(each -> each.state(0))
        .containsExactly(State.UNTRIED, State.UNTRIED, State.SERVING);
    first.reached();
    assertThat(first.isServing(0)).isTrue();
    assertThat(service.current()).extracting(Address::isCertain).containsExactly(true, false, true);
  }

  @Test
  void addressesThatWereNeverReachedCountAmongThoseThatAreOut() {
    names.put("both.test", List.of("127.0.0.1", "::1"));
    ServiceAddresses service = at("http://both.test:80");
    lookUp(service, 0);
    Address only = service.current().getFirst();
    only.reached();
    fail(service, only, 50, 0);
    assertThat(only.isServing(1)).isTrue();
  }

  @Test
  void anAnswerEndsARowOfFailures() {
    ServiceAddresses service = at("http://10.0.0.1", "http://10.0.0.2");
    Address bad = service.current().getFirst();
    for (int i = 0; i < 10; i++) {
      fail(service, bad, Address.FAILURES - 1, 0);
      bad.answered();
    }
    assertThat(bad.isServing(0)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void neverEjectsMoreThanHalfOfTheAddresses(int count) {
    String[] urls = new String[count];
    Arrays.setAll(urls, i -> "http://10.0.0." + i);
    ServiceAddresses service = at(urls);
    service.current().forEach(each -> fail(service, each, 50, 0));
    assertThat(service.current().stream().filter(each -> !each.isServing(1)).count())
        .isEqualTo(count / 2);
    assertThat(service.ejections()).isEqualTo(count / 2);
  }

  // ---- health

  @Test
  void twoChecksInARowChangeWhetherAnAddressIsWell() {
    Address address = at("http://10.0.0.1").current().getFirst();
    address.checked(false);
    address.checked(true);
    address.checked(false);
    assertThat(address.state(0)).isEqualTo(State.SERVING);
    address.checked(false);
    assertThat(address.state(0)).isEqualTo(State.UNHEALTHY);
    address.checked(true);
    address.checked(false);
    address.checked(true);
    assertThat(address.state(0)).isEqualTo(State.UNHEALTHY);
    address.checked(true);
    assertThat(address.isServing(0)).isTrue();
  }
}
