package dev.banyan.proxy.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.proxy.Address;
import dev.banyan.proxy.ServiceAddresses;
import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Addresses that nobody listens at, and how an address comes back: no request is what finds out.
class AddressTrialsTest {
  private static final Backend.Script ECHO =
      (request, connection) ->
          connection.ok(request.method() + " " + new String(request.requestBody(), ISO_8859_1));

  private static ServiceAddresses legacy(Rig rig) {
    return Objects.requireNonNull(rig.services.find("legacy"));
  }

  private static int open(Rig rig) {
    return Objects.requireNonNull(rig.gateway.levels().pools().get("legacy")).open();
  }

  private static InetAddress[] addresses(String... literals) {
    return Arrays.stream(literals).map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1", "127.0.0.3"})
  void aNameWithAnAddressWhereNobodyListensCostsNoRequestWhateverTheMethod(String listening)
      throws Exception {
    try (Backend backend = new Backend(ECHO, InetAddress.ofLiteral(listening));
        Rig rig =
            new Rig.Builder()
                .service(
                    ServiceBuilder.service("legacy", "http://both.test:" + backend.port()).build())
                .names(_ -> addresses("127.0.0.1", "127.0.0.3"))
                .start()) {
      rig.services.lookUpWhenDue(System.nanoTime(), Runnable::run);
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        clients.add(rig.client());
      }
      for (Client each : clients) {
        each.post("/", "body"); // all of them before anything is known
      }
      for (Client each : clients) {
        assertThat(each.answer()).isEqualTo("200 POST body");
      }
      Rig.until(() -> legacy(rig).current().stream().anyMatch(Address::isCertain));
      long before = legacy(rig).retries();
      for (Client each : clients) {
        assertThat(each.post("/", "more").answer()).isEqualTo("200 POST more");
      }
      assertThat(legacy(rig).retries()).isEqualTo(before);
      assertThat(legacy(rig).panics()).isZero();
      assertThat(rig.ends).doesNotContain("limit retries");
      assertThat(backend.seen).hasSize(400);
      for (Client each : clients) {
        each.close();
      }
    }
  }

  @Test
  void noRequestIsWhatFindsOutThatAnAddressIsStillGone() throws Exception {
    try (Backend well = new Backend(ECHO);
        Rig rig = rig(ServiceOptions.Protocol.HTTP1, Backend.deadPort(), well.port());
        Client client = rig.client()) {
      Address gone = legacy(rig).current().getFirst();
      out(rig, gone);
      for (int i = 0; i < 40; i++) {
        assertThat(client.post("/", "body").answer()).isEqualTo("200 POST body");
      }
      Rig.until(() -> gone.state(System.nanoTime()) == Address.State.EJECTED);
      assertThat(legacy(rig).retries()).isZero();
      Rig.until(() -> open(rig) == 1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP1", "H2C"})
  void anAddressThatIsThereAgainComesBackByAConnectionMadeForThat(ServiceOptions.Protocol protocol)
      throws Exception {
    try (Place one = Place.of(protocol, "one");
        Place two = Place.of(protocol, "two");
        Rig rig = rig(protocol, one.port(), two.port());
        Client client = rig.client()) {
      out(rig, legacy(rig).current().getFirst());
      assertThat(client.get("/").answer()).isEqualTo("200 two /");
      Rig.until(() -> ask(client).equals("200 one /"));
      assertThat(legacy(rig).retries()).isZero();
      assertThat(open(rig)).isEqualTo(2);
    }
  }

  private static String ask(Client client) {
    try {
      return client.get("/").answer();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Rig rig(ServiceOptions.Protocol protocol, int... ports) {
    return new Rig.Builder()
        .service(
            ServiceBuilder.service("legacy", 1)
                .at(
                    Arrays.stream(ports)
                        .mapToObj(port -> URI.create("http://127.0.0.1:" + port))
                        .toList())
                .speaking(protocol)
                .build())
        .start();
  }

  /// Ejects an address, so long ago that it is to be tried again.
  private static void out(Rig rig, Address address) {
    long then = System.nanoTime() - Duration.ofSeconds(6).toNanos();
    for (int i = 0; i < 5; i++) {
      legacy(rig).failed(address, then);
    }
    assertThat(address.state(System.nanoTime())).isEqualTo(Address.State.UNTRIED);
  }

  /// A backend of either protocol.
  private record Place(Closeable backend, int port) implements Closeable {
    static Place of(ServiceOptions.Protocol protocol, String name) throws IOException {
      if (protocol == ServiceOptions.Protocol.HTTP1) {
        Backend backend = Backend.echoing(name);
        return new Place(backend::close, backend.port());
      }
      Http2Backend backend = new Http2Backend(call -> call.ok(name + " " + call.path()));
      return new Place(backend::close, backend.port());
    }

    @Override
    public void close() throws IOException {
      backend.close();
    }
  }
}
