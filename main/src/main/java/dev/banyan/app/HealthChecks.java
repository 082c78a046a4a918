package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.FamilyConfig;
import dev.banyan.cutover.CandidateHealth;
import dev.banyan.proxy.Address;
import dev.banyan.proxy.HealthAnswer;
import dev.banyan.proxy.ServiceAddresses;
import dev.banyan.proxy.transport.Services;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks every address of the services that declare a health path, at a steady pace, and candidates
/// once more when somebody wants a family to leave `legacy`. By the answers the gateway leaves
/// addresses out, and the health gate judges candidates.
///
/// Safe for use by many threads, but for [#look], which one calls.
final class HealthChecks implements CandidateHealth {
  private static final Logger LOG = LoggerFactory.getLogger(HealthChecks.class);

  /// How long an address may take to answer.
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /// How long after a look the next one comes.
  static final Duration PAUSE = Duration.ofSeconds(2);

  /// Asks one address of a service by a path, and tells once, from any thread, what came of it.
  interface Asking {
    void ask(
        String service,
        Address address,
        String path,
        Duration patience,
        Consumer<HealthAnswer> told);
  }

  private final Services services;
  private final Asking asking;
  private final LongSupplier nanos;

  /// The candidate's service, by family.
  private volatile Map<String, String> candidates = Map.of();

  private final Map<Address, Answer> known = new ConcurrentHashMap<>();

  /// What the log was told last; of use only to [#look].
  private final Map<Address, Address.State> told = new HashMap<>();

  /// @param nanos the clock that the gateway goes by
  HealthChecks(Services services, Asking asking, LongSupplier nanos) {
    this.services = services;
    this.asking = asking;
    this.nanos = nanos;
  }

  /// Takes the families of another configuration, whose services are published.
  void adopt(BanyanConfig config) {
    Map<String, String> next = new HashMap<>();
    for (FamilyConfig family : config.families()) {
      next.put(family.name(), family.candidateService());
    }
    candidates = Map.copyOf(next);
  }

  /// Has every address asked that can be, without waiting for it, and logs which addresses have
  /// come or gone since the last look.
  void look() {
    Set<Address> all = new HashSet<>();
    for (ServiceAddresses service : services.all()) {
      List<Address> addresses = service.current();
      all.addAll(addresses);
      addresses.forEach(address -> tell(service.options().name(), address));
      String path = service.options().health();
      if (path != null) {
        addresses.forEach(address -> ask(service, address, path, _ -> {}));
      }
    }
    told.keySet().retainAll(all);
    known.keySet().retainAll(all);
  }

  private void tell(String service, Address address) {
    Address.State now = address.state(nanos.getAsLong());
    Address.State before = told.put(address, now);
    boolean news = before == null ? now.isTrouble() : now != before;
    if (news) {
      LOG.warn("{} at {} is {} now", service, address, now.word());
    }
  }

  @Override
  public Answer last(String family) {
    ServiceAddresses service = candidate(family);
    String path = service == null ? null : service.options().health();
    if (service == null || path == null) {
      return new Undeclared();
    }
    return worst(
        judged(service.current()).stream()
            .map(address -> {
              Answer answer = known.get(address);
              return answer == null ? new Unasked(address.url() + path) : answer;
            })
            .toList());
  }

  @Override
  public Answer ask(String family) {
    ServiceAddresses service = candidate(family);
    String path = service == null ? null : service.options().health();
    if (service == null || path == null) {
      return new Undeclared();
    }
    Map<Address, CompletableFuture<Answer>> asked = new HashMap<>();
    List<Address> addresses = service.current();
    for (Address address : addresses) {
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      asked.put(address, answer);
      ask(service, address, path, answer::complete);
    }
    Map<Address, Answer> answers = new HashMap<>();
    for (Address address : addresses) {
      CompletableFuture<Answer> answer = asked.get(address);
      if (answer != null) {
        answers.put(address, await(answer, address.url() + path));
      }
    }
    return worst(
        judged(addresses).stream()
            .flatMap(address -> Stream.ofNullable(answers.get(address)))
            .toList());
  }

  private @Nullable ServiceAddresses candidate(String family) {
    String service = candidates.get(family);
    return service == null ? null : services.find(service);
  }

  /// Without those of a name where nobody was ever found, if somebody was at another of the same
  /// name: `localhost` has two, and few listen at both. No request goes there either.
  private static List<Address> judged(List<Address> addresses) {
    Set<URI> found =
        addresses.stream().filter(Address::isCertain).map(Address::url).collect(Collectors.toSet());
    return addresses.stream()
        .filter(address -> address.isCertain() || !found.contains(address.url()))
        .toList();
  }

  /// A candidate in several places is as well as the worst of them: it will be asked at each.
  private static Answer worst(List<Answer> answers) {
    return answers.stream()
        .filter(answer -> !(answer instanceof Answered(String _, int status) && status / 100 == 2))
        .findFirst()
        .orElse(answers.getFirst());
  }

  private void ask(
      ServiceAddresses service, Address address, String path, Consumer<Answer> whoAsks) {
    asking.ask(
        service.options().name(),
        address,
        path,
        PATIENCE,
        health -> {
          address.checked(health.isWell());
          Answer answer = answer(address.url() + path, health);
          known.put(address, answer);
          whoAsks.accept(answer);
        });
  }

  private static Answer answer(String url, HealthAnswer health) {
    return switch (health) {
      case HealthAnswer.Said(int status) -> new Answered(url, status);
      case HealthAnswer.Late(Duration patience) ->
          new Silent(url, "was not answered within " + patience.toSeconds() + " s");
      case HealthAnswer.Refused() -> new Silent(url, "found nothing that listens there");
      case HealthAnswer.Failed(String detail) -> new Silent(url, "failed: " + detail);
    };
  }

  private static Answer await(CompletableFuture<Answer> answer, String url) {
    try {
      // Whoever asks has a patience; this is for an event loop that comes to nothing any more.
      return answer.get(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return new Silent(url, "was not waited for: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Silent(url, "was not waited for: the program is stopping");
    }
  }
}
