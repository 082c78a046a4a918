package dev.banyan.bench.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The folder and the processes of a run. Closing ends every process and removes the folder;
/// afterwards nothing more is started.
///
/// Safe for use by several threads: an interrupt closes it while the run is under way.
final class Site implements AutoCloseable {
  private final Path folder;
  private final Path checkout;

  /// Guarded by this.
  private final List<Child> children = new ArrayList<>();

  /// Guarded by this.
  private @Nullable Certificate certificate;

  private boolean closed;
  private int names;

  Site(Path checkout) throws IOException {
    this.checkout = checkout;
    folder = Files.createTempDirectory("banyan-bench");
    // nginx's workers read their files as another user.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// The root of the sources.
  Path checkout() {
    return checkout;
  }

  /// A new folder of its own for something.
  synchronized Path folder(String name) throws IOException {
    return Files.createDirectory(folder.resolve(++names + "-" + name));
  }

  /// Starts a process whose output goes to a file.
  synchronized Child start(List<String> command, Map<String, String> environment)
      throws IOException {
    if (closed) {
      throw new IOException("the benchmark is being stopped");
    }
    Path output = folder.resolve(++names + ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().putAll(environment);
    Child child = new Child(builder.start(), output);
    children.add(child);
    return child;
  }

  Child start(List<String> command) throws IOException {
    return start(command, Map.of());
  }

  /// The certificate that every proxy shows which speaks TLS.
  synchronized Certificate certificate() throws IOException {
    Certificate made = certificate;
    if (made == null) {
      made = Certificate.make(folder("certificate"));
      certificate = made;
    }
    return made;
  }

  /// A port that nothing listens on.
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    children.reversed().forEach(Child::close);
    try (Stream<Path> left = Files.walk(folder)) {
      for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can not remove " + folder, e);
    }
  }
}
