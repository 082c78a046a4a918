package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// nginx as a reverse proxy with kept upstream connections and nothing more: no log, no header
/// added. For the shadow it has `mirror`, which sends the copy and drops its answer.
final class Nginx implements Contestant {
  private static final Pattern VERSION = Pattern.compile("nginx version: nginx/(\\S+)");

  @Override
  public String name() {
    return "nginx";
  }

  @Override
  public Optional<String> version() {
    return Tool.version(VERSION, "nginx", "-v");
  }

  @Override
  public boolean takes(Case what) {
    return true;
  }

  @Override
  public Running start(Site site, Upstream upstream, Case what) throws IOException {
    int port = Site.freePort();
    String mirror = what.shadow() ? "mirror /mirror;" : "";
    boolean secured = what.protocol().secured();
    String tls = secured ? "ssl http2" : "";
    String certificate = "";
    if (secured) {
      Certificate own = site.certificate();
      certificate = "ssl_certificate %s; ssl_certificate_key %s;".formatted(own.chain(), own.key());
    }
    Child child =
        run(
            site,
            site.folder("nginx"),
            """
            upstream legacy {
              server 127.0.0.1:%d; keepalive 256; keepalive_requests 1000000000;
            }
            upstream candidate {
              server 127.0.0.1:%d; keepalive 256; keepalive_requests 1000000000;
            }
            server {
              listen 127.0.0.1:%d %s backlog=4096;
              %s
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $http_host;
              # A slow reader must not send answers to the disk.
              proxy_max_temp_file_size 0;
              location / { %s proxy_pass http://legacy; }
              location = /mirror { internal; proxy_pass http://candidate$request_uri; }
            }
            """
                .formatted(
                    upstream.legacy(), upstream.candidate(), port, tls, certificate, mirror));
    return new Running(child, port, 0, secured);
  }

  /// Runs nginx in a folder, with this inside of `http`.
  static Child run(Site site, Path folder, String http) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("nginx.conf"),
            """
            daemon off;
            worker_processes 1;
            pid nginx.pid;
            error_log stderr error;
            events { worker_connections 4096; }
            http {
              access_log off;
              keepalive_requests 1000000000;
              client_body_temp_path body;
              proxy_temp_path proxy;
              fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi;
              scgi_temp_path scgi;
              %s
            }
            """
                .formatted(http));
    return site.start(
        List.of("nginx", "-p", folder.toString(), "-c", file.toString(), "-e", "stderr"));
  }
}
