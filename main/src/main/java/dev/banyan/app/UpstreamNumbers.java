package dev.banyan.app;

import dev.banyan.proxy.Address;
import dev.banyan.proxy.ServiceAddresses;
import dev.banyan.proxy.transport.Services;
import dev.banyan.telemetry.Metric;
import dev.banyan.telemetry.Sheet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// What the metrics show of the services' addresses, read at each scrape.
///
/// @param nanos the clock that the gateway goes by
record UpstreamNumbers(Services services, LongSupplier nanos) implements Consumer<Sheet> {
  @Override
  public void accept(Sheet sheet) {
    services.all().forEach(service -> service(sheet, service));
  }

  private void service(Sheet sheet, ServiceAddresses service) {
    String name = service.options().name();
    long now = nanos.getAsLong();
    for (Address.State state : Address.State.values()) {
      long count =
          service.current().stream().filter(address -> address.state(now) == state).count();
      sheet.add(Metric.UPSTREAM_ADDRESSES, count, name, state.word());
    }
    sheet.add(Metric.UPSTREAM_EJECTIONS, service.ejections(), name);
    sheet.add(Metric.UPSTREAM_PANICS, service.panics(), name);
    sheet.add(Metric.UPSTREAM_RETRIES, service.retries(), name);
  }
}
