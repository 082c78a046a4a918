package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PoolsTest {

  @Test
  void aRequestAfterAChangeMeetsTheChangedServiceBeforeTheLoopIsToldOfIt() {
    ServiceOptions before = ServiceBuilder.service("legacy", 1).build();
    ServiceOptions after = ServiceBuilder.service("legacy", 2).build();
    Services services = new Services(Map.of("legacy", before));
    Pools pools =
        new Pools(
            new EmbeddedChannel().eventLoop(),
            services,
            Sockets.best(Runnable::run),
            System::nanoTime);
    AddressPools first = Objects.requireNonNull(pools.of("legacy"));
    assertThat(pools.of("legacy")).isSameAs(first);

    services.publish(Map.of("legacy", after));

    assertThat(Objects.requireNonNull(pools.of("legacy")).service().options()).isEqualTo(after);
    services.publish(Map.of());
    assertThat(pools.of("legacy")).isNull();
  }
}
