package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.Environment;
import dev.banyan.cutover.CandidateHealth;
import dev.banyan.proxy.Address;
import dev.banyan.proxy.HealthAnswer;
import dev.banyan.proxy.transport.Services;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthChecksTest {
  private static final String ONE = "http://127.0.0.1:4001";
  private static final String TWO = "http://127.0.0.1:4002";

  private static final Class<?> SILENT = CandidateHealth.Silent.class;

  @TempDir private Path folder;

  /// What each URL says, and which were asked.
  private final Map<String, HealthAnswer> says = new ConcurrentHashMap<>();

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private Services services;
  private HealthChecks health;

  @BeforeEach
  void start() throws IOException {
    BanyanConfig config = config();
    services = new Services(Banyan.services(config));
    health = health();
    health.adopt(config);
    says.put(ONE, new HealthAnswer.Said(200));
    says.put(TWO, new HealthAnswer.Said(204));
  }

  private HealthChecks health() {
    return new HealthChecks(
        services,
        (service, address, path, patience, told) -> {
          asked.add(service + " " + address + path);
          told.accept(Objects.requireNonNull(says.get(address.toString())));
        },
        () -> 0);
  }

  private BanyanConfig config() throws IOException {
    return config(ONE, TWO);
  }

  private BanyanConfig config(String one, String two) throws IOException {
    Path file = folder.resolve("banyan.yaml");
    Files.writeString(
        file,
        """
        listen: 127.0.0.1:0
        control: { listen: "127.0.0.1:0" }
        services:
          legacy: { url: http://127.0.0.1:3000 }
          other: { url: http://127.0.0.1:3001 }
          users: { url: ["%s", "%s"], health: /healthz }
        families:
          users: { routes: ["GET /users"], candidate: users }
          none: { routes: ["GET /none"], candidate: other }
        """
            .formatted(one, two));
    ConfigResult result = new ConfigFile(file, Environment.of(Map.of())).load();
    return ((ConfigResult.Loaded) result).config();
  }

  private List<Boolean> serving() {
    return Objects.requireNonNull(services.find("users")).current().stream()
        .map(address -> address.isServing(0))
        .toList();
  }

  @Test
  void asksEveryAddressOfTheServicesThatDeclareAPath() {
    health.look();
    assertThat(asked).containsExactly("users " + ONE + "/healthz", "users " + TWO + "/healthz");
  }

  @Test
  void twoLooksLeaveAnAddressOutAndTwoTakeItIn() {
    says.put(TWO, new HealthAnswer.Said(503));
    health.look();
    assertThat(serving()).containsExactly(true, true);
    health.look();
    assertThat(serving()).containsExactly(true, false);
    says.put(TWO, new HealthAnswer.Said(200));
    health.look();
    health.look();
    assertThat(serving()).containsExactly(true, true);
  }

  @Test
  void aCandidateIsAsWellAsTheWorstOfItsAddresses() {
    assertThat(health.last("users")).isEqualTo(new CandidateHealth.Unasked(ONE + "/healthz"));
    health.look();
    assertThat(health.last("users")).isEqualTo(new CandidateHealth.Answered(ONE + "/healthz", 200));
    says.put(TWO, new HealthAnswer.Late(Duration.ofSeconds(2)));
    CandidateHealth.Answer late =
        new CandidateHealth.Silent(TWO + "/healthz", "was not answered within 2 s");
    assertThat(health.ask("users")).isEqualTo(late);
    assertThat(health.last("users")).isEqualTo(late);
    says.put(ONE, new HealthAnswer.Refused());
    assertThat(health.ask("users"))
        .isEqualTo(
            new CandidateHealth.Silent(ONE + "/healthz", "found nothing that listens there"));
  }

  @Test
  void anAddressOfANameWhereNobodyWasEverFoundIsNoPartOfACandidateThatIsAtAnother()
      throws IOException {
    BanyanConfig config = config("http://both.test:4001", "http://127.0.0.1:4002");
    services =
        new Services(
            Banyan.services(config),
            _ ->
                new InetAddress[] {
                  InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("127.0.0.3")
                });
    services.lookUpWhenDue(0, Runnable::run);
    health = health();
    health.adopt(config);
    String first = "http://both.test:4001 (127.0.0.1)";
    String second = "http://both.test:4001 (127.0.0.3)";
    says.put(first, new HealthAnswer.Said(200));
    says.put(second, new HealthAnswer.Refused());
    assertThat(health.ask("users")).as("nothing is known").isInstanceOf(SILENT);
    users().getFirst().reached();
    assertThat(health.ask("users")).isInstanceOf(CandidateHealth.Answered.class);
    assertThat(health.last("users")).isInstanceOf(CandidateHealth.Answered.class);
    users().get(1).reached();
    assertThat(health.ask("users")).as("it was there once").isInstanceOf(SILENT);
    says.put(second, new HealthAnswer.Said(200));
    says.put(TWO, new HealthAnswer.Refused());
    assertThat(health.ask("users")).as("an address by itself").isInstanceOf(SILENT);
  }

  private List<Address> users() {
    return Objects.requireNonNull(services.find("users")).current();
  }

  @Test
  void saysThatNothingIsDeclared() {
    assertThat(health.ask("none")).isEqualTo(new CandidateHealth.Undeclared());
    assertThat(health.last("none")).isEqualTo(new CandidateHealth.Undeclared());
    assertThat(asked).isEmpty();
  }

  @Test
  void aLookThatFindsTroubleDoesNotEjectForIt() {
    says.put(ONE, new HealthAnswer.Failed("reset"));
    health.look();
    health.look();
    Address one = Objects.requireNonNull(services.find("users")).current().getFirst();
    assertThat(one.state(0)).isEqualTo(Address.State.UNHEALTHY);
  }
}
