package dev.banyan.telemetry;

import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.util.List;
import java.util.function.Consumer;

/// Every metric in the text format of Prometheus: Banyan's own, read where they are counted, and
/// Micrometer's of the JVM and the process.
///
/// [#text] may be called from any thread, and may wait for what its sources wait for.
public final class Scrape implements AutoCloseable {
  /// The media type of [#text].
  public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();

  /// @param requests what the gateway counts
  /// @param sources note what is counted elsewhere
  public Scrape(RequestMeter requests, List<Consumer<Sheet>> sources) {
    List<Consumer<Sheet>> all = List.copyOf(sources);
    MultiCollector own =
        () -> {
          Sheet sheet = new Sheet();
          requests.read(sheet);
          all.forEach(source -> source.accept(sheet));
          return sheet.snapshots();
        };
    registry.getPrometheusRegistry().register(own);
    collections.bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  public String text() {
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
