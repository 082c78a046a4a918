package dev.banyan.proxy.transport;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// An nginx or a HAProxy of this machine, in front of one backend.
final class OtherProxy implements AutoCloseable {
  private static final List<String> FOLDERS = List.of("/usr/sbin", "/usr/bin", "/usr/local/sbin");

  private final Process process;
  private final int port;

  private OtherProxy(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static boolean isInstalled(String program) {
    return FOLDERS.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static String path(String program) {
    return FOLDERS.stream()
        .map(folder -> folder + "/" + program)
        .filter(file -> Files.isExecutable(Path.of(file)))
        .findFirst()
        .orElseThrow();
  }

  static OtherProxy start(String program, Path folder, int backend)
      throws IOException, InterruptedException {
    int port = Backend.deadPort();
    Path file = folder.resolve(program + ".conf");
    boolean nginx = program.equals("nginx");
    Files.writeString(file, nginx ? nginx(folder, port, backend) : haproxy(port, backend));
    List<String> command =
        nginx
            ? List.of(path(program), "-p", folder.toString(), "-e", "stderr", "-c", file.toString())
            : List.of(path(program), "-db", "-f", file.toString());
    File output = folder.resolve("output").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    OtherProxy proxy = new OtherProxy(process, port);
    Rig.until(() -> !process.isAlive() || proxy.answers());
    if (!process.isAlive()) {
      throw new AssertionError(program + " ended: " + Files.readString(output.toPath()));
    }
    return proxy;
  }

  private static String nginx(Path folder, int port, int backend) {
    return """
    daemon off;
    master_process off;
    pid %1$s/pid;
    error_log stderr;
    events { }
    http {
      access_log off;
      client_body_temp_path %1$s;
      proxy_temp_path %1$s;
      fastcgi_temp_path %1$s;
      uwsgi_temp_path %1$s;
      scgi_temp_path %1$s;
      server {
        listen 127.0.0.1:%2$d;
        location / {
          proxy_pass http://127.0.0.1:%3$d;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
        }
      }
    }
    """
        .formatted(folder, port, backend);
  }

  private static String haproxy(int port, int backend) {
    return """
    defaults
      mode http
      timeout connect 5s
      timeout client 20s
      timeout server 20s
    listen it
      bind 127.0.0.1:%d
      server backend 127.0.0.1:%d
    """
        .formatted(port, backend);
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false; // not yet
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
