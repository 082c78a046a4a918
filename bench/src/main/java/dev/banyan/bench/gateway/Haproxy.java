package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// HAProxy with one thread, no log, and upstream connections shared by all clients, as nginx and
/// Banyan share theirs. It has nothing like `mirror`.
final class Haproxy implements Contestant {
  private static final Pattern VERSION = Pattern.compile("HAProxy version (\\S+)");

  @Override
  public String name() {
    return "haproxy";
  }

  @Override
  public Optional<String> version() {
    return Tool.version(VERSION, "haproxy", "-v");
  }

  @Override
  public boolean takes(Case what) {
    return !what.shadow();
  }

  @Override
  public Running start(Site site, Upstream upstream, Case what) throws IOException {
    int port = Site.freePort();
    Path folder = site.folder("haproxy");
    boolean secured = what.protocol().secured();
    String tls = secured ? "ssl alpn h2,http/1.1 crt " + site.certificate().both() : "";
    Path file =
        Files.writeString(
            folder.resolve("haproxy.cfg"),
            """
            global
              nbthread 1
              maxconn 4096
            defaults
              mode http
              timeout connect 2s
              timeout client 75s
              timeout server 30s
              http-reuse always
            frontend front
              bind 127.0.0.1:%d %s
              default_backend legacy
            backend legacy
              server legacy 127.0.0.1:%d
            """
                .formatted(port, tls, upstream.legacy()));
    // -db: stay in the foreground.
    Child child = site.start(List.of("haproxy", "-db", "-f", file.toString()));
    return new Running(child, port, 0, secured);
  }
}
