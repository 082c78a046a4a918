package dev.banyan.bench.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The backends that every proxy stands in front of: two ports with the same answers.
///
/// @param what serves them, for people
record Upstream(String what, int legacy, int candidate) {
  /// Bytes of the answer under each path.
  static final Map<String, Integer> SIZES = Map.of("/300", 300, "/8k", 8 << 10, "/1m", 1 << 20);

  /// Starts nginx as the backend or, where it is not installed, a server of our own.
  static Upstream start(Site site) throws IOException {
    int legacy = Site.freePort();
    int candidate = Site.freePort();
    String what;
    Child child;
    if (new Nginx().version().isPresent()) {
      what = "nginx";
      Path folder = site.folder("upstream");
      child =
          Nginx.run(
              site,
              folder,
              """
              default_type application/json;
              sendfile on;
              tcp_nopush on;
              open_file_cache max=16;
              server {
                listen 127.0.0.1:%d backlog=4096;
                listen 127.0.0.1:%d backlog=4096;
                root %s;
              }
              """
                  .formatted(legacy, candidate, files(folder)));
    } else {
      what = "netty";
      child =
          site.start(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "--enable-native-access=ALL-UNNAMED",
                  "--sun-misc-unsafe-memory-access=allow",
                  "-cp",
                  System.getProperty("java.class.path"),
                  NettyUpstream.class.getName(),
                  Integer.toString(legacy),
                  Integer.toString(candidate)));
    }
    new Running(child, legacy, 0, false).awaitAnswer("/300");
    new Running(child, candidate, 0, false).awaitAnswer("/300");
    return new Upstream(what, legacy, candidate);
  }

  private static Path files(Path folder) throws IOException {
    Path root = Files.createDirectory(folder.resolve("html"));
    for (Map.Entry<String, Integer> each : SIZES.entrySet()) {
      Path file = Files.write(root.resolve(each.getKey().substring(1)), body(each.getValue()));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
    return root;
  }

  /// A JSON text of that many bytes.
  static byte[] body(int bytes) {
    byte[] body = new byte[bytes];
    Arrays.fill(body, (byte) 'x');
    byte[] start = "{\"id\":7,\"name\":\"".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(start, 0, body, 0, start.length);
    body[bytes - 2] = '"';
    body[bytes - 1] = '}';
    return body;
  }
}
