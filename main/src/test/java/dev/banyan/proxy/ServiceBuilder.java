package dev.banyan.proxy;

import dev.banyan.proxy.ServiceOptions.Protocol;
import dev.banyan.proxy.ServiceOptions.Tls;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A service for tests: the defaults, but for what a test is about.
public final class ServiceBuilder {
  private final String name;
  private List<URI> urls;
  private Protocol protocol = Protocol.HTTP1;
  private @Nullable Tls tls;
  private @Nullable String health;
  private @Nullable String versionHeader;
  private Duration connectTimeout = Duration.ofSeconds(20);
  private Duration responseTimeout = Duration.ofSeconds(20);
  private Duration streamIdle = Duration.ofHours(1);
  private @Nullable Duration longest;
  private int connections = 256;
  private int queue = 256;
  private Duration dnsRefresh = Duration.ofSeconds(30);

  private ServiceBuilder(String name, List<URI> urls) {
    this.name = name;
    this.urls = urls;
  }

  public static ServiceBuilder service(String name, int port) {
    return service(name, "http://127.0.0.1:" + port);
  }

  public static ServiceBuilder service(String name, String url) {
    return new ServiceBuilder(name, List.of(URI.create(url)));
  }

  public ServiceBuilder at(List<URI> others) {
    urls = others;
    return this;
  }

  public ServiceBuilder speaking(Protocol other) {
    protocol = other;
    return this;
  }

  public ServiceBuilder verified(Tls how) {
    tls = how;
    return this;
  }

  public ServiceBuilder health(String path) {
    health = path;
    return this;
  }

  public ServiceBuilder versionHeader(String name) {
    versionHeader = name;
    return this;
  }

  public ServiceBuilder connectTimeout(Duration most) {
    connectTimeout = most;
    return this;
  }

  public ServiceBuilder responseTimeout(Duration most) {
    responseTimeout = most;
    return this;
  }

  public ServiceBuilder streamIdle(Duration most) {
    streamIdle = most;
    return this;
  }

  public ServiceBuilder longest(Duration most) {
    longest = most;
    return this;
  }

  public ServiceBuilder connections(int most) {
    connections = most;
    return this;
  }

  public ServiceBuilder queue(int most) {
    queue = most;
    return this;
  }

  public ServiceBuilder dnsRefresh(Duration pause) {
    dnsRefresh = pause;
    return this;
  }

  public ServiceOptions build() {
    return new ServiceOptions(
        name,
        urls,
        protocol,
        tls,
        health,
        versionHeader,
        connectTimeout,
        responseTimeout,
        streamIdle,
        longest,
        connections,
        queue,
        dnsRefresh);
  }
}
